"""A plugin gets a new version under a site that customised it, twice; a person decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.command import Command

MODULE = "module: visit\nplural: Visits\nfields:\n  subject: {type: text}\n  place: {type: text, label: Place}\n"
LAYOUT = "module: visit\nlist: {columns: [subject, place]}\n"
OURS = "module: visit\nplural: Trips\nfields:\n  place: {help: Where it was}\n  cost: {type: money, after: place}\n"
OUR_LAYOUT = "module: visit\nlist: {columns: [cost, subject, place]}\n"


@pytest.fixture
def plugin(command: Command) -> Path:
    """A plugin of the site's own, in its first version, in force."""
    folder = command.site / "plugins" / "visits"
    write(folder, MODULE, LAYOUT)
    (folder / "plugin.yaml").write_text("plugin: visits\nversion: 1\n")
    settings = command.site / "fieldstone.yaml"
    settings.write_text(settings.read_text() + "\nplugins: [visits]\n")
    return folder


def write(folder: Path, module: str, layout: str) -> None:
    for path, text in (("modules", module), ("layouts", layout)):
        (folder / path).mkdir(parents=True, exist_ok=True)
        (folder / path / "visit.yaml").write_text(text)


def test_a_new_version_of_a_plugin_loses_no_customisation(command: Command, plugin: Path, tmp_path: Path) -> None:
    write(tmp_path / "crm", OURS, OUR_LAYOUT)
    command("publish", tmp_path / "crm")
    rows = tmp_path / "visits.csv"
    rows.write_text("subject,place,cost\nFirst,Berlin,5\n")
    assert command("import", "visit", rows, "--json").json["created"] == 1
    assert command("conflicts").output == "No open conflicts.\n"

    second = MODULE.replace("Visits", "Calls").replace("  place: {type: text, label: Place}\n", "  day: {type: date}\n")
    write(plugin, second, "module: visit\nlist: {columns: [subject, day]}\n")
    command("publish")
    conflicts = command("conflicts", "--json").json
    assert [(each["key"], each["base_now"], each["site"]) for each in conflicts] == [
        ("layouts.visit.list.columns", ["subject", "day"], ["cost", "subject", "place"]),
        ("modules.visit.fields.place", None, {"help": "Where it was"}),
        ("modules.visit.plural", "Calls", "Trips"),
    ]
    fields = ["--fields", "subject,place,cost,day", "--format", "json"]
    (visit,) = command("export", "visit", *fields).json
    assert (visit["subject"], visit["place"], visit["day"]) == ("First", "Berlin", None)
    assert [each["layer"] for each in command("explain", "visit.place.label", "--json").json["set_by"]] == ["site"]
    assert command("explain", "visit.plural", "--json").json["set_by"][0]["value"] == "Trips"

    write(plugin, second.replace("Calls", "Trips"), "module: visit\nlist: {columns: [subject, day]}\n")
    command("publish")
    assert len(command("conflicts", "--json").json) == 2
    command("conflicts", "--both", "layouts.visit.list.columns")
    columns = command("explain", "layouts.visit.list.columns", "--json").json["set_by"][0]["value"]
    assert columns == ["cost", "subject", "day"]
    refused = command("conflicts", "--theirs", "modules.visit.fields.place", exit_code=1).errors
    assert "lose" in refused
    command("conflicts", "--ours")
    assert command("conflicts", "--json").json == []
    assert command("plan", "--json").json["changes"] == []
