"""Conflicts of an upgrade from the command line: listed, decided, published."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fieldstone.metadata.conflict import Conflict
from fieldstone.runtime.site import Site
from fieldstone.storage.conflicts import store_conflicts
from flows.command import Command

FIELD, VIEWS = "modules/opportunity.yaml", "layouts/opportunity.yaml"
LABEL, HELP = "modules.opportunity.fields.amount.label", "modules.opportunity.fields.amount.help"
COLUMNS = "layouts.opportunity.list.columns"
CONFLICTS = (
    Conflict(key=LABEL, file=FIELD, base_then="Sum", base_now="Amount", site="Value"),
    Conflict(key=HELP, file=FIELD, base_then="a", base_now=None, site="Before tax"),
    Conflict(key=COLUMNS, file=VIEWS, base_then=["name"], base_now=["name", "amount"], site=["owner", "name"]),
)


@pytest.fixture
def upgraded(command: Command, tmp_path: Path) -> Command:
    """A site after an upgrade that left conflicts."""
    for path, text in (
        (FIELD, "module: opportunity\nfields:\n  amount: {label: Value, help: Before tax}\n"),
        (VIEWS, "module: opportunity\nlist: {columns: [owner, name]}\n"),
    ):
        (tmp_path / "crm" / path).parent.mkdir(parents=True)
        (tmp_path / "crm" / path).write_text(text)
    command("publish", tmp_path / "crm")
    keep(command, CONFLICTS)
    return command


def keep(command: Command, conflicts: Sequence[Conflict]) -> None:
    site = Site.open(command.site)
    site.database.transact(lambda conn: store_conflicts(conn, conflicts, 2))
    site.close()


def set_by(command: Command, path: str) -> list[tuple[str, Any]]:
    found = command("explain", path, "--json").json["set_by"]
    return [(each["layer"], each["value"]) for each in found]


def test_conflicts_are_listed_and_decided_one_by_one(upgraded: Command) -> None:
    assert upgraded("conflicts").output.splitlines() == [
        f'{COLUMNS}: was ["name"], is now ["name", "amount"], the site: ["owner", "name"]',
        f'{HELP}: was "a", is now nothing, the site: "Before tax"',
        f'{LABEL}: was "Sum", is now "Amount", the site: "Value"',
    ]
    listed = upgraded("conflicts", LABEL, "--json").json
    assert listed == [
        {"key": LABEL, "file": FIELD, "base_then": "Sum", "base_now": "Amount", "site": "Value", "both": False, "revision": 2}
    ]  # fmt: skip
    theirs = upgraded("conflicts", "--theirs", LABEL).output
    assert "change field opportunity.amount" in theirs
    assert "Published as revision 3." in theirs
    assert set_by(upgraded, "opportunity.amount.label") == []
    assert set_by(upgraded, "opportunity.amount.help") == [("site", "Before tax")]
    # Whatever is published brings what the base says up to date: here what the standard really says.
    ((_, standard),) = set_by(upgraded, COLUMNS)[1:]
    assert upgraded("conflicts", COLUMNS, "--json").json[0]["base_now"] == standard
    both = upgraded("conflicts", "--both", COLUMNS, "--json").json
    assert (both["decided"], both["revision"]) == ([COLUMNS], 4)
    layer, columns = set_by(upgraded, COLUMNS)[0]
    assert layer == "site"
    assert isinstance(columns, list)
    assert sorted(columns) == sorted(standard)
    assert columns.index("owner") < columns.index("name")
    assert upgraded("conflicts", "--ours", HELP).output == "1 conflict decided: ours.\n"
    assert set_by(upgraded, "opportunity.amount.help") == [("site", "Before tax")]
    assert upgraded("conflicts").output == "No open conflicts.\n"
    assert [each["message"] for each in upgraded("revisions", "--json").json][:2] == [
        f"{COLUMNS}: both",
        f"{LABEL}: theirs",
    ]


def test_all_conflicts_are_decided_at_once(upgraded: Command) -> None:
    done = upgraded("conflicts", "--theirs", "--json").json
    assert (sorted(done["decided"]), done["revision"]) == (sorted(each.key for each in CONFLICTS), 3)
    assert upgraded("plan", "--json").json["changes"] == []
    assert set_by(upgraded, COLUMNS) == [("standard", set_by(upgraded, COLUMNS)[0][1])]
    assert upgraded("conflicts", "--json").json == []
    assert upgraded("conflicts", "--theirs").output == "0 conflicts decided: theirs.\n"


def test_what_cannot_be_decided_says_why(upgraded: Command) -> None:
    assert "no open conflict" in upgraded("conflicts", "modules.nothing", exit_code=1).errors
    assert "Only one choice" in upgraded("conflicts", "--ours", "--theirs", exit_code=2).errors
    assert "is no list" in upgraded("conflicts", "--both", exit_code=1).errors
    assert len(upgraded("conflicts", "--json").json) == 3
    assert len(upgraded("revisions", "--json").json) == 2


def test_a_decision_that_leaves_a_broken_reference_is_refused(command: Command, tmp_path: Path) -> None:
    key = "modules.opportunity.fields.budget"
    (tmp_path / "modules").mkdir()
    (tmp_path / FIELD).write_text(
        "module: opportunity\nfields:\n  budget: {type: money}\n"
        "rules: {enough: {if: amount > budget, message: Too much}}\n"
    )
    command("publish", tmp_path)
    keep(command, [Conflict(key=key, file=FIELD, base_then={"type": "money"}, base_now=None, site=None)])
    assert "the site: refers to it" in command("conflicts").output
    assert "budget" in command("conflicts", "--theirs", key, exit_code=1).errors
    assert len(command("conflicts", "--json").json) == 1
