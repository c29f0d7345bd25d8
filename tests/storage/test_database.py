"""Transactions behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import SiteError
from fieldstone.storage.database import Database
from fieldstone.storage.system import SCHEMA_KEY, create_system_tables, find_schema, find_state, set_state, state


def test_a_read_is_one_snapshot_and_cannot_write(database: Database) -> None:
    database.transact(lambda conn: set_state(conn, "colour", "red"))
    with database.read() as conn:
        assert find_state(conn, "colour") == "red"
        database.transact(lambda other: set_state(other, "colour", "blue"))
        assert find_state(conn, "colour") == "red"
        with pytest.raises(sa.exc.DBAPIError):
            conn.execute(sa.delete(state))
    with database.read() as conn:
        assert find_state(conn, "colour") == "blue"


def test_a_failing_unit_of_work_leaves_nothing(database: Database) -> None:
    def fail(conn: sa.Connection) -> None:
        set_state(conn, "colour", "red")
        raise LookupError

    with pytest.raises(LookupError):
        database.transact(fail)
    with database.read() as conn:
        assert find_state(conn, "colour") is None


def test_fifty_writers_add_up_and_none_sees_a_busy_database(database: Database) -> None:
    database.transact(lambda conn: set_state(conn, "sum", "0"))
    failures: list[BaseException] = []

    def add(conn: sa.Connection) -> None:
        seen = conn.execute(sa.select(state.c.value).where(state.c.key == "sum").with_for_update()).scalar_one()
        set_state(conn, "sum", str(int(seen) + 1))

    def write() -> None:
        try:
            for _ in range(5):
                database.transact(add)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(50)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not failures
    with database.read() as conn:
        assert find_state(conn, "sum") == "250"


def test_a_deadlock_is_run_again(database: Database) -> None:
    for key in ("a", "b"):
        database.transact(lambda conn, key=key: set_state(conn, key, "0"))
    together = threading.Barrier(2, timeout=10)
    met: set[str] = set()

    def add_both(first: str, second: str) -> None:
        def work(conn: sa.Connection) -> None:
            conn.execute(sa.update(state).where(state.c.key == first).values(value=state.c.value + "1"))
            if database.dialect == "postgresql" and first not in met:
                met.add(first)
                together.wait()
            conn.execute(sa.update(state).where(state.c.key == second).values(value=state.c.value + "1"))

        database.transact(work)

    writers = [threading.Thread(target=add_both, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.read() as conn:
        assert (find_state(conn, "a"), find_state(conn, "b")) == ("011", "011")


def test_a_newer_database_is_refused_and_left_alone(database: Database) -> None:
    database.transact(lambda conn: set_state(conn, SCHEMA_KEY, "99"))
    with pytest.raises(SiteError) as refused:
        create_system_tables(database)
    assert refused.value.code == "storage.E005"
    with pytest.raises(SiteError):
        find_schema(database)


def test_absent_system_columns_and_indexes_are_added(database: Database) -> None:
    def strip(conn: sa.Connection) -> None:
        conn.exec_driver_sql("ALTER TABLE fs_user DROP COLUMN theme")
        conn.exec_driver_sql(
            "ALTER TABLE fs_team DROP COLUMN parent_id" if database.dialect == "postgresql" else "SELECT 1"
        )
        conn.exec_driver_sql("DROP TABLE fs_user_role")
        conn.exec_driver_sql("CREATE UNIQUE INDEX fs_search_record ON fs_search (module, record_id)")
        set_state(conn, "shape", "older")

    database.transact(strip)
    create_system_tables(database)
    with database.read() as conn:
        inspector = sa.inspect(conn)
        assert inspector.has_table("fs_user_role")
        assert "theme" in {column["name"] for column in inspector.get_columns("fs_user")}
        assert "ix_fs_team_parent_id" in {index["name"] for index in inspector.get_indexes("fs_team")}
        assert "fs_search_record" not in {index["name"] for index in inspector.get_indexes("fs_search")}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("not a url", "storage.E001"),
        ("mysql://here/there", "storage.E001"),
        ("sqlite://", "storage.E001"),
        ("sqlite:////proc/site.db", "storage.E004"),
        ("postgresql://nobody@127.0.0.1:1/none", "storage.E002"),
    ],
)
def test_a_url_that_cannot_be_used_is_explained(url: str, code: str) -> None:
    with pytest.raises(SiteError) as refused:
        Database.open(url)
    assert refused.value.code == code


def test_a_password_in_the_url_is_not_shown() -> None:
    with pytest.raises(SiteError) as refused:
        Database.open("mysql://anna:hush@here/there")
    assert "hush" not in refused.value.message
