"""Step 11: computed fields of other records that read what was saved, along the dependency graph.

Set-based, in rounds; rows are locked in id order; no version is counted up and no history written.
What is more than a unit of work is left to a job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from fieldstone.records.field_columns import join_relation
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.graph import Back, Dependant, Up, dependants_of
from fieldstone.records.save.grouping import by_module
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.save.rollups import parents_of, recompute_rollups, rollups_of
from fieldstone.records.save.statements import update_rows
from fieldstone.records.search.index import index_rows, search_fields
from fieldstone.records.stages import SaveRow, SaveWork

Changed = Mapping[tuple[str, str], Collection[int]]
"""(module, field) → ids of the records in which it changed."""


@dataclass(kw_only=True)
class Pending:
    """Computed fields to do: module → id → fields."""

    todo: dict[str, dict[int, set[str]]] = field(default_factory=dict)

    def add(self, module: str, name: str, ids: Iterable[int]) -> None:
        rows = self.todo.setdefault(module, {})
        for record_id in ids:
            rows.setdefault(record_id, set()).add(name)


def recompute_dependants(work: SaveWork) -> None:
    """Stored records cannot refer to new ones yet, but parents count them."""
    graph = dependants_of(work.published, work.connection.dialect)
    changed: dict[tuple[str, str], set[int]] = {}
    fresh: dict[tuple[str, str], set[int]] = {}
    for module, rows in by_module(work.rows).items():
        for name in program_for(work, module).fields:
            if (module, name) in graph:
                for row in rows:
                    if name in row.changed:
                        (fresh if row.created else changed).setdefault((module, name), set()).add(row.id)
    first = Pending()
    _collect(work, fresh, first, only_up=True)
    settle_dependants(work, changed, first)


def settle_dependants(work: SaveWork, changed: Changed, first: Pending | None = None) -> None:
    """Recompute `first` and everything that depends on what changed, until nothing changes any more."""
    room = work.environment.inline_limit
    pending = first or Pending()
    while True:
        _collect(work, changed, pending)
        if not pending.todo:
            return
        later: dict[tuple[str, str], set[int]] = {}
        for module, rows in pending.todo.items():
            here = _take_room(work, module, rows, room)
            room -= len(here)
            for name, ids in _recompute(work, module, here).items():
                later.setdefault((module, name), set()).update(ids)
        changed, pending = later, Pending()


def _take_room(work: SaveWork, module: str, rows: Mapping[int, set[str]], room: int) -> Mapping[int, set[str]]:
    """The rows to do now; the others go to the job."""
    defer = work.environment.defer_recompute
    if defer is None or len(rows) <= room:
        return rows
    ordered = sorted(rows)
    now, later = ordered[: max(room, 0)], ordered[max(room, 0) :]
    names = sorted({name for record_id in later for name in rows[record_id]})
    for start in range(0, len(later), work.environment.inline_limit):
        defer(work.connection, module, names, later[start : start + work.environment.inline_limit])
    return {record_id: rows[record_id] for record_id in now}


def _collect(work: SaveWork, changed: Changed, pending: Pending, *, only_up: bool = False) -> None:
    graph = dependants_of(work.published, work.connection.dialect)
    ids_by_trail: dict[tuple[Back | Up, ...], set[int]] = {}
    targets: dict[tuple[Back | Up, ...], set[Dependant]] = {}
    for source, ids in changed.items():
        for dependant in graph.get(source, ()):
            if only_up and isinstance(dependant.trail[0], Back):
                continue
            ids_by_trail.setdefault(dependant.trail, set()).update(ids)
            targets.setdefault(dependant.trail, set()).add(dependant)
    for trail, ids in ids_by_trail.items():
        for step in trail:
            ids = _go_back(work, step, ids) if isinstance(step, Back) else _go_up(work, step, ids)
            if not ids:
                break
        for dependant in targets[trail] if ids else ():
            pending.add(dependant.module, dependant.field, ids)


def _go_back(work: SaveWork, step: Back, ids: Collection[int]) -> set[int]:
    program = program_for(work, step.module)
    column = program.fields[step.lookup].columns[0].column
    dialect = work.connection.dialect.name
    query = sa.select(program.table.c.id).where(in_ids(column, "ids", dialect), program.table.c.deleted_at.is_(None))
    return set(work.connection.execute(query, {"ids": bind_ids(ids, dialect)}).scalars().all())


def _go_up(work: SaveWork, step: Up, ids: Collection[int]) -> set[int]:
    """The parents of children, those they have just left included."""
    relation = step.rollup.relation
    parents: set[int] = set()
    unknown = []
    for record_id in ids:
        row = work.index.get((relation.to, record_id))
        if row is None or not relation.field:
            unknown.append(record_id)
        else:
            parents |= parents_of(row, relation.field, step.module)
    if unknown:
        children = program_for(work, relation.to).table
        join = join_relation(work.published, step.module, relation, children)
        dialect = work.connection.dialect.name
        query = sa.select(join.parent).select_from(join.extend(children)).where(in_ids(children.c.id, "ids", dialect))
        query = query.where(join.parent.is_not(None)).distinct()
        if join.condition is not None:
            query = query.where(join.condition)
        parents.update(work.connection.execute(query, {"ids": bind_ids(unknown, dialect)}).scalars().all())
    return parents


def _recompute(work: SaveWork, module: str, todo: Mapping[int, set[str]]) -> dict[str, set[int]]:
    """Compute and write; field → ids of the rows in which it changed."""
    if not todo:
        return {}
    program = program_for(work, module)
    stored = read_rows(work, program, sorted(todo))
    rows = [SaveRow(module=module, id=id, old=old, values=dict(old)) for id, old in stored.items()]
    by_names: dict[frozenset[str], list[SaveRow]] = {}
    for row in rows:
        by_names.setdefault(frozenset(todo[row.id]), []).append(row)
    # What was read of other records before they were written is out of date now.
    work.reached.clear()
    for names, alike in by_names.items():
        recompute_rollups(work, program, alike, names)
        compute_formulas(work, program, alike, forced=names, report=False)
    changed: dict[str, set[int]] = {}
    groups: dict[frozenset[str], list[SaveRow]] = {}
    for row in rows:
        old = stored[row.id]
        names = frozenset(name for name, value in row.values.items() if value != old[name])
        if names:
            groups.setdefault(names, []).append(row)
        for name in names:
            changed.setdefault(name, set()).add(row.id)
            for known in work.known(module, row.id):
                known.values[name] = row.values[name]
    for names, alike in groups.items():
        update_rows(work.connection, program.table, [program.fields[name] for name in sorted(names)], alike)
        if names & search_fields(work.published, module):
            index_rows(work.connection, work.published, module, alike)
    return changed


def recompute_all(work: SaveWork, module: str, ids: Iterable[int]) -> None:
    """Everything computed of some records, and what depends on it (after a restoration)."""
    program = program_for(work, module)
    pending = Pending()
    for rollup in rollups_of(work.published, program):
        pending.add(module, rollup.field.name, ids)
    for formula in program.formulas:
        pending.add(module, formula.field.name, ids)
    settle_dependants(work, {}, pending)
