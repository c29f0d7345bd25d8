"""Killed at any moment of a publish or a rollback, a site is in the old state or in the new one, never in between.

FIELDSTONE_CRASHES says how often it is killed at random for each database; the seed is printed when something fails.
From 100 on it is killed after each single statement too, else after every third.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from changes.workbench import Workbench
from fieldstone.changes.doctor import examine
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.storage.allocate import id_key, reserve_numbers
from fieldstone.storage.database import Database
from fieldstone.storage.revisions import find_version
from fieldstone.storage.steps import open_steps
from flows import crashing

CRASHES = int(os.environ.get("FIELDSTONE_CRASHES", "12"))
STEP = 1 if CRASHES >= 100 else 3
ABANDONED = "doctor.W005"
"""The lock of a publisher that was killed: the next one takes it over."""


@pytest.fixture
def workbench(database: Database) -> Workbench:
    """A published site with records, in a state that a rollback to revision 1 gives again."""
    made = Workbench(database)
    made.publish(crashing.before())
    now = datetime(2026, 3, 14, 9, tzinfo=UTC)
    assert made.models
    table = made.models.current.tables.module("lead").table
    rows = [
        {"id": number, "version": 1, "created_at": now, "modified_at": now, "name": f"Lead {number}",
         "code": _code(number), "note": f"Né {number}", "number": number, "gone": f"g{number}",
         "amount": Decimal(number)}
        for number in range(1, crashing.ROWS + 1)
    ]  # fmt: skip

    def insert(conn: sa.Connection) -> None:
        conn.execute(sa.insert(table), rows)
        reserve_numbers(conn, id_key("lead"), crashing.ROWS)

    database.transact(insert)
    return made


def _code(number: int) -> str:
    return f"x{number}" if number % 10 == 0 else f"{number:05}"


@contextmanager
def attempts(database: Database) -> Iterator[Callable[[str], int]]:
    """Runs one attempt; gives the signal that ended it, 0 for none."""
    url = database.url.render_as_string(hide_password=False)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = (sys.executable, str(Path(crashing.__file__)), url)
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout

        def attempt(what: str) -> int:
            print(what, file=stdin, flush=True)
            return int(stdout.readline())

        yield attempt
        stdin.close()


def check(workbench: Workbench, *, settled: bool = True) -> bool:
    """The site is whole, with the values of its model. Whether the change is in force."""
    found = [str(item) for item in examine(workbench.database, workbench.compile) if item.code != ABANDONED]
    assert found == []
    assert workbench.models
    published = workbench.models.refresh()
    with workbench.database.read() as conn:
        assert find_version(conn) == published.version
    changed = "event" in published.model.modules
    wanted = workbench.compile(crashing.after() if changed else crashing.before(), Catalogue()).get_model()
    assert published.model.hash == wanted.hash
    if settled:
        check_rows(workbench, changed=changed)
    return changed


def check_rows(workbench: Workbench, *, changed: bool) -> None:
    assert workbench.models
    lead = workbench.models.current.tables.module("lead")
    names = ("id", "name", "code", "note", "number", "amount", "double" if changed else "gone")
    columns = [lead.column(name) for name in names]
    with workbench.database.read() as conn:
        rows = conn.execute(sa.select(*columns).order_by(columns[0])).all()
    assert len(rows) == crashing.ROWS
    for number, row in enumerate(rows, start=1):
        text = _code(number)
        code = (None if text[0] == "x" else int(text)) if changed else text
        last = number * 2 if changed else f"g{number}"
        assert tuple(row) == (number, f"Lead {number}", code, f"Né {number}", number, Decimal(number), last)


def test_killed_after_any_statement(workbench: Workbench) -> None:
    """Between any two statements, on the way there and on the way back."""
    first = random.randrange(STEP)
    print(f"first {first}")
    with attempts(workbench.database) as attempt:
        for what, changed in (("publish", False), ("rollback", True)):
            count = first
            ended = signal.SIGKILL
            while ended:
                count += STEP
                ended = attempt(f"{what} {count}")
                assert ended in (0, signal.SIGKILL)
                if check(workbench) is not changed:
                    break
            assert count > 10
            assert check(workbench) is not changed


def test_killed_at_any_moment(workbench: Workbench) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with attempts(workbench.database) as attempt:
        started = time.monotonic()
        assert attempt("once 0") == 0
        longest = 1.2 * (time.monotonic() - started)
        for _ in range(CRASHES):
            assert attempt(f"loop {chance.uniform(0.01, longest)}") == signal.SIGKILL
            check(workbench)


def test_row_work_of_a_killed_worker_is_brought_to_its_end_by_another(workbench: Workbench) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with attempts(workbench.database) as attempt:
        assert attempt("large 0") == 0
        assert check(workbench, settled=False)
        for _ in range(4):
            attempt(f"work {chance.uniform(0.1, 0.3)}")
            assert check(workbench, settled=False)
            workbench.database.transact(_expire)
    workbench.run_jobs()
    with workbench.database.read() as conn:
        assert open_steps(conn) == []
    assert check(workbench)


def _expire(conn: sa.Connection) -> None:
    """The lease of the worker that was killed is over."""
    conn.exec_driver_sql("UPDATE fs_job SET lease_until = created_at WHERE state = 'running'")
