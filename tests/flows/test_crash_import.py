"""Killed in an import, in its undoing, or while a site is made: what comes after is exact."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.kernel.actors import SYSTEM
from fieldstone.runtime.settings import load_settings
from fieldstone.runtime.site import Site
from fieldstone.storage.database import Database
from flows.command import Command
from flows.processes import running, wait_until
from flows.site_dump import COUNTERS, IMPORTS, dump_site

ROWS = 1_000
REPEATED = (40, 500, 900)
"""Rows whose key stands in the row before."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Organizations whose parents stand later in the file, some of them twice."""
    lines = ["name,employees,parent\n"]
    for row in range(2, ROWS + 2):
        name = f"Company {row - 1 if row in REPEATED else row}"
        parent = f"Company {ROWS + 1}" if row % 50 == 0 else ""
        lines.append(f"{name},{row},{parent}\n")
    path = tmp_path / "accounts.csv"
    path.write_text("".join(lines))
    return path


@pytest.fixture
def ask(command: Command) -> Iterator[Callable[[str], Any]]:
    """One value of the site's database, asked from outside."""
    database = Database.open(load_settings(command.site).database_url)

    def value(query: str) -> Any:
        with database.read() as conn:
            return conn.execute(sa.text(query)).scalar()

    yield value
    database.close()


def _kill_when(holds: Callable[[], bool], *words: str | Path) -> None:
    """Runs the command and kills it as soon as it holds; it may also be done by then."""
    with running(*words) as process:
        wait_until(lambda: process.poll() is not None or holds(), f"{words} got so far")
        process.kill()
        _, errors = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), errors


def _exactly_once(command: Command, import_id: int) -> None:
    site = Site.open(command.site)
    try:
        expected = ROWS - len(REPEATED)
        assert site.records.count(SYSTEM, "organization", cap=None).value == expected
        (sums,) = site.records.aggregate(SYSTEM, "organization", group=(), measures=("sum(employees)",))
        lost = sum(row - 1 for row in REPEATED)  # what the later row wrote over
        assert Decimal(sums["sum(employees)"]) == sum(range(2, ROWS + 2)) - lost
        with_parent = site.records.count(SYSTEM, "organization", "not is_empty(parent)", cap=None).value
        assert with_parent == len([row for row in range(2, ROWS + 2) if row % 50 == 0])
    finally:
        site.close()
    dump = dump_site(command.site)
    assert len(dump["fs_search"]) == expected
    report = command("imports", "show", str(import_id), "--json").json
    assert report["state"] == "done"
    assert (report["created"], report["updated"], report["failed"]) == (expected, len(REPEATED), 0)
    assert sum(each["count"] for each in report["problems"]) == len(REPEATED)


def test_an_import_that_is_killed_goes_on_where_it_was(command: Command, file: Path, ask: Callable[[str], Any]) -> None:
    before = dump_site(command.site, without=(*IMPORTS, *COUNTERS))
    moments = sorted(random.Random(ROWS).sample(range(2, ROWS), 3))
    row = "SELECT max(row) FROM fs_import"
    words = ("--site", command.site, "import", "organization", file, "--key", "name")
    _kill_when(lambda: (ask(row) or 0) > moments[0], *words)
    for moment in moments[1:]:
        words = ("--site", command.site, "imports", "resume", "1")
        _kill_when(lambda moment=moment: ask(row) > moment, *words)  # type: ignore[misc]
    if command("imports", "show", "1", "--json").json["state"] != "done":
        command("imports", "resume", "1")
    _exactly_once(command, 1)
    answer = command("imports", "resume", "1", exit_code=1)
    assert "is done" in answer.errors

    # Undone, and killed in that too: the same as if nothing had been.
    records = "SELECT count(*) FROM organization"
    _kill_when(lambda: ask(records) < ROWS - len(REPEATED), "--site", command.site, "imports", "undo", "1")
    if command("imports", "show", "1", "--json").json["state"] != "undone":
        command("imports", "undo", "1")
    assert dump_site(command.site, without=(*IMPORTS, *COUNTERS)) == before


def test_an_import_killed_before_its_choices_were_made_is_not_guessed_at(command: Command, file: Path) -> None:
    site = Site.open(command.site)
    try:
        site.imports.start(site.accounts.operator(), "organization", file)
    finally:
        site.close()
    before = dump_site(command.site)
    answer = command("imports", "resume", "1", exit_code=1)
    assert "Start a new import" in answer.errors
    assert dump_site(command.site) == before


@pytest.mark.parametrize("moment", ["secret.key", "site.db", "site.db-wal"])
def test_a_site_that_is_killed_while_it_is_made_can_be_made_again(tmp_path: Path, moment: str) -> None:
    command = Command(tmp_path / "site")
    _kill_when((command.site / moment).exists, "--site", command.site, "init", "--demo")
    if (command.site / "unfinished").exists():
        answer = command("revisions", exit_code=1)
        assert "fieldstone init" in answer.errors
        command("init", "--password-stdin", stdin="a long enough password\n")
    assert not (command.site / "unfinished").exists()
    assert len(command("revisions", "--json").json) == 1
    assert [each["username"] for each in command("user", "list", "--json").json if each["admin"]] == ["admin"]
