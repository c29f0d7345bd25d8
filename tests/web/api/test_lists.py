"""Lists, groups, suggestions and search through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from web.api.caller import Caller


@pytest.fixture
def deals(api: Caller) -> list[dict[str, Any]]:
    """Five deals of two organizations."""
    acme = api.create("organization", name="Acme", industry="retail")
    bolt = api.create("organization", name="Bolt")
    rows = [
        ("A", acme, "100", "prospecting", "2026-01-15"),
        ("B", acme, "250.50", "won", "2026-01-20"),
        ("C", bolt, "0.0001", "prospecting", "2026-02-01"),
        ("D", bolt, None, "prospecting", None),
        ("E", None, "1000000", "won", "2026-02-03"),
    ]
    records = [
        {"name": name, "organization": of and of["id"], "amount": amount, "stage": stage, "close_date": date}
        for name, of, amount, stage, date in rows
    ]
    made = api.post("/m/opportunity/batch", {"records": records}).json["data"]
    return [{"id": each["id"]} for each in made]


def names(answer: Any) -> list[str]:
    return [each["name"] for each in answer.json["data"]]


@pytest.mark.usefixtures("deals")
def test_a_list_is_filtered_sorted_paged_and_counted(api: Caller) -> None:
    query: dict[str, Any] = {"where": "stage == 'prospecting'", "sort": "-amount", "fields": "name,organization.name"}
    answer = api.get("/m/opportunity", query={**query, "limit": 2, "count": "true"})
    assert answer.json["count"] == 3
    assert answer.json["count_exact"] is True
    assert answer.json["has_more"] is True
    assert list(answer.json["data"][0]) == ["id", "version", "name", "organization.name"]
    assert names(answer) == ["A", "C"]
    rest = api.get("/m/opportunity", query={**query, "limit": 2, "cursor": answer.json["next_cursor"]})
    assert names(rest) == ["D"]
    assert (rest.json["has_more"], rest.json["next_cursor"]) == (False, None)
    assert "count" not in rest.json
    assert names(api.get("/m/opportunity", query={"where": "organization.industry == 'retail'"})) == ["A", "B"]
    lists = api.get("/m/opportunity", query={"fields": "organization,owner,amount,stage,tags", "sort": "name"})
    assert lists.json["data"][0]["organization"]["label"] == "Acme"
    assert lists.json["data"][2]["amount"] == "0.0001"
    assert api.get("/m/opportunity?deleted=true&count=true").json["count"] == 0


@pytest.mark.usefixtures("deals")
def test_groups_hold_exact_figures_in_the_form_of_records(api: Caller) -> None:
    answer = api.get("/m/opportunity/aggregate", query={"group": "stage", "measure": "count,sum(amount),avg(amount)"})
    assert answer.json["data"] == [
        {"stage": "prospecting", "count": 3, "sum(amount)": "100.0001", "avg(amount)": "50.00005"},
        {"stage": "won", "count": 2, "sum(amount)": "1000250.5", "avg(amount)": "500125.25"},
    ]
    months = api.get(
        "/m/opportunity/aggregate",
        query={"group": "month(close_date)", "measure": "count,max(close_date)", "where": "not is_empty(close_date)"},
    )
    assert [(each["count"], each["max(close_date)"]) for each in months.json["data"]] == [
        (2, "2026-01-20"),
        (2, "2026-02-03"),
    ]
    owners = api.get("/m/opportunity/aggregate?group=owner,organization&measure=sum(amount)").json["data"]
    assert {each["owner"]["label"] for each in owners} == {"admin"}
    assert {each["organization"] and each["organization"]["label"] for each in owners} == {None, "Acme", "Bolt"}
    assert api.get("/m/opportunity/aggregate").json == {"data": [{"count": 5}]}
    assert api.get("/m/opportunity/aggregate?measure=max(created_at)").json["data"][0]["max(created_at)"].endswith("Z")
    for query in ("measure=median(amount)", "measure=sum(stage)", "group=colour", "group=tags", "where=("):
        api.get(f"/m/opportunity/aggregate?{query}", status=400)


@pytest.mark.usefixtures("deals")
def test_suggestions_and_search(api: Caller) -> None:
    assert [each["label"] for each in api.get("/m/organization/suggest?q=ac").json["data"]] == ["Acme"]
    assert len(api.get("/m/opportunity/suggest?limit=2").json["data"]) == 2
    hits = api.get("/search?q=acme").json["data"]
    assert ("organization", "Acme") in {(each["module"], each["label"]) for each in hits}
    assert api.get("/search?q=acme&module=contact").json["data"] == []
    api.get("/search?q=acme&module=no_such", status=404)
    api.get("/m/no_such/suggest?q=a", status=404)


def test_what_cannot_be_asked_is_refused_with_the_place(api: Caller) -> None:
    problem = api.get("/m/opportunity", query={"where": "amount >"}, status=400).json
    assert problem["errors"][0]["field"] == "where"
    assert problem["errors"][0]["column"] == 8
    assert api.get("/m/opportunity", query={"where": "colour == 'red'"}, status=400).json["errors"][0]["column"] == 1
    for query in (
        {"sort": "colour"}, {"fields": "colour"}, {"fields": "organization.colour"}, {"cursor": "x"}, {"limit": "0"},
        {"limit": "1001"}, {"limit": "ten"}, {"limit": "9" * 30}, {"count": "maybe"}, {"where": "(" * 300},
        {"where": "x" * 9_000}, {"sort": "tags,,,"}, {"fields": ",".join(["name.x"] * 300)},
    ):  # fmt: skip
        api.get("/m/opportunity", query=query, status=400)
    problem = api.get("/m/opportunity?filter=stage", status=400).json
    assert problem["code"] == "api.E005"
    assert problem["errors"][0]["field"] == "filter"
    assert "where" in problem["detail"]
    assert api.get("/m/opportunity?sort=name&sort=amount", status=400).json["code"] == "api.E006"
    assert api.get("/m/no_such", status=404).json["code"] == "record.E011"


def test_a_page_of_another_query_is_not_mixed_in(api: Caller) -> None:
    api.post("/m/organization/batch", {"records": [{"name": f"O{number}"} for number in range(3)]})
    cursor = api.get("/m/organization?limit=1&sort=name").json["next_cursor"]
    assert api.get("/m/organization", query={"sort": "-name", "cursor": cursor}, status=400).json["code"]


def test_a_role_reads_only_what_is_its_own(api: Caller, call: Callable[..., Caller]) -> None:
    api.create("organization", name="Acme")
    rep = call("rep", roles=("sales_rep",))
    own = rep.create("organization", name="Bolt")
    assert names(rep.get("/m/organization")) == ["Bolt"]
    assert rep.get("/m/organization?count=true").json["count"] == 1
    assert rep.get("/m/organization/aggregate").json["data"] == [{"count": 1}]
    assert rep.get("/search?q=acme").json["data"] == []
    assert rep.get("/m/organization/suggest?q=acme").json["data"] == []
    product = api.create("product", name="Pump")
    # Products are shared with everybody to read; what is not shared stays out of reach.
    assert names(rep.get("/m/product")) == ["Pump"]
    rep.patch(f"/m/product/{product['id']}", {"name": "Pipe", "base_version": 1}, status=403)
    lead = api.create("lead", name={"last_name": "Reed"})
    rep.get(f"/m/lead/{lead['id']}", status=404)
    rep.post("/m/product", {"name": "Pipe"}, status=403)
    # Given away, the record is out of reach: the save still says what it did.
    admin = product["owner"]
    given = rep.patch(f"/m/organization/{own['id']}", {"owner": admin, "base_version": 1})
    assert given.json == {"id": own["id"], "version": 2}
    rep.get(f"/m/organization/{own['id']}", status=404)
