"""The public door by which other systems call workflows: what it does, and what is tried at it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.layers import Layer
from fieldstone.records.accounts.rates import Rates
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.query_types import Query
from fieldstone.runtime.site import Site
from fieldstone.web import create_app, hooks

ROLES = """
roles:
  caller:
    label: Caller
    scope: own
    modules: {organization: [view, create, edit], comment: [view, create]}
    fields: {organization: {annual_revenue: read}}
"""
WORKFLOWS = """
module: organization
workflows:
  arrives:
    on: webhook
    webhook:
      as: user:robot
      mode: save
      key: website
      values: {name: company.name, website: company.site, phone: company.phones.0, tags: labels}
    if: name != 'Quiet'
    do: [tag: {add: [called]}]
  always: {on: webhook, webhook: {as: user:robot, values: {name: name, annual_revenue: revenue}}, do: [tag: {add: [x]}]}
  looks: {on: webhook, webhook: {as: user:robot, mode: find, key: name, values: {name: name}}, do: [tag: {add: [seen]}]}
  off: {on: webhook, active: false, webhook: {as: user:robot, values: {name: name}}, do: [tag: {add: [x]}]}
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    made = new_site(request.param)
    documents = {"metadata/roles.yaml": ROLES, "workflows/organization.yaml": WORKFLOWS}
    made.publishing.publish(made.publishing.plan(Layer(name="site", documents=documents)), SYSTEM)
    made.accounts.add_user("robot", roles=["caller"])
    return made


def test_another_system_calls_workflows(site: Site) -> None:
    robot = site.accounts.find_user_id("robot")
    assert robot is not None
    client, inbound = create_app(site).test_client(), site.workflows.inbound
    identity = site.models.current.model.modules["organization"].identity
    secrets = {name: inbound.renew(identity, name, 1) for name in ("arrives", "always", "looks", "off", "gone")}

    def call(name: str, body: Any, **headers: str) -> TestResponse:
        return _post(client, secrets.get(name, name), body, headers)

    # A new record, then the same one by its key; the steps run for both, and not where the condition does not hold.
    acme = {"company": {"name": "Acme", "site": "https://acme.example", "phones": ["+49 30 1234"]}, "labels": ["a"]}
    first = call("arrives", acme)
    assert (first.status_code, set(first.json or {})) == (202, {"run", "record"}), first.text
    acme["company"]["name"] = "Acme AG"  # type: ignore[call-overload]
    second = call("arrives", acme)
    assert second.json["record"] == first.json["record"]  # type: ignore[index]
    assert second.json["run"] > first.json["run"]  # type: ignore[index]
    quiet = call("arrives", {"company": {"name": "Quiet", "site": "https://quiet.example"}})
    assert quiet.json is not None
    assert quiet.json["run"] is None
    assert _organizations(site) == [("Acme AG", ["a", "called"], robot), ("Quiet", [], robot)]
    seen = call("looks", {"name": "Quiet"})
    assert (seen.status_code, _organizations(site)[1][1]) == (202, ["seen"])
    hook = inbound.find(identity, "looks")
    assert hook is not None
    assert hook.called_at is not None

    # Sent again it is answered as before, and not done again.
    again = [call("always", {"name": "Once"}, **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [each.status_code for each in again] == [202, 202]
    assert again[0].json == again[1].json
    assert again[1].headers["Idempotency-Replayed"] == "true"
    other = call("always", {"name": "Twice"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, _code(other)) == (422, "idempotency.E002")
    assert [name for name, _, _ in _organizations(site)] == ["Acme AG", "Quiet", "Once"]

    # What is wrong is told as a problem, and nothing is left of it.
    before = _organizations(site)
    for name, owner in (("Twin", robot), ("Twin", robot), ("Foreign", 1)):
        change = RecordChange(module="organization", values={"name": name, "owner": owner})
        site.records.save(SYSTEM, [change], options=SaveOptions(duplicates="ignore"))
    refused = [
        (call("nonsense", {"name": "x"}), 404, "workflow.E190"),
        (call("off", {"name": "x"}), 404, "workflow.E190"),  # switched off
        (call("gone", {"name": "x"}), 404, "workflow.E190"),  # no such workflow any more
        (call("always", [1]), 400, "api.E002"),
        (call("always", b"{"), 400, "api.E012"),
        (call("always", b'{"name": "x"}', **{"Content-Type": "text/plain"}), 415, "api.E013"),
        (call("always", {"name": "x" * 70_000}), 413, "api.H413"),
        (call("always", {}), 422, "record.E001"),  # the name is required
        (call("always", {"name": {"first": "x"}}), 400, "workflow.E195"),
        (call("always", {"name": "x", "revenue": 5}), 422, "record.E001"),  # a field the user may not write
        (call("arrives", {"company": {"name": "x"}}), 400, "workflow.E192"),
        (call("arrives", {"company": {"name": "x", "site": "no' or 1 == 1"}}), 422, "record.E001"),
        (call("looks", {"name": "Nowhere' or name != '"}), 404, "workflow.E193"),
        (call("looks", {"name": "Foreign"}), 404, "workflow.E193"),  # out of the user's reach
        (call("looks", {"name": "Twin"}), 409, "workflow.E194"),
    ]  # fmt: skip
    for answer, status, code in refused:
        assert (answer.status_code, _code(answer)) == (status, code), answer.text
        assert answer.mimetype == "application/problem+json"
    assert _organizations(site)[: len(before)] == before
    assert len(_organizations(site)) == len(before) + 3
    assert client.get(f"/hooks/{secrets['always']}").status_code == 405

    # A renewed address takes the place of the old one; a user who has left acts no more.
    inbound.renew(identity, "looks", 1)
    assert call("looks", {"name": "Quiet"}).status_code == 404
    inbound.close(identity, "arrives")
    assert call("arrives", acme).status_code == 404
    site.accounts.deactivate(robot)
    gone = call("always", {"name": "x"})
    assert (gone.status_code, _code(gone)) == (403, "workflow.E191")


def test_the_door_is_slowed_down_over_all_processes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """One address by itself, and whoever tries addresses."""
    monkeypatch.setattr(hooks, "PER_MINUTE", 8)
    monkeypatch.setattr(hooks, "REFUSED_PER_MINUTE", 4)
    other = Site.open(site.folder)
    now = datetime.now(UTC)
    for each in (site, other):
        each.rates = Rates(each.database, lambda: now)
    clients = [create_app(each).test_client() for each in (site, other)]
    identity = site.models.current.model.modules["organization"].identity
    secret = site.workflows.inbound.renew(identity, "always", 1)
    answers = [_post(clients[number % 2], secret, b"{", {}) for number in range(12)]
    codes = [answer.status_code for answer in answers]
    assert (codes.count(400), codes.count(429)) == (8, 4)
    assert int(answers[-1].headers["Retry-After"]) <= 60
    tried = [_post(clients[number % 2], f"x{number}", b"{}", {}).status_code for number in range(8)]
    assert (tried.count(404), tried.count(429)) == (4, 4)
    other.close()


def _post(client: Client, secret: str, body: Any, headers: dict[str, str]) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/hooks/{secret}", data=data, headers={"Content-Type": "application/json", **headers})


def _code(answer: TestResponse) -> str:
    assert answer.json is not None
    return str(answer.json["code"])


def _organizations(site: Site) -> list[tuple[str, list[str], int]]:
    found = site.records.query(SYSTEM, "organization", Query(sort=("id",))).records
    return [(each.values["name"], list(each.values["tags"] or ()), each.values["owner"]) for each in found]
