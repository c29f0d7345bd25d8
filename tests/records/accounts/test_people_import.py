"""A file of sales people becomes users and teams, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.accounts.service import Accounts

FILE = """sales_agent,manager,regional_office
Anna Snelling,Dustin Brinkmann,Central
Mei-Mei Johns,Melvin Marxen,Central
Cecily Lampkin,Dustin Brinkmann,Central
José Ñandú,Cara Losch,East
王小明,Cara Losch,East
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "teams.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_agents_managers_and_offices(accounts: Accounts, people: Path) -> None:
    report = accounts.import_users(people)
    assert report.to_json() == {"users_added": 8, "teams_added": 5, "unchanged": 0, "problems": []}
    users = {each.username: each for each in accounts.list_users()}
    assert set(users) == {
        *("anna.snelling", "mei-mei.johns", "cecily.lampkin", "jose.nandu", "wangxiaoming"),
        *("dustin.brinkmann", "melvin.marxen", "cara.losch"),
    }
    assert users["anna.snelling"].roles == ("sales_rep",)
    assert users["cara.losch"].roles == ("sales_manager",)
    assert users["jose.nandu"].label == "José Ñandú"
    assert not any(each.has_password for each in users.values())
    tree = accounts.list_teams()
    assert [(node.name, node.depth) for node in tree] == [
        ("Central", 0), ("Dustin Brinkmann's team", 1), ("Melvin Marxen's team", 1),
        ("East", 0), ("Cara Losch's team", 1),
    ]  # fmt: skip
    dustin = tree[1]
    assert dustin.leaders == (users["dustin.brinkmann"].id,)
    assert set(dustin.members) == {users[name].id for name in ("dustin.brinkmann", "anna.snelling", "cecily.lampkin")}
    assert accounts.actor(users["anna.snelling"].id).team_ids == (dustin.id,)


def test_again_changes_nothing(accounts: Accounts, people: Path) -> None:
    accounts.import_users(people)
    before = (accounts.list_users(), accounts.list_teams())
    again = accounts.import_users(people)
    assert (again.users_added, again.teams_added, again.unchanged) == (0, 0, 8)
    assert (accounts.list_users(), accounts.list_teams()) == before


def test_a_later_file_adds(accounts: Accounts, people: Path) -> None:
    accounts.import_users(people)
    people.write_text(FILE + "Zane Levy,Cara Losch,East\nAnna  Snelling,Dustin Brinkmann,Central\n", encoding="utf-8")
    report = accounts.import_users(people, role="support")
    assert (report.users_added, report.teams_added) == (1, 0)
    added = accounts.find_user_id("zane.levy")
    assert added is not None
    assert accounts.get_user(added).roles == ("support",)


def test_other_headings_and_problems_by_row(accounts: Accounts, people: Path) -> None:
    accounts.add_user("sam1", "Sam Twin")
    accounts.add_user("sam2", "Sam Twin")
    people.write_text(
        "Who;Login;Mail;Chef;Office\n"
        "Anna Snelling;anna;anna@example.com;;Central\n"
        "Ben Novak;anna;;;Central\n"
        "Carl Lin;carl;not-an-address;;Central\n"
        ";dora;;;Central\n"
        "Sam Twin;;;;Central\n"
        "Sam Twin;sam2;;;Central\n"
        "Eve Adams;;;Rosa Bell;West\n"
        "Fay Adams;;;Rosa Bell;East\n",
        encoding="utf-8",
    )
    report = accounts.import_users(people, mapping={"Who": "name", "Chef": "manager"})
    assert (report.users_added, report.teams_added, report.unchanged) == (3, 3, 1)
    assert [problem.partition(":")[0] for problem in report.problems] == ["Row 4", "Row 5", "Row 3", "Row 6", "Row 9"]
    central = accounts.list_teams()[0]
    assert set(central.members) == {accounts.find_user_id("anna"), accounts.find_user_id("sam2")}


def test_files_that_cannot_be_used(accounts: Accounts, people: Path) -> None:
    people.write_text("color,shape\nred,round\n", encoding="utf-8")
    for mapping, code in (({}, "account.E021"), ({"x": "name"}, "account.E022"), ({"color": "boss"}, "account.E022")):
        with pytest.raises(InvalidInputError) as refused:
            accounts.import_users(people, mapping=mapping)
        assert refused.value.code == code
