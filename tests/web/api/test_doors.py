"""Every route of the API, and what somebody might try at it: nothing hidden or foreign comes out or is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.api.caller import Caller
from web.secrets_of_office import FORMS, WORD, Office

REFUSED = (400, 403, 404, 412, 422, 428)
M = "/m/opportunity"

Attempt = tuple[str, dict[str, Any], Any, bool]
"""Path, query, body, whether it must be refused."""


def _hidden(path: str, **names: str) -> list[Attempt]:
    return [(path, {name: text}, None, True) for name, text in names.items()]


DOORS: dict[str, tuple[str, list[Attempt]]] = {
    "list_records": ("GET", [
        (M, {}, None, False),
        *_hidden(M, where="amount > 5", fields="amount", sort="amount"),
        *_hidden(M, where=f"next_step == '{WORD}'", fields="name,next_step", sort="-forecast"),
        *_hidden("/m/task", where="amount > 1"),
        ("/m/organization", {"fields": "won_amount"}, None, True),
    ]),
    "suggest": ("GET", [(f"{M}/suggest", {"q": text}, None, False) for text in ("", WORD, "Faraw", "77123", "M")]),
    "aggregate": ("GET", [
        (f"{M}/aggregate", {"group": "stage"}, None, False),
        *_hidden(f"{M}/aggregate", measure="sum(amount)", group="next_step", where="forecast > 1"),
    ]),
    "create": ("POST", [
        (M, {}, {"name": "New", "amount": 5}, True), (M, {}, {"name": "New", "is_admin": True}, True),
    ]),
    "read": ("GET", [
        (f"{M}/{{mine}}", {}, None, False), (f"{M}/{{mine}}", {"fields": "amount"}, None, True),
        (f"{M}/{{foreign}}", {}, None, True), (f"{M}/{{foreign_gone}}", {"deleted": "true"}, None, True),
        (f"{M}/{{gone}}", {"deleted": "true"}, None, False), (f"{M}/{{mine}}", {"as_of": "{now}"}, None, False),
        (f"{M}/{{foreign}}", {"as_of": "{now}"}, None, True),
        (f"{M}/{{mine}}", {"as_of": "{now}", "fields": "amount"}, None, True),
    ]),
    "change": ("PATCH", [
        (f"{M}/{{mine}}", {}, {"amount": 1, "base_version": 3}, True),
        (f"{M}/{{mine}}", {}, {"close_date": "2026-06-01", "base_version": 3}, True),
        (f"{M}/{{mine}}", {}, {"next_step": "x", "base_version": 1}, True),
        (f"{M}/{{foreign}}", {}, {"name": "x", "base_version": 1}, True),
    ]),
    "delete": ("DELETE", [(f"{M}/{{foreign}}", {}, None, True)]),
    "restore": ("POST", [(f"{M}/{{foreign_gone}}/restore", {}, None, True)]),
    "act": ("POST", [(f"{M}/{{foreign}}/actions/anything", {}, None, True)]),
    "history": ("GET", [(f"{M}/{{mine}}/history", {}, None, False), (f"{M}/{{foreign}}/history", {}, None, True)]),
    "create_many": ("POST", [(f"{M}/batch", {}, {"records": [{"name": "New", "next_step": "x"}]}, True)]),
    "change_many": ("PATCH", [
        (f"{M}/batch", {}, {"records": [{"id": "{mine}", "amount": 2, "base_version": 3}]}, True),
        (f"{M}/batch", {}, {"records": [{"id": "{foreign}", "name": "x", "base_version": 1}]}, True),
    ]),
    "delete_many": ("DELETE", [(f"{M}/batch", {}, {"ids": ["{foreign}"]}, True)]),
    "related": ("GET", [
        ("/m/organization/{acme}/links/opportunities", {}, None, False),
        *_hidden("/m/organization/{acme}/links/opportunities", where="amount > 5", fields="amount", sort="next_step"),
        (f"{M}/{{foreign}}/links/contacts", {}, None, True),
    ]),
    "link": ("POST", [
        (f"{M}/{{foreign}}/links/contacts", {}, {"ids": ["{contact}"]}, True),
        (f"{M}/{{mine}}/links/contacts", {}, {"ids": ["{contact}"]}, True),
    ]),
    "unlink": ("DELETE", [(f"{M}/{{foreign}}/links/contacts/{{contact}}", {}, None, True)]),
    "views": ("GET", [(f"{M}/views", {}, None, False)]),
    "view": ("GET", [(f"{M}/views/all", {}, None, False), (f"{M}/views/nothing", {}, None, True)]),
    "tags": ("GET", [(f"{M}/tags/tags", {}, None, False), (f"{M}/tags/next_step", {}, None, True)]),
    "duplicates": ("GET", [
        (f"{M}/duplicates", {"match": "stage"}, None, False),
        *_hidden(f"{M}/duplicates", match="next_step"), (f"{M}/duplicates", {"match": "amount,name"}, None, True),
        (f"{M}/duplicates", {"match": "stage", "where": f"next_step == '{WORD}'"}, None, True),
    ]),
    "merge": ("POST", [
        (f"{M}/merge", {}, {"keep": "{mine}", "others": ["{foreign}"], "versions": {}}, True),
        (f"{M}/merge", {}, {"keep": "{mine}", "others": ["{mine}"], "values": {"amount": "{mine}"}}, True),
    ]),
    "merges": ("GET", [(f"{M}/{{foreign}}/merges", {}, None, True), (f"{M}/{{mine}}/merges", {}, None, False)]),
    "undo_merge": ("POST", [("/merges/1/undo", {}, None, True)]),
    "comments": ("GET", [(f"{M}/{{foreign}}/comments", {}, None, True), (f"{M}/{{mine}}/comments", {}, None, False)]),
    "comment": ("POST", [(f"{M}/{{foreign}}/comments", {}, {"text": "x"}, True)]),
    "change_comment": ("PATCH", [(f"{M}/{{mine}}/comments/1", {}, {"text": "x"}, True)]),
    "remove_comment": ("DELETE", [(f"{M}/{{mine}}/comments/1", {}, None, True)]),
    "shares": ("GET", [(f"{M}/{{foreign}}/shares", {}, None, True), (f"{M}/{{mine}}/shares", {}, None, False)]),
    "share": ("POST", [
        (f"{M}/{{foreign}}/shares", {}, {"role": "clerk"}, True), (f"{M}/{{mine}}/shares", {}, {"role": "clerk"}, True),
    ]),
    "unshare": ("DELETE", [(f"{M}/{{foreign}}/shares/1", {}, None, True)]),
    "audience": ("GET", [(f"{M}/{{foreign}}/audience", {}, None, True), (f"{M}/{{mine}}/audience", {}, None, False)]),
    "explain_person": ("GET", [(f"{M}/{{foreign}}/audience/1", {}, None, True)]),
    "followed": ("GET", [("/following", {}, None, False)]),
    "following": ("GET", [(f"{M}/{{foreign}}/following", {}, None, True)]),
    "follow": ("PUT", [(f"{M}/{{foreign}}/following", {}, None, True)]),
    "unfollow": ("DELETE", [(f"{M}/{{foreign}}/following", {}, None, True)]),
    "reminders": ("GET", [("/reminders", {}, None, False)]),
    "record_reminders": ("GET", [(f"{M}/{{foreign}}/reminders", {}, None, True)]),
    "remind": ("POST", [(f"{M}/{{foreign}}/reminders", {}, {"at": "2099-01-01T00:00:00Z"}, True)]),
    "cancel_reminder": ("DELETE", [("/reminders/1", {}, None, True)]),
    "approvals": ("GET", [("/approvals", {"show": show}, None, False) for show in ("waiting", "asked", "done")]),
    "approve": ("POST", [("/approvals/1/approve", {}, {"comment": "x"}, True)]),
    "reject": ("POST", [("/approvals/1/reject", {}, {}, True)]),
    "notifications": ("GET", [("/notifications", {}, None, False)]),
    "mark_read": ("POST", [("/notifications/read", {}, {"ids": [1]}, False)]),
    "mark_unread": ("POST", [("/notifications/unread", {}, {"ids": [1]}, False)]),
    "search": ("GET", [("/search", {"q": text}, None, False) for text in (WORD, "zebra", "Farawayland", "Mine")]),
    "metadata": ("GET", [("/metadata", {}, None, False)]),
    "openapi": ("GET", [("/openapi.json", {}, None, False)]),
}  # fmt: skip


@pytest.fixture
def app_of_api(site: Site) -> Flask:
    return create_app(site)


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site)


def test_every_route_is_tried(app_of_api: Flask) -> None:
    routes = {rule.endpoint for rule in app_of_api.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    found = {name.removeprefix("api.") for name in routes}
    assert not found - DOORS.keys(), f"new routes: {sorted(found - DOORS.keys())}. Say in DOORS what is tried at each."
    assert found == DOORS.keys()


def test_nothing_hidden_or_foreign_comes_out_of_any_route(office: Office, call: Callable[..., Caller]) -> None:
    clerk = call("clerk")
    before = office.state()
    for name, (method, attempts) in DOORS.items():
        for path, query, body, refused in attempts:
            answer = clerk.client.open(
                f"/api/v1{_fill(path, office)}", method=method, query_string=_fill(query, office),
                json=_fill(body, office), headers=clerk.headers, buffered=True,
            )  # fmt: skip
            assert (answer.status_code in REFUSED) == refused, (name, path, query, answer.text)
            for secret in FORMS:
                assert secret not in answer.text.replace(str(query.get("q")), ""), (name, path, query, answer.text)
    assert office.state() == before


def test_hidden_fields_are_not_described(office: Office, call: Callable[..., Caller]) -> None:
    described = {each["name"]: each for each in call("clerk").get("/metadata").json["modules"]}  # type: ignore[index]
    fields = {each["name"]: each for each in described["opportunity"]["fields"]}
    assert fields.keys().isdisjoint({"amount", "next_step", "forecast"})
    assert not fields["close_date"]["writable"]
    assert fields["name"]["writable"]
    assert "won_amount" not in {each["name"] for each in described["organization"]["fields"]}
    schemas = call("clerk").get("/openapi.json").json["components"]["schemas"]  # type: ignore[index]
    for name in ("opportunity", "opportunity.new", "opportunity.change"):
        assert schemas[name]["properties"].keys().isdisjoint({"amount", "next_step", "forecast"})
    assert schemas["opportunity"]["properties"]["close_date"]["readOnly"]
    assert "close_date" not in schemas["opportunity.change"]["properties"]


def _fill(value: Any, office: Office) -> Any:
    """The ids of the office for their names in braces."""
    if isinstance(value, dict):
        return {key: _fill(each, office) for key, each in value.items()}
    if isinstance(value, list):
        return [_fill(each, office) for each in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    names = ("mine", "foreign", "gone", "foreign_gone", "acme", "contact")
    ids = {name: getattr(office, name) for name in names}
    filled = value.format(**ids, now=office.site.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    return int(filled) if value.strip("{}") in ids and value.startswith("{") else filled
