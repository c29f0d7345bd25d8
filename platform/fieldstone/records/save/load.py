"""Step 3: the current rows, locked in id order, and the versions compared with what the writers had read.

A stale write to the same field is a conflict that shows both values; to different fields it merges."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.kernel.errors import FieldConflict, NotFoundError, StaleRecordError
from fieldstone.records import codes
from fieldstone.records.access import access_profile, row_condition, scope_parameters
from fieldstone.records.former_values import decode_changes
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.people import principal_labels
from fieldstone.records.save.parse import parse_context
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.records.tables import history


def load(work: SaveWork) -> None:
    modules: dict[str, list[SaveRow]] = {}
    for row in work.rows:
        if row.created:
            row.values = {**program_for(work, row.module).blank, **row.given}
        else:
            modules.setdefault(row.module, []).append(row)
    for module, rows in modules.items():
        _load_module(work, program_for(work, module), rows)
    work.rows = [row for row in work.rows if row.created or row.old is not None]


def read_rows(
    work: SaveWork,
    program: ModuleProgram,
    ids: Collection[int],
    *,
    right: str = "",
    deleted: bool = False,
    exclusive: bool = False,
    lock: bool = True,
) -> dict[int, dict[str, Any]]:
    """id → values of live (or deleted) rows, locked in id order; with `right`, those for which the actor has it.

    `exclusive` also keeps others from referring to the rows until the end of the transaction. Without `lock` they are
    only looked at."""
    dialect = work.connection.dialect.name
    profile = access_profile(work.actor) if right else None
    key = ("save.read_rows", program.module.name, right, profile, deleted, exclusive, lock)
    statement = work.published.cache.get(key)
    if statement is None:
        table = program.table
        gone = table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None)
        statement = sa.select(*program.loader.columns).where(in_ids(table.c.id, "ids", dialect), gone)
        if right:
            condition = row_condition(work.published, work.actor, program.module.name, table, right)
            statement = statement if condition is None else statement.where(condition)
        statement = statement.order_by(table.c.id)
        if lock:
            statement = statement.with_for_update(of=table, key_share=not exclusive)
        work.published.cache[key] = statement
    parameters = {"ids": bind_ids(ids, dialect), **(scope_parameters(work.actor, dialect) if right else {})}
    values = map(program.loader.load, work.connection.execute(statement, parameters).all())
    return {item["id"]: item for item in values}


def _load_module(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    stored = read_rows(work, program, {row.id for row in rows}, right="edit")
    seen: set[int] = set()
    stale: list[SaveRow] = []
    for row in rows:
        old = stored.get(row.id)
        if old is None:
            if not work.options.partial:
                raise NotFoundError(codes.NOT_FOUND, module=row.module, id=row.id)
            work.refuse(row, "", codes.NOT_FOUND)
            continue
        if row.id in seen:
            work.refuse(row, "", codes.SAME_RECORD_TWICE)
        seen.add(row.id)
        row.old = old
        row.values = {**old, **row.given}
        assert row.change is not None
        version = row.change.version
        if version != old["version"] and (version is not None or row.change.expected):
            stale.append(row)
    if stale:
        _compare(work, program, stale)


def _compare(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    bases = _bases(work, program, rows)
    context = parse_context(work)
    for row in rows:
        assert row.change is not None
        assert row.old is not None
        base = {**bases.get(row.id, {}), **_expected(program, row.change.expected or {}, context)}
        conflicts = []
        moved = row.change.exact and row.change.version != row.old["version"]
        for name in [name for name in row.given if name in base and base[name] != row.old[name]]:
            mine, theirs = row.given[name], row.old[name]
            if mine == base[name]:
                # This writer left the field as it was: what the other one wrote stays.
                row.values[name] = theirs
                del row.given[name]
            else:
                # Even when both wrote the same: each may have counted up from what it had read.
                conflicts.append(FieldConflict(field=name, base=base[name], theirs=theirs, mine=mine))
        if not conflicts and not moved:
            continue
        if not work.options.partial:
            author = row.old["modified_by"]
            raise StaleRecordError(
                module=row.module,
                record_id=row.id,
                version=row.old["version"],
                conflicts=conflicts,
                changed_by=principal_labels(work.connection, [author]).get(author, ""),
            )
        for name in [conflict.field for conflict in conflicts] or [""]:
            work.refuse(row, name, "record.E002")


def _bases(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> Mapping[int, dict[str, Any]]:
    """Record id → field → value at the version its writer had read, for the fields changed since; a
    FormerValue where the field has another type now that cannot hold it."""
    versions = {row.id: row.change.version for row in rows if row.change and row.change.version is not None}
    if not versions:
        return {}
    query = (
        sa.select(history.c.record_id, history.c.version, history.c.changes, history.c.at)
        .where(
            history.c.module == program.identity,
            in_ids(history.c.record_id, "ids", work.connection.dialect.name),
            history.c.version > min(versions.values()),
        )
        .order_by(history.c.id)
    )
    bases: dict[int, dict[str, Any]] = {}
    parameters = {"ids": bind_ids(versions, work.connection.dialect.name)}
    for record_id, version, changes, at in work.connection.execute(query, parameters).all():
        if version > versions[record_id]:
            known = bases.setdefault(record_id, {})
            for name, (old, _new) in decode_changes(work.published, program, changes, at).items():
                known.setdefault(name, old)
    return bases


def _expected(program: ModuleProgram, seen: Mapping[str, Any], context: ParseContext) -> dict[str, Any]:
    """The values the writer had seen, parsed; one that cannot be is compared as it is."""
    values = {}
    for name, raw in seen.items():
        field = program.fields.get(name)
        if field is None:
            continue
        try:
            value = field.type.parse(field.field, raw, context)
        except FieldValueError:
            value = raw
        values[name] = field.blank if value is None else value
    return values
