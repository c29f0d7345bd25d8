"""A large module made by the database itself: the stage of a measurement, not what is measured."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from benchmarks.deals import STAGES
from benchmarks.stage import Stage
from fieldstone.storage.allocate import id_key, reserve_numbers

WORDS = ("north", "harbour", "quarry", "meadow", "bridge", "signal", "copper", "maple", "orbit", "lantern", "river",
         "summit", "anchor", "cedar", "delta", "ember", "falcon", "garnet", "hollow", "ivory")  # fmt: skip
COMMON, RARE = "account", "zyzzyva"
OWNERS = 40
REPRESENTATIVE = "rep1"
_WHEN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def fill(site: Stage, records: int) -> None:
    """`records` opportunities of a tenth as many organizations and a fifth as many contacts, of 40 owners, with their
    search entries."""
    owners = [
        site.site.accounts.add_user(f"rep{number}", password=None, roles=("sales_rep",))
        for number in range(1, OWNERS + 1)
    ]
    organizations, contacts = max(records // 10, 10), max(records // 5, 10)
    first = min(owners)
    with site.site.database.writer.begin() as conn:
        sqlite = conn.dialect.name == "sqlite"
        conn.exec_driver_sql("CREATE TEMPORARY TABLE bench_word (place INTEGER PRIMARY KEY, word TEXT)")
        conn.exec_driver_sql("CREATE TEMPORARY TABLE bench_stage (place INTEGER PRIMARY KEY, stage TEXT)")
        conn.execute(sa.text("INSERT INTO bench_word VALUES (:p, :w)"), [{"p": p, "w": w} for p, w in enumerate(WORDS)])
        conn.execute(
            sa.text("INSERT INTO bench_stage VALUES (:p, :w)"), [{"p": p, "w": w} for p, w in enumerate(STAGES)]
        )
        when = f"'{_WHEN:%Y-%m-%dT%H:%M:%S}.000000Z'"
        scale = 10_000 if sqlite else 1
        day = (
            "date('2025-01-01', '+' || (i * 7907 % 700) || ' days')"
            if sqlite
            else "date '2025-01-01' + (i * 7907 % 700)::int"
        )
        system = f"1, {first} + i % {OWNERS}, {when}, {first}, {when}, {first}"
        columns = "id, version, owner_id, created_at, created_by, modified_at, modified_by"
        for table, count, extra, values in (
            ("organization", organizations, "name, name__key, name__sort", ("a.word || ' works ' || i",) * 3),
            ("contact", contacts, "name, name__key, name__sort, name_last_name, organization",
             (*("a.word || 'son ' || i",) * 4, f"1 + i * 31 % {organizations}")),
            ("opportunity", records,
             "name, name__key, name__sort, organization, contact, amount, probability, forecast, stage, close_date, "
             "source, record_type, record_number",
             (*(f"a.word || ' {COMMON} ' || b.word || ' ' || i",) * 3, f"1 + i * 7919 % {organizations}",
              f"1 + i * 7877 % {contacts}", f"(i * 7901 % 100000) * {scale}", f"50 * {scale}",
              f"(i * 7901 % 100000) * {scale} / 2", "s.stage", day, "'website'", "'standard'", "'OPP-' || i")),
        ):  # fmt: skip
            statement = f"""
                INSERT INTO {table} ({columns}, {extra})
                {_series(sqlite, count)}
                SELECT i, {system}, {", ".join(values)} FROM series
                JOIN bench_word a ON a.place = i % 20 JOIN bench_word b ON b.place = i / 20 % 20
                JOIN bench_stage s ON s.place = i % 7 ORDER BY i"""
            conn.exec_driver_sql(statement if sqlite else _postgresql(statement))
            reserve_numbers(conn, id_key(table), count)
        identity = site.site.models.current.model.modules["opportunity"].identity
        reserve_numbers(conn, f"number:{identity}", records)
        rare = f"CASE WHEN i = {records // 3} THEN ' {RARE}' ELSE '' END"
        statement = f"""
            INSERT INTO fs_search (module, record_id, tokens)
            {_series(sqlite, records)}
            SELECT '{identity}', i, '§{identity} ¤' || ({first} + i % {OWNERS}) || ' {COMMON} ' ||
                   CASE WHEN a.word = b.word THEN a.word ELSE a.word || ' ' || b.word END || ' n' || i || {rare}
            FROM series JOIN bench_word a ON a.place = i % 20 JOIN bench_word b ON b.place = i / 20 % 20 ORDER BY i"""
        conn.exec_driver_sql(statement if sqlite else _postgresql(statement))
    with site.site.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("ANALYZE")


def _series(sqlite: bool, count: int) -> str:
    if sqlite:
        return f"WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < {count})"
    return f"WITH series(i) AS (SELECT generate_series(1::bigint, {count}))"


def _postgresql(statement: str) -> str:
    return statement.replace("%", "%%")
