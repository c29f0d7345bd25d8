"""One record through the API: made, read, changed, deleted, restored."""

from __future__ import annotations

from datetime import datetime

from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site
from web.api.caller import Caller


def test_a_record_is_made_and_read_back(api: Caller) -> None:
    acme = api.create("organization", name="Acme 商贸", annual_revenue="1200000.50", billing_address={"city": "Lima"})
    made = api.post("/m/opportunity", {"name": "Pumps", "organization": acme["id"], "amount": 100, "probability": "75"})

    record = made.json
    assert made.headers["Location"] == f"/api/v1/m/opportunity/{record['id']}"
    assert made.headers["ETag"] == f'"{record["version"]}"'
    assert record["organization"] == {"id": acme["id"], "label": "Acme 商贸"}
    assert (record["amount"], record["probability"], record["forecast"]) == ("100", "75", "75")
    assert record["owner"]["label"] == "admin"
    assert record["close_date"] is None
    assert record["record_number"].startswith("OPP-")
    assert record["created_at"].endswith("Z")
    assert datetime.fromisoformat(record["created_at"]).tzinfo is not None
    assert acme["annual_revenue"] == "1200000.5"
    assert acme["billing_address"]["city"] == "Lima"

    again = api.get(made.headers["Location"].removeprefix("/api/v1"))
    assert again.json == record
    assert again.headers["ETag"] == made.headers["ETag"]
    assert api.get(f"/m/opportunity/{record['id']}?fields=name,organization.name").json == {
        "id": record["id"],
        "version": record["version"],
        "name": "Pumps",
        "organization.name": "Acme 商贸",
    }


def test_what_is_read_can_be_sent_back(api: Caller) -> None:
    contact = api.create("contact", name={"first_name": "Ada", "last_name": "Núñez"}, email="ada@example.com")
    task = api.create(
        "task", subject="Call", related_to={"module": "contact", "id": contact["id"]}, due_date="2026-03-01"
    )
    kept = {
        name: value
        for name, value in task.items()
        if name not in ("id", "version", "record_number", "completed_at")
        and not name.startswith(("created_", "modified_", "deleted_"))
    }
    api.patch(f"/m/task/{task['id']}", {**kept, "base_version": task["version"]})
    assert api.get(f"/m/task/{task['id']}").json == task


def test_a_reference_to_any_module_says_which(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    task = api.create("task", subject="Call", related_to=f"organization:{acme['id']}")
    assert task["related_to"] == {"module": "organization", "id": acme["id"], "label": "Acme"}


def test_amounts_are_exact_however_they_are_written(api: Caller) -> None:
    body = b'{"name": "Acme", "annual_revenue": 12345678901234.5678}'
    made = api.send("POST", "/m/organization", data=body, status=201).json
    assert made["annual_revenue"] == "12345678901234.5678"


def test_a_copy_that_is_fresh_is_not_sent_again(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    path = f"/m/organization/{acme['id']}"
    answer = api.get(path, headers={"If-None-Match": '"0", "1"'}, status=304)
    assert answer.data == b""
    assert answer.headers["ETag"] == '"1"'
    api.get(path, headers={"If-None-Match": '"2"'})


def test_a_change_needs_the_version_it_is_based_on(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    path = f"/m/organization/{acme['id']}"
    assert api.patch(path, {"name": "Acme Ltd"}, status=428).json["code"] == "api.E010"

    changed = api.patch(path, {"name": "Acme Ltd"}, headers={"If-Match": '"1"'})
    assert changed.headers["ETag"] == '"2"'
    assert changed.json["name"] == "Acme Ltd"
    stale = api.patch(path, {"phone": "+51 1 555"}, headers={"If-Match": '"1"'}, status=412).json
    assert (stale["code"], stale["version"]) == ("record.E002", 2)
    assert api.get(path).json["phone"] is None
    api.patch(path, {"phone": "+51 1 555"}, headers={"If-Match": "*"})
    for header in ("Acme", '"-1"', '"1", "2"'):
        assert api.patch(path, {}, headers={"If-Match": header}, status=400).json["errors"][0]["field"] == "If-Match"
    for version in (True, 1.0, "1", 0, -1, 2**70):
        body = {"name": "x", "base_version": version}
        assert api.patch(path, body, status=400).json["errors"][0]["field"] == "base_version"


def test_changes_of_different_fields_merge_and_of_the_same_one_conflict(api: Caller) -> None:
    seller = api.create("organization", name="Seller")
    deal = api.create("opportunity", name="Pumps", amount="100", organization=seller["id"])
    path = f"/m/opportunity/{deal['id']}"
    api.patch(path, {"amount": "200.50", "organization": None, "base_version": 1})
    merged = api.patch(path, {"next_step": "Call", "base_version": 1}).json
    assert (merged["amount"], merged["next_step"]) == ("200.5", "Call")

    refused = api.patch(path, {"amount": 300, "organization": seller["id"], "base_version": 1}, status=409).json
    assert refused["version"] == 3
    assert refused["changed_by"] == "admin"
    conflicts = {each["field"]: each for each in refused["conflicts"]}
    assert conflicts["amount"] == {"field": "amount", "base": "100", "theirs": "200.5", "mine": "300"}
    assert api.get(path).json == merged


def test_deleting_and_restoring(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    path = f"/m/organization/{acme['id']}"
    api.delete(path, headers={"If-Match": '"7"'}, status=412)
    api.delete(path, headers={"If-Match": '"1"'})
    api.get(path, status=404)
    api.delete(path, status=404)
    assert api.get(path, query={"deleted": "true"}).json["deleted_at"]
    assert [each["id"] for each in api.get("/m/organization?deleted=true").json["data"]] == [acme["id"]]

    restored = api.post(f"{path}/restore", status=200)
    assert restored.json["name"] == "Acme"
    assert api.get(path).headers["ETag"] == restored.headers["ETag"]
    api.post(f"{path}/restore", status=404)


def test_a_record_that_others_need_is_not_deleted(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    api.create("opportunity", name="Pumps", organization=acme["id"])
    problem = api.delete(f"/m/organization/{acme['id']}", status=422).json
    assert problem["errors"][0]["code"] == "record.E030"


def test_every_problem_is_told_by_field(api: Caller) -> None:
    problem = api.post(
        "/m/opportunity",
        {"name": "x", "stage": "no_such", "amount": "many", "close_date": "2026-13-01", "colour": 1},
        status=422,
    ).json
    assert {each["field"] for each in problem["errors"]} == {"stage", "amount", "close_date", "colour"}
    assert all("row" not in each for each in problem["errors"])
    assert api.get("/m/opportunity").json["data"] == []


def test_records_that_look_alike_are_told_and_can_be_saved_anyway(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    problem = api.post("/m/organization", {"name": "ACME"}, status=409).json
    assert problem["duplicates"] == [{"matches": [{"id": acme["id"], "label": "Acme"}], "hidden": 0}]
    api.post("/m/organization?duplicates=ignore", {"name": "ACME"})
    assert api.post("/m/organization?duplicates=no", {"name": "x"}, status=400).json["code"] == "api.E009"


def test_the_history_says_what_became_of_each_value(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    deal = api.create("opportunity", name="Pumps", amount="100")
    path = f"/m/opportunity/{deal['id']}"
    api.patch(path, {"amount": "99.5", "organization": acme["id"], "base_version": 1})
    contact = api.create("contact", name={"last_name": "Ada"})
    api.post(f"{path}/links/contacts", {"ids": [contact["id"]]}, status=204)

    linked, updated, created = api.get(f"{path}/history").json["data"]
    assert (created["kind"], created["changes"]) == ("created", [])
    assert updated["by"]["label"] == "admin"
    assert updated["at"].endswith("Z")
    changes = {each["field"]: (each["old"], each["new"]) for each in updated["changes"]}
    assert changes["amount"] == ("100", "99.5")
    assert changes["organization"] == (None, {"id": acme["id"], "label": "Acme"})
    assert linked["kind"] == "linked"
    assert linked["changes"][0]["new"] == {"module": "contact", "id": contact["id"], "label": "Ada"}
    page = api.get(f"{path}/history", query={"limit": 1, "before": linked["id"]}).json["data"]
    assert [each["id"] for each in page] == [updated["id"]]
    api.get("/m/opportunity/999/history", status=404)


MANUAL = """\
module: organization
workflows:
  praise:
    label: Praise
    on: manual
    do:
      - set_fields: {description: "'good'"}
"""


def test_a_manual_workflow_runs_as_an_action(api: Caller, site: Site) -> None:
    layer = Layer(name="site", documents={"workflows/organization.yaml": MANUAL})
    site.publishing.publish(site.publishing.plan(layer), site.accounts.operator())
    acme = api.create("organization", name="Acme")
    answer = api.post(f"/m/organization/{acme['id']}/actions/praise", status=200)
    assert answer.json["description"] == "good"
    assert answer.headers["ETag"] == '"2"'
    api.post(f"/m/organization/{acme['id']}/actions/no_such", status=404)
    api.post("/m/organization/999/actions/praise", status=404)
