"""What a database says of itself, and a limit to how long it may read, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import UnavailableError
from fieldstone.storage.database import Database
from fieldstone.storage.facts import read_facts
from fieldstone.storage.time_limit import time_limit

_LONG = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}


def test_a_database_says_what_it_is(database: Database) -> None:
    facts = read_facts(database)
    assert facts.dialect == database.dialect
    assert facts.version[0].isdigit()
    assert facts.size > 100_000
    assert facts.url.startswith(database.dialect)


def test_what_reads_too_long_is_stopped_and_the_next_may_read_on(database: Database) -> None:
    with pytest.raises(UnavailableError) as caught, database.read() as conn, time_limit(conn, 1):
        conn.execute(sa.text(_LONG[database.dialect]))
    assert caught.value.code == "storage.E012"
    with database.read() as conn:
        assert conn.execute(sa.text("SELECT 1")).scalar_one() == 1
        count = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) FROM n"
        )
        assert conn.execute(sa.text(count)).scalar_one() == 100_000


def test_another_fault_stays_what_it_is(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError), database.read() as conn, time_limit(conn, 60):
        conn.execute(sa.text("SELECT * FROM no_such_table"))
