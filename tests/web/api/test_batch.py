"""Many records at once, and links between them."""

from __future__ import annotations

from web.api.caller import Caller


def test_a_batch_is_saved_whole_or_not_at_all(api: Caller) -> None:
    made = api.post("/m/organization/batch", {"records": [{"name": "A"}, {"name": "B"}]}).json["data"]
    assert [(each["row"], each["version"], each["created"]) for each in made] == [(0, 1, True), (1, 1, True)]
    problem = api.post("/m/organization/batch", {"records": [{"name": ""}, {"name": "C"}]}, status=422).json
    assert [(each["row"], each["field"]) for each in problem["errors"]] == [(0, "name")]
    assert len(api.get("/m/organization").json["data"]) == 2

    a, b = (each["id"] for each in made)
    changed = [{"id": a, "base_version": 1, "phone": "+51 1 5550100"}, {"id": b, "tier": "no_such"}]
    api.patch("/m/organization/batch", {"records": changed}, status=422)
    assert api.get(f"/m/organization/{a}").json["phone"] is None
    changed[1] = {"id": b, "industry": "retail"}
    answer = api.patch("/m/organization/batch", {"records": changed}).json["data"]
    assert [(each["id"], each["version"]) for each in answer] == [(a, 2), (b, 2)]
    api.patch("/m/organization/batch", {"records": [{"id": a, "phone": "1234567", "base_version": 1}]}, status=409)

    api.delete("/m/organization/batch", {"ids": [a, 999]}, status=404)
    assert api.delete("/m/organization/batch", {"ids": [a, b, a]}, status=200).json == {"deleted": 2}


def test_a_partial_batch_tells_what_became_of_each_row(api: Caller) -> None:
    first = api.create("organization", name="Known")
    rows = [{"name": "A"}, {"name": ""}, {"name": "known"}, {"name": "B", "id": 7}]
    answer = api.post("/m/organization/batch?partial=true", {"records": rows}, status=200).json
    assert [each["row"] for each in answer["data"]] == [0]
    assert [(each["row"], each["field"]) for each in answer["errors"]] == [(1, "name"), (3, "id")]
    assert [(each["row"], each["matches"][0]["id"]) for each in answer["duplicates"]] == [(2, first["id"])]

    a = answer["data"][0]["id"]
    api.patch(f"/m/organization/{a}", {"name": "A2", "base_version": 1})
    rows = [{"id": a, "base_version": 1, "name": "A3"}, {"id": 999, "name": "C"}, {"id": first["id"], "name": "K"}]
    answer = api.patch("/m/organization/batch?partial=true", {"records": rows}).json
    assert [each["id"] for each in answer["data"]] == [first["id"]]
    assert [(each["row"], each["code"]) for each in answer["errors"]] == [(0, "record.E002"), (1, "record.E010")]

    api.create("opportunity", name="Deal", organization=first["id"])
    answer = api.delete("/m/organization/batch?partial=true", {"ids": [a, first["id"], 999]}, status=200).json
    assert answer["deleted"] == 1
    assert [(each["row"], each["code"]) for each in answer["errors"]] == [(1, "record.E030"), (2, "record.E010")]


def test_a_batch_that_is_not_one_is_refused(api: Caller) -> None:
    for body in (
        {}, {"records": {}}, {"records": [1]}, {"records": [{"name": "A"}] * 1001}, {"records": [], "partial": True},
    ):  # fmt: skip
        api.post("/m/organization/batch", body, status=400)
    for item in ({"name": "A"}, {"id": True}, {"id": 1.5}, {"id": "1"}, {"id": -1}, {"id": 2**64}):
        api.patch("/m/organization/batch", {"records": [item]}, status=400)
    for ids in (None, "1", [True], [1.0], ["1"], [0], [2**63]):
        api.delete("/m/organization/batch", {"ids": ids}, status=400)
    assert api.post("/m/organization/batch", {"records": []}).json == {"data": []}
    api.post("/m/no_such/batch", {"records": [{}]}, status=404)


def test_records_are_linked_and_unlinked(api: Caller) -> None:
    deal = api.create("opportunity", name="Deal")
    people = [api.create("contact", name={"last_name": name}) for name in ("Ada", "Bo")]
    path = f"/m/opportunity/{deal['id']}/links/contacts"
    ids = [each["id"] for each in people]
    api.post(path, {"ids": ids}, status=204)
    api.post(path, {"ids": ids[:1]}, status=204)
    page = api.get(path, query={"limit": 1, "sort": "name", "count": "true"}).json
    assert ([each["id"] for each in page["data"]], page["count"], page["has_more"]) == (ids[:1], 2, True)
    page = api.get(path, query={"limit": 1, "sort": "name", "cursor": page["next_cursor"]}).json
    assert [each["id"] for each in page["data"]] == ids[1:]
    assert api.get(path, query={"where": "contains(name, 'ada')"}, status=200).json["data"][0]["id"] == ids[0]
    assert len(api.get(f"/m/contact/{ids[0]}/links/involved_in").json["data"]) == 1
    api.delete(f"{path}/{ids[0]}")
    assert len(api.get(path).json["data"]) == 1

    for body in (
        {},
        {"ids": [True]},
        {"ids": [1.5]},
        {"ids": [2**64]},
        {"ids": ids, "more": 1},
        {"ids": ids, "attributes": 1},
    ):
        api.post(path, body, status=400)
    assert api.post(path, {"ids": ids, "attributes": {"colour": 1}}, status=422).json["errors"][0]["field"] == "colour"
    api.post(path, {"ids": [999]}, status=404)
    api.get(f"/m/opportunity/{deal['id']}/links/no_such", status=404)
    api.get("/m/opportunity/999/links/contacts", status=404)


def test_the_related_list_of_a_lookup_is_linked_by_its_field(api: Caller) -> None:
    acme = api.create("organization", name="Acme")
    ada = api.create("contact", name={"last_name": "Ada"})
    path = f"/m/organization/{acme['id']}/links/contacts"
    api.post(path, {"ids": [ada["id"]]}, status=204)
    assert api.get(f"/m/contact/{ada['id']}").json["organization"] == {"id": acme["id"], "label": "Acme"}
    api.delete(f"{path}/{ada['id']}")
    assert api.get(f"/m/contact/{ada['id']}").json["organization"] is None
