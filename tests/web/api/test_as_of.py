"""The API as of a past time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from web.api.caller import Caller


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def test_lists_and_records_as_they_were(api: Caller) -> None:
    acme = api.create("organization", name="Acme", industry="retail")
    deals = [api.create("opportunity", name=name, organization=acme["id"], amount="100") for name in ("A", "B", "C")]
    before = _now()
    api.patch(f"/m/organization/{acme['id']}", {"name": "Acme Ltd", "base_version": 1})
    api.patch(f"/m/opportunity/{deals[0]['id']}", {"amount": "7", "base_version": 1})
    api.delete(f"/m/opportunity/{deals[1]['id']}")
    api.create("opportunity", name="D", amount="5")

    query = {"as_of": before, "fields": "name,organization,amount", "sort": "-name", "limit": 2, "count": "true"}
    page = api.get("/m/opportunity", query=query).json
    assert (page["as_of"], page["count"], page["has_more"]) == (before, 3, True)
    rest = api.get("/m/opportunity", query={**query, "cursor": page["next_cursor"]}).json
    assert [each["name"] for each in page["data"] + rest["data"]] == ["C", "B", "A"]
    assert rest["data"][0] == {
        "id": deals[0]["id"],
        "version": 1,
        "name": "A",
        "organization": {"id": acme["id"], "label": "Acme"},
        "amount": "100",
    }
    read = api.get(f"/m/opportunity/{deals[1]['id']}", query={"as_of": before})
    assert "ETag" not in read.headers
    assert read.json["amount"] == "100"
    groups = api.get(
        "/m/opportunity/aggregate", query={"group": "organization", "measure": "count,sum(amount)", "as_of": before}
    ).json
    assert groups["as_of"] == before
    assert groups["data"] == [{"organization": {"id": acme["id"], "label": "Acme"}, "count": 3, "sum(amount)": "300"}]
    history = api.get(f"/m/opportunity/{deals[0]['id']}/history", query={"as_of": before}).json["data"]
    assert [entry["kind"] for entry in history] == ["created"]
    path = f"/m/organization/{acme['id']}/links/opportunities"
    related = api.get(path, query={"as_of": before, "fields": "name", "sort": "name", "count": "true"}).json
    assert ([each["name"] for each in related["data"]], related["count"]) == (["A", "B", "C"], 3)
    assert related["as_of"] == before


def test_times_that_cannot_be_read(api: Caller) -> None:
    future = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    for path in ("/m/opportunity", "/m/opportunity/1", "/m/opportunity/aggregate", "/m/opportunity/1/history"):
        assert api.get(path, 400, query={"as_of": "yesterday"}).json["code"] == "as_of.E001"
        assert api.get(path, 400, query={"as_of": future}).json["code"] == "as_of.E002"
        assert api.get(path, 404, query={"as_of": "2001-01-01"}).json["code"] == "storage.E010"
    for path in ("/search", "/m/opportunity/suggest"):
        assert api.get(path, 400, query={"q": "a", "as_of": "2001-01-01"}).json["code"] == "api.E005"


def test_the_parameter_is_described(api: Caller) -> None:
    paths = api.get("/openapi.json").json["paths"]
    for path in ("/m/opportunity", "/m/opportunity/{record_id}", "/m/opportunity/aggregate"):
        assert "as_of" in [each["name"] for each in paths[path]["get"]["parameters"]]
