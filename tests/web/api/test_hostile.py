"""Requests that are malformed or mean harm: refused with a reason, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.api.caller import Caller

BODIES = [
    b"", b"{", b"[]", b'"text"', b"null", b"1", b"{'name': 1}", b'{"name": NaN}', b'{"name": Infinity}',
    b'{"name": "A", "name": "B"}', b'{"name": {"first_name": 1, "first_name": 2}}', b"\xff\xfe{}", b'{"name": "\xe9"}',
    b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"employees": ' + b"9" * 5_000 + b"}",
    b'{"name": "A"} {"name": "B"}', b'{"name": "\x00"}',
]  # fmt: skip

VALUES = [
    {"name": "\ud800"}, {"name": "a\x00b"}, {"name": ["A"]}, {"name": {"a": 1}}, {"name": "x" * 10_000},
    {"name": "A", "employees": 10**30}, {"name": "A", "employees": 1.5}, {"name": "A", "employees": True},
    {"name": "A", "annual_revenue": 1e300}, {"name": "A", "annual_revenue": "1e5"}, {"name": "A", "annual_revenue": []},
    {"name": "A", "parent": True}, {"name": "A", "parent": 2**70}, {"name": "A", "parent": 10**6},
    {"name": "A", "parent": {"id": {"id": 1}}}, {"name": "A", "parent": {"module": "contact", "id": 1}},
    {"name": "A", "tags": {"a": 1}}, {"name": "A", "tags": [["a"]]}, {"name": "A", "billing_address": {"colour": 1}},
    {"name": "A", "billing_address": "Lima"}, {"name": "A", "": 1},
    {"name": "A", "\ud800": 1}, {"name": "A", "\x00": 1}, {"name": "A", "__class__": 1},
    {"name": "A", "owner": "admin'--"}, {"name": "A", "industry": "'; drop table organization; --"},
]  # fmt: skip


def test_bodies_that_are_no_json_object_are_refused(api: Caller) -> None:
    for body in BODIES:
        problem = api.send("POST", "/m/organization", data=body, status=400).json
        assert problem["code"] in ("api.E002", "api.E012"), body[:40]
    assert api.get("/m/organization").json["data"] == []


def test_values_that_do_not_fit_are_refused(api: Caller) -> None:
    for values in VALUES:
        assert api.post("/m/organization", values, status=422).json["errors"], values
    api.send("POST", "/m/organization", data=b'{"name": "A", "annual_revenue": 1e999}', status=422)
    assert api.get("/m/organization").json["data"] == []


def test_only_json_of_a_sensible_size_is_read(api: Caller) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        api.send("POST", "/m/organization", data=b'{"name": "A"}', content_type=kind, status=415)
    kind = "application/json; charset=utf-8"
    api.send("POST", "/m/organization", data=b'{"name": "A"}', content_type=kind, status=201)
    big = b'{"name": "' + b"x" * (3 * 1024 * 1024) + b'"}'
    assert api.send("POST", "/m/organization", data=big, status=413).json["code"] == "api.H413"


SMUGGLED = {
    "role": "administrator", "is_admin": True, "owner_id": 1, "id": 7, "version": 9, "created_by": 1, "modified_by": 1,
    "created_at": "2020-01-01T00:00:00Z", "modified_at": None, "deleted_at": "2020-01-01T00:00:00Z",
    "record_number": "ORG-1", "won_amount": "5", "table": "fs_user",
}  # fmt: skip


def test_what_is_not_the_callers_to_set_is_refused(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    path = f"/m/organization/{acme['id']}"
    for name, value in SMUGGLED.items():
        for problem in (
            api.post("/m/organization", {"name": "B", name: value}, status=422).json,
            api.patch(path, {"name": "B", name: value, "base_version": 1}, status=422).json,
        ):
            assert [each["field"] for each in problem["errors"]] == [name]
    assert api.get("/m/organization").json["data"] == [acme]


def test_addresses_that_name_nothing(api: Caller, call: Callable[..., Caller]) -> None:
    for path in (
        "/m/organization/999", f"/m/organization/{2**63 - 1}", f"/m/organization/{2**70}", "/m/organization/-1",
        "/m/organization/1.5", "/m/fs_user", "/m/fs_user/1", "/m/Organization", "/m/%27", "/nothing", "/m", "/",
        "/m/organization/1/links", "/m/__proto__",
    ):  # fmt: skip
        api.get(path, status=404)
    for method, path in (("PUT", "/m/organization/1"), ("PATCH", "/m/organization"), ("DELETE", "/search")):
        assert api.send(method, path, status=405).headers["Allow"]
    api.delete(f"/m/opportunity/1/links/contacts/{2**70}", status=404)


def test_a_caller_without_a_token_learns_nothing(site: Site, call: Callable[..., Caller]) -> None:
    app = create_app(site)
    stranger = Caller(app)
    for path in ("/m/organization", "/m/no_such", "/m/organization?x=1", "/search", "/m/organization/1"):
        answer = stranger.get(path, status=401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Fieldstone"'
    stranger.post("/m/organization", {"name": "A"}, status=401)
    for value in ("Bearer", "Bearer x", "Basic YWRtaW46YQ==", "Bearer fs_" + "a" * 10_000, "bearer fs_é"):
        answer = stranger.get("/m/organization", status=401, headers={"Authorization": value})
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_log_in_of_a_browser_does_not_open_the_api(site: Site) -> None:
    session = site.accounts.log_in("admin", "a long password").secret
    app = create_app(site)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = session
        cookie["_fresh"] = True
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/m/organization").status_code == 401
    assert client.post("/api/v1/m/organization", json={"name": "A"}).status_code == 401


def test_a_token_ends(site: Site, call: Callable[..., Caller]) -> None:
    api = call()
    api.get("/m/organization")
    token = site.accounts.list_tokens()[0]
    site.accounts.revoke_token(token.id)
    api.get("/m/organization", status=401)
    rep = call("rep", roles=("sales_rep",))
    rep.get("/m/organization")
    user_id = site.accounts.find_user_id("rep")
    assert user_id
    site.accounts.deactivate(user_id)
    rep.get("/m/organization", status=401)


def test_a_token_does_no_more_than_its_scopes(api: Caller, call: Callable[..., Caller]) -> None:
    acme = api.create("organization", name="Acme")
    path = f"/m/organization/{acme['id']}"
    reader = call(scopes=("read",))
    reader.get("/m/organization")
    reader.get(f"{path}/history")
    refused = [
        reader.post("/m/organization", {"name": "B"}, status=403),
        reader.post("/m/organization/batch", {"records": [{"name": "B"}]}, status=403),
        reader.post("/m/organization/batch?partial=true", {"records": [{"name": "B"}]}, status=403),
        reader.patch(path, {"name": "B", "base_version": 1}, status=403),
        reader.patch("/m/organization/batch", {"records": [{"id": acme["id"], "name": "B"}]}, status=403),
        reader.delete(path, status=403),
        reader.delete("/m/organization/batch?partial=true", {"ids": [acme["id"]]}, status=403),
        reader.post(f"{path}/links/contacts", {"ids": [1]}, status=403),
        reader.post(f"{path}/restore", status=403),
    ]
    assert {each.json["code"] for each in refused} == {"access.E002"}
    assert api.get("/m/organization").json["data"] == [acme]
    single = call(scopes=("module:contact",))
    single.create("contact", name={"last_name": "Ada"})
    single.get("/m/organization", status=403)
    assert single.get("/search?q=acme").json["data"] == []
    rep = call("rep", scopes=("write",), roles=("sales_rep",))
    rep.post("/m/product", {"name": "Pipe"}, status=403)


def test_faults_of_ours_give_a_reference_and_nothing_else(
    api: Caller, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def burst(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(site.records, "query", burst)
    problem = api.get("/m/organization", status=500).json
    assert "secret" not in str(problem)
    assert problem["reference"] in caplog.text
