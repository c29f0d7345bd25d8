"""Users and tokens from the command line."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fieldstone.runtime.site import Site
from flows.command import Command

PEOPLE = "rep,boss name,place,junk\nAda Reed,Mia Moss,East,1\nBo Lind,Mia Moss,East,2\n"


def test_users_are_added_listed_and_given_passwords(command: Command) -> None:
    made = command("user", "add", "anna", "--name", "Anna Snelling", "--role", "sales_rep", "--email", "a@example.com")
    password = re.search(r"Password  (\S+) ", made.output)
    assert password
    command("user", "add", "ben", "--admin", "--password-stdin", stdin="another long password\n")
    for words, code in (
        (["user", "add", "anna"], 1), (["user", "add", "carl", "--role", "no_such"], 1), (["user", "add", "a b"], 1),
        (["user", "add", "carl", "--password-stdin"], 2), (["user", "password", "nobody"], 1),
    ):  # fmt: skip
        assert "Error: " in command(*words, exit_code=code).errors
    command("user", "password", "ben", "--password-stdin", stdin="short\n", exit_code=1)
    command("user", "password", "ben", "--password-stdin", stdin="yet another password\n")
    users = {each["username"]: each for each in command("user", "list", "--json").json}
    assert users.keys() == {"boss", "anna", "ben"}
    assert (users["anna"]["roles"], users["anna"]["admin"], users["ben"]["admin"]) == (["sales_rep"], False, True)
    table = command("user", "list").output
    assert re.search(r"anna +Anna Snelling +a@example.com +sales_rep +yes", table)
    site = Site.open(command.site)
    try:
        assert site.accounts.log_in("anna", password[1])
        assert site.accounts.log_in("ben", "yet another password")
    finally:
        site.close()


def test_people_come_from_a_file_whose_columns_are_named(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    maps = ["--map", "rep=name", "--map", "boss name=manager", "--map", "place=team", "--map", "junk="]
    report = command("user", "import", file, *maps, "--json").json
    assert (report["users_added"], report["teams_added"], report["problems"]) == (3, 2, [])
    assert "0 users and 0 teams added, 3 unchanged." in command("user", "import", file, *maps).output
    assert "--map name is not of the form" in command("user", "import", file, "--map", "name", exit_code=2).errors
    command("user", "import", file, "--map", "no_such=name", exit_code=1)


def test_a_token_is_printed_last_and_ends_when_it_should(command: Command) -> None:
    answer = command("token", "add", "boss", "--scope", "read", "--scope", "module:contact", "--expires", "30d")
    secret = answer.output.strip().splitlines()[-1]
    made = command("token", "add", "boss", "--expires", "never", "--json").json
    assert made["expires_at"] is None
    for words, code in ((["--expires", "5"], 2), (["--expires", "0d"], 2), (["--scope", "everything"], 2)):
        command("token", "add", "boss", *words, exit_code=code)
    command("token", "add", "nobody", exit_code=1)
    site = Site.open(command.site)
    try:
        actor = site.accounts.find_token_actor(secret)
        assert actor
        assert actor.scopes == ("module:contact", "read")
        assert site.accounts.find_token_actor(made["token"])
        site.accounts.clock = lambda: datetime.now(UTC) + timedelta(days=31)
        assert site.accounts.find_token_actor(secret) is None
    finally:
        site.close()
    assert secret not in json.dumps([command("user", "list", "--json").json])
