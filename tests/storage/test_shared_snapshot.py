"""One snapshot for all that a request reads: shared, ended by writes, and never left behind."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fieldstone.storage.database import Database
from fieldstone.storage.kept_plans import KEPT_AFTER, planned_anew
from fieldstone.storage.shared_snapshot import memory_of, once
from fieldstone.storage.system import find_state, set_state, state


def colour(database: Database) -> str | None:
    with database.read() as conn:
        return find_state(conn, "colour")


def paint(database: Database, name: str) -> None:
    database.transact(lambda conn: set_state(conn, "colour", name))


def paint_elsewhere(database: Database, name: str) -> None:
    """As another request does."""
    with database.writer.begin() as conn:
        set_state(conn, "colour", name)


def test_readers_share_one_snapshot_until_their_own_write(database: Database) -> None:
    paint(database, "red")
    with database.one_snapshot():
        assert database.connections_in_use == 0, "nothing is opened before somebody reads"
        assert colour(database) == "red"
        paint_elsewhere(database, "blue")
        with database.read() as outer, database.read() as inner:
            assert outer is inner
            assert find_state(inner, "colour") == "red"
            assert database.connections_in_use == 1
        with database.read_apart() as apart:
            assert find_state(apart, "colour") == "blue"
        assert colour(database) == "red"
        database.renew_snapshot()
        assert colour(database) == "blue"

        def work(conn: sa.Connection) -> None:
            assert database.connections_in_use == 1, "no snapshot stands beside the write"
            set_state(conn, "colour", "green")
            assert colour(database) == "blue", "what is read meanwhile is read apart"

        database.transact(work)
        assert database.connections_in_use == 0
        assert colour(database) == "green"
        with database.read() as outer:
            assert find_state(outer, "colour") == "green"
            paint(database, "white")
            assert find_state(outer, "colour") == "green", "whoever reads already does so to the end"
            assert colour(database) == "white"
        assert database.connections_in_use == 1
    assert database.connections_in_use == 0
    assert colour(database) == "white"


def test_a_snapshot_that_failed_serves_nobody_any_more(database: Database) -> None:
    paint(database, "red")
    with database.one_snapshot():
        with pytest.raises(sa.exc.DBAPIError), database.read() as conn:
            conn.execute(sa.text("SELECT nothing FROM nowhere"))
        assert colour(database) == "red"
        with database.read() as outer:
            with pytest.raises(LookupError), database.read():
                raise LookupError
            assert find_state(outer, "colour") == "red"
            assert colour(database) == "red"

        def fail() -> None:
            with database.one_snapshot():
                colour(database)
                raise LookupError

        with pytest.raises(LookupError):
            fail()
        assert database.connections_in_use == 1
    assert database.connections_in_use == 0


def test_a_stream_that_outlives_the_snapshot_gives_its_connection_back(database: Database) -> None:
    paint(database, "red")

    def pieces() -> object:
        with database.read() as conn:
            yield find_state(conn, "colour")
            yield find_state(conn, "colour")

    with database.one_snapshot():
        stream = iter(pieces())  # type: ignore[call-overload]
        assert next(stream) == "red"
    assert database.connections_in_use == 1
    assert next(stream) == "red"
    stream.close()
    assert database.connections_in_use == 0


def test_what_a_snapshot_found_is_remembered_as_long_as_it_lasts(database: Database) -> None:
    asked: list[str] = []

    def ask() -> int:
        asked.append("")
        return len(asked)

    with database.one_snapshot():
        for _ in range(2):
            with database.read() as conn:
                assert once(conn, "answer", ask) == 1
        with database.read_apart() as conn:
            assert once(conn, "answer", ask) == 2
        paint(database, "red")
        with database.read() as conn:
            assert once(conn, "answer", ask) == 3
    with database.read() as conn:
        assert once(conn, "answer", ask) == 4

    def write(conn: sa.Connection) -> None:
        assert memory_of(conn) is None
        assert [once(conn, "answer", ask), once(conn, "answer", ask)] == [5, 6]

    database.transact(write)
    with database.scratch() as conn:
        assert memory_of(conn) is None


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_reading_connection_keeps_plans_from_one_snapshot_to_the_next(database: Database) -> None:
    """But for those of statements that say so, and though what happened between was a failure."""
    found = sa.select(state.c.value).where(state.c.key == sa.bindparam("name"))
    listed = planned_anew(sa.select(state.c.key).where(state.c.value > sa.bindparam("name")))
    kept: set[str] = set()
    for _ in range(KEPT_AFTER + 2):
        with database.one_snapshot(), database.read() as conn:
            for statement in (found, listed):
                conn.execute(statement, {"name": "colour"}).all()
            kept = set(conn.execute(sa.text("SELECT statement FROM pg_prepared_statements")).scalars())
    assert any("fs_state.value" in text for text in kept)
    assert not any("SELECT fs_state.key" in text for text in kept)
