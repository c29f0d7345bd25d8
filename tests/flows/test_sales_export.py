"""The main job on real input: a sales export imported into a CRM that exists only as YAML."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fieldstone.kernel.actors import SYSTEM
from fieldstone.runtime.site import Site
from flows.command import Command

PIPELINE = (
    *("--map", "opportunity_id=external_id", "--map", "sales_agent=owner", "--map", "account=organization"),
    *("--map", "deal_stage=stage", "--map", "close_value=amount", "--date-format", "mdy", "--key", "external_id"),
)
GTX_PRO = ("--value", "product:GTXPro=GTX Pro")
STAGES = {"won": 4238, "lost": 2473, "engaging": 1589, "prospecting": 500}


def _import_masters(command: Command, sales: Path) -> None:
    command("user", "import", sales / "sales_teams.csv")
    report = command(
        *("import", "organization", sales / "accounts.csv", "--json"),
        *("--value", "industry:technolgy=technology", "--value", "country:Philipines=Philippines"),
        *("--value", "country:Korea=South Korea"),
    ).json
    assert report == {**report, "created": 85, "failed": 0, "problems": []}
    report = command("import", "product", sales / "products.csv", "--json").json
    assert (report["created"], report["failed"]) == (7, 0)


def _by_stage(site: Site) -> dict[str, int]:
    groups = site.records.aggregate(SYSTEM, "opportunity", group=("stage",), measures=("count",))
    return {group["stage"]: group["count"] for group in groups}


def _total(site: Site) -> Decimal:
    (total,) = site.records.aggregate(SYSTEM, "opportunity", group=(), measures=("sum(amount)",))
    found: Any = total["sum(amount)"]
    assert isinstance(found, Decimal)
    return found


def test_people_and_two_levels_of_teams(command: Command, sales: Path) -> None:
    first = command("user", "import", sales / "sales_teams.csv", "--json").json
    assert first["users_added"] == 41  # 35 agents, 6 managers
    assert first["teams_added"] == 9  # 3 offices, 6 managers' teams
    again = command("user", "import", sales / "sales_teams.csv", "--json").json
    assert (again["users_added"], again["teams_added"]) == (0, 0)
    users = {each["username"]: each for each in command("user", "list", "--json").json}
    assert "Anna Snelling" in {each["name"] for each in users.values()}


def test_parents_are_found_wherever_they_stand(command: Command, sales: Path) -> None:
    _import_masters(command, sales)
    site = Site.open(command.site)
    try:
        with_parent = site.records.count(SYSTEM, "organization", "not is_empty(parent)", cap=None)
        assert with_parent.value == 15
        technology = site.records.count(SYSTEM, "organization", "industry == 'technology'", cap=None)
        assert technology.value == 12
    finally:
        site.close()


def test_a_sector_that_no_picklist_knows_is_reported_once(command: Command, sales: Path) -> None:
    report = command(
        *("import", "organization", sales / "accounts.csv", "--json", "--map", "office_location="), exit_code=1
    ).json
    assert (report["created"], report["failed"]) == (73, 12)
    (problem,) = [each for each in report["problems"] if each["field"] == "industry"]
    assert (problem["value"], problem["count"]) == ("technolgy", 12)


def test_the_whole_pipeline(command: Command, sales: Path) -> None:
    _import_masters(command, sales)
    pipeline = sales / "sales_pipeline.csv"

    dry = command("import", "opportunity", pipeline, *PIPELINE, "--dry-run", "--json", exit_code=1).json
    assert (dry["created"], dry["failed"]) == (7320, 1480)
    (unknown,) = dry["problems"]
    assert (unknown["field"], unknown["value"], unknown["count"]) == ("product", "GTXPro", 1480)

    partial = command("import", "opportunity", pipeline, *PIPELINE, "--json", exit_code=1).json
    assert (partial["created"], partial["failed"]) == (7320, 1480)
    command("imports", "undo", str(partial["import"]))

    report = command("import", "opportunity", pipeline, *PIPELINE, *GTX_PRO, "--json").json
    assert (report["created"], report["failed"], report["problems"]) == (8800, 0, [])

    again = command("import", "opportunity", pipeline, *PIPELINE, *GTX_PRO, "--json").json
    assert (again["unchanged"], again["created"], again["updated"], again["failed"]) == (8800, 0, 0, 0)

    site = Site.open(command.site)
    try:
        assert _by_stage(site) == STAGES
        assert _total(site) == Decimal(10_005_534)
        assert site.records.count(SYSTEM, "opportunity", "is_empty(organization)", cap=None).value == 1425
        assert site.records.count(SYSTEM, "opportunity", "version != 1", cap=None).value == 0
        assert site.records.count(SYSTEM, "opportunity", "is_empty(owner)", cap=None).value == 0
    finally:
        site.close()


@pytest.mark.parametrize("form", ["csv"])
def test_export_then_import_changes_nothing(command: Command, sales: Path, tmp_path: Path, form: str) -> None:
    _import_masters(command, sales)
    out = tmp_path / "organizations.csv"
    command("export", "organization", "--format", form, "--out", out)
    report = command("import", "organization", out, "--key", "name", "--json").json
    assert (report["unchanged"], report["updated"], report["created"], report["failed"]) == (85, 0, 0, 0)
