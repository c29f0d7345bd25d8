"""A record out of reach cannot be read, named, counted or changed through any door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from security.doors import DOORS, WITHOUT_RECORDS, Knock
from security.world import MARK, World


def test_every_door_is_known(world: World) -> None:
    doors = {rule.endpoint for rule in world.app.url_map.iter_rules()}
    known = DOORS.keys() | WITHOUT_RECORDS
    assert not doors - known, (
        f"new doors: {sorted(doors - known)}. Say in security/doors.py how somebody would try for a record out of "
        "reach through each, or that it leads to none; in security/ways.py how one comes in, if its address says too "
        "little."
    )
    assert not known - doors, f"doors that are gone: {sorted(known - doors)}"


def test_no_door_leads_to_a_record_out_of_reach(world: World, tmp_path: Path) -> None:
    file = tmp_path / "import.csv"
    file.write_text(f"Organization name\n{MARK}\n")
    world.hidden["import"] = world.site.imports.start(world.operator, "organization", file, f"{MARK}.csv").id
    before = world.hidden_state()
    found = []
    for endpoint, knocks in DOORS.items():
        for knock in knocks:
            found += [f"{endpoint} {knock.method} {knock.path}: {wrong}" for wrong in _try(world, knock)]
            after = world.hidden_state()
            if after != before:
                found.append(f"{endpoint} {knock.method} {knock.path}: changed something")
                before = after
    assert not found, "\n".join(found)


def test_counts_tell_only_of_what_may_be_seen(world: World) -> None:
    for path, count in (
        ("/m/organization?count=true", 1),
        ("/m/organization?deleted=true&count=true", 0),
        ("/m/opportunity?count=true&where=organization.name != ''", 0),
        (f"/m/opportunity/{world.mine['opportunity']}/links/contacts?count=true", 0),
    ):
        answer = world.call("GET", path)
        assert answer.json["count"] == count, path
    groups = world.call("GET", "/m/opportunity/aggregate?group=organization.name&measure=count,sum(amount)").json[
        "data"
    ]
    assert [(each["organization.name"], each["sum(amount)"]) for each in groups] == [(None, "10")]


def test_a_lookup_out_of_reach_has_no_name(world: World) -> None:
    mine = f"/m/opportunity/{world.mine['opportunity']}"
    shown = world.call("GET", mine).json
    assert shown["organization"] == {"id": world.hidden["organization"], "label": ""}
    assert "You may not see this record" in world.anna.get(mine).text
    admin = world.site.accounts.add_token("admin", label="test").secret
    assert world.call("GET", mine, token=admin).json["organization"]["label"] == f"{MARK} Ltd"


def _try(world: World, knock: Knock) -> list[str]:
    answer = _send(world, knock)
    wrong = []
    if answer.status_code not in knock.statuses:
        wrong.append(f"{answer.status_code} {answer.text[:300]}")
    if MARK in answer.text:
        at = answer.text.index(MARK)
        wrong.append(f"names it: …{answer.text[max(0, at - 150) : at + 50]}…")
    if answer.status_code in (302, 303):
        following = world.anna.get(answer.location)
        if MARK in following.text:
            wrong.append(f"names it on the next page, {answer.location}")
    return wrong


def _send(world: World, knock: Knock) -> TestResponse:
    names = world.names()
    path, data = knock.path.format_map(names), _filled(knock.data, names)
    if knock.is_api:
        found: TestResponse = world.call(knock.method, path.removeprefix("/api/v1"), data)
        return found
    if knock.method == "POST":
        world.anna.get("/more")
        return world.anna.post(path, data)
    return world.anna.get(path)


def _filled(data: Any, names: dict[str, int]) -> Any:
    """The data with the names of records replaced by their ids, which the API wants as numbers."""
    if isinstance(data, dict):
        return {name.format_map(names): _filled(value, names) for name, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, names) for value in data]
    if isinstance(data, str) and data.startswith("{") and data.endswith("}"):
        return names[data[1:-1]]
    return data.format_map(names) if isinstance(data, str) else data
