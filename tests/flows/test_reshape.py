"""Reshaping a living CRM: YAML in a folder, published while the server runs; no restart, no Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from fieldstone.runtime.site import Site
from fieldstone.web.app import create_app
from flows.command import Command

DOCUMENTS = {
    "modules/opportunity.yaml": """\
module: opportunity
fields:
  risk:
    type: picklist
    label: Risk
    after: probability
    values:
      low: {label: Low, colour: green}
      high: {label: High, colour: red}
""",
    "modules/site_visit.yaml": """\
module: site_visit
label: Site visit
plural: Site visits
group: sales
icon: geo-alt
name_field: subject
number: {prefix: SV-, digits: 4}
fields:
  subject: {type: text, required: true}
  organization:
    {type: lookup, to: organization, required: true, reverse: site_visits, reverse_label: Site visits}
  visited_on: {type: date}
  attendees: {type: integer, min: 1}
  cost: {type: money}
  cost_each: {type: formula, expression: cost / attendees, result: money}
""",
    "layouts/site_visit.yaml": """\
module: site_visit
record:
  header: [organization, visited_on]
  blocks:
    visit: {label: Visit, columns: 2, fields: [subject, organization, visited_on, attendees, cost, cost_each]}
list:
  columns: [subject, organization, visited_on, cost_each]
  views:
    large: {label: Large visits, filter: attendees > 10, sort: [-visited_on]}
""",
    "workflows/site_visit.yaml": """\
module: site_visit
workflows:
  thank:
    label: Thank the hosts
    on: created
    if: attendees > 10
    do:
      - create_task: {subject: "Thank {{ record.organization }}", assign: owner, due_in_days: 2}
""",
    "metadata/translations/zh_CN.yaml": """\
language: zh_CN
modules:
  site_visit: {label: 现场拜访, plural: 现场拜访}
""",
}


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "crm"
    for path, text in DOCUMENTS.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def server(command: Command) -> Iterator[FlaskClient]:
    """A running server of the site, in another set of connections than the commands use."""
    site = Site.open(command.site)
    client = create_app(site).test_client()
    token = command("token", "add", "boss").output.strip().splitlines()[-1]
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    page = client.get("/login").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    answer = client.post(
        "/login", data={"username": "boss", "password": "a long enough password", "csrf_token": found[1]}
    )
    assert answer.status_code == 303
    yield client
    site.close()


def test_a_new_module_is_there_at_once(command: Command, server: FlaskClient, documents: Path) -> None:
    created = server.post("/api/v1/m/organization", json={"name": "Acme"})
    assert created.status_code == 201
    acme = created.get_json()["id"]
    assert server.get("/m/site_visit").status_code == 404

    assert "0 errors" in command("check", documents).output
    plan = command("plan", documents, "--json").json
    kinds = {(change["kind"], change["target"]) for change in plan["changes"]}
    assert ("add_module", "site_visit") in kinds
    assert ("add_field", "opportunity.risk") in kinds
    assert not plan["destructive"]
    command("publish", documents, "-m", "Site visits")
    assert command("plan", documents, "--json").json["changes"] == []

    page = server.get("/m/site_visit")
    assert page.status_code == 200
    assert "Large visits" in page.get_data(as_text=True)
    assert server.get("/m/site_visit/new").status_code == 200

    visit = server.post(
        "/api/v1/m/site_visit",
        json={"subject": "Spring tour", "organization": acme, "attendees": 12, "cost": "100"},
    )
    assert visit.status_code == 201, visit.get_json()
    body = visit.get_json()
    assert body["record_number"] == "SV-0001"
    assert body["cost_each"] == "8.3333"

    organization = server.get(f"/m/organization/{acme}").get_data(as_text=True)
    assert "Site visits" in organization
    assert "Spring tour" in organization
    hits = server.get("/api/v1/search?q=spring").get_json()["data"]
    assert [(hit["module"], hit["label"]) for hit in hits] == [("site_visit", "Spring tour")]
    tasks = server.get("/api/v1/m/task?fields=subject").get_json()["data"]
    assert [task["subject"] for task in tasks] == ["Thank Acme"]
    listed = server.get("/api/v1/m/site_visit?where=attendees>10&sort=-visited_on").get_json()
    assert len(listed["data"]) == 1

    deal = server.post("/api/v1/m/opportunity", json={"name": "Deal", "organization": acme, "risk": "high"})
    assert deal.status_code == 201
    assert deal.get_json()["risk"] == "high"
    refused = server.post("/api/v1/m/opportunity", json={"name": "Deal 2", "risk": "none"})
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == "risk"


def test_a_kept_plan_is_published_only_while_it_is_true(command: Command, documents: Path, tmp_path: Path) -> None:
    kept = tmp_path / "visits.plan"
    command("plan", documents, "--out", kept)
    (documents / "modules/opportunity.yaml").unlink()
    command("publish", documents)
    answer = command("publish", "--plan", kept, exit_code=1)
    assert "moved on since this plan was made: revision 2, by " in answer.errors


def test_every_problem_is_shown_at_once_and_nothing_is_published(
    command: Command, server: FlaskClient, documents: Path
) -> None:
    broken = documents / "modules/site_visit.yaml"
    text = broken.read_text(encoding="utf-8")
    text = text.replace("to: organization", "to: organisation").replace("type: date", "type: dat")
    broken.write_text(text.replace("cost / attendees", "cost / cost_each"), encoding="utf-8")
    answer = command("check", documents, exit_code=1)
    for part in ("organisation", "dat", "cost_each", "modules/site_visit.yaml:"):
        assert part in answer.errors
    command("publish", documents, exit_code=1)
    assert server.get("/m/site_visit").status_code == 404
    assert server.get("/m/opportunity").status_code == 200


def test_what_would_lose_data_is_refused(command: Command, server: FlaskClient, documents: Path) -> None:
    command("publish", documents)
    assert server.post("/api/v1/m/opportunity", json={"name": "Deal", "risk": "high"}).status_code == 201
    (documents / "modules/opportunity.yaml").unlink()
    plan = command("plan", documents, "--json").json
    assert plan["destructive"]
    answer = command("publish", documents, exit_code=1)
    assert "opportunity.risk" in answer.errors
    assert server.get("/api/v1/m/opportunity?fields=risk").get_json()["data"][0]["risk"] == "high"
