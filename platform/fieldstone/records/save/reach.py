"""Values of looked-up records, for expressions such as `organization.industry`: one query per module and hop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveWork

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One lookup, or one field with parts. `leaves`: (name as the expression says it, field or part)."""

    lookup: str
    leaves: tuple[tuple[str, str], ...]
    onward: tuple[Hop, ...]

    @property
    def names(self) -> frozenset[str]:
        """What is read of the records that the lookup names."""
        return frozenset((*(name for _, name in self.leaves), *(hop.lookup for hop in self.onward)))


def plan_hops(paths: Iterable[Path], prefix: Path = ()) -> tuple[Hop, ...]:
    """The hops that `paths` need; a path of one name needs none. `prefix` stands before them in the
    expression (("old",))."""
    grouped: dict[str, list[Path]] = {}
    for path in paths:
        if len(path) > 1:
            grouped.setdefault(path[0], []).append(path[1:])
    return tuple(
        Hop(
            lookup=lookup,
            leaves=tuple((".".join((*prefix, lookup, *rest)), rest[0]) for rest in sorted(rests) if len(rest) == 1),
            onward=plan_hops([rest for rest in rests if len(rest) > 1], (*prefix, lookup)),
        )
        for lookup, rests in sorted(grouped.items())
    )


def fill(
    work: SaveWork, module: str, hops: Sequence[Hop], items: Sequence[tuple[Mapping[str, Any], dict[str, Any]]]
) -> None:
    """For each (values of a record of `module`, names): put what the hops reach into the names."""
    for hop in hops:
        field = program_for(work, module).fields.get(hop.lookup)
        if field is None:
            continue
        if field.value_type.kind != "reference":
            _fill_parts(hop, items)
            continue
        (target,) = field.field.to  # only lookups of one target can be followed (metadata.scopes)
        ids = {record_id for values, _ in items if (record_id := values[hop.lookup]) is not None}
        found = _read(work, target, ids, hop.names)
        fields = program_for(work, target).fields
        leaves = [(dotted, fields[name]) for dotted, name in hop.leaves if name in fields]
        reached = []
        for values, names in items:
            record = found.get(values[hop.lookup])
            if record is not None:
                for dotted, leaf in leaves:
                    names[dotted] = leaf.as_name(record[leaf.name])
                reached.append((record, names))
        fill(work, target, hop.onward, reached)


def _fill_parts(hop: Hop, items: Sequence[tuple[Mapping[str, Any], dict[str, Any]]]) -> None:
    for values, names in items:
        whole = values[hop.lookup]
        if isinstance(whole, Mapping):
            for dotted, name in hop.leaves:
                names[dotted] = whole.get(name)


def _read(work: SaveWork, target: str, ids: set[int], names: frozenset[str]) -> Mapping[int, Mapping[str, Any]]:
    """Values of the records, those of this changeset as they will be."""
    known: dict[int, Mapping[str, Any]] = work.reached.setdefault((target, names), {})
    missing = ids - known.keys()
    if missing:
        known.update(_select(work, target, missing, names))
    here = {id: work.index[target, id].values for id in ids if (target, id) in work.index}
    return {**known, **here} if here else known


def _select(work: SaveWork, target: str, ids: set[int], names: frozenset[str]) -> dict[int, dict[str, Any]]:
    dialect = work.connection.dialect.name
    program = program_for(work, target)
    key = ("save.reach", target, names)
    cached = work.published.cache.get(key)
    if cached is None:
        loader = program.loader_of(sorted({"id", *(name for name in names if name in program.fields)}))
        statement = sa.select(*loader.columns).where(in_ids(program.table.c.id, "ids", dialect))
        cached = work.published.cache[key] = (loader, statement)
    loader, statement = cached
    rows = [loader.load(row) for row in work.connection.execute(statement, {"ids": bind_ids(ids, dialect)}).all()]
    return {row["id"]: row for row in rows}
