"""Which rows of a file are records already: by the key chosen, else by the module's duplicate rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records.imports import problems as found
from fieldstone.records.imports.options import ImportOptions
from fieldstone.records.imports.problems import row_problem
from fieldstone.storage.published import PublishedModel

if TYPE_CHECKING:
    from fieldstone.records.imports.prepare import Prepared

_BATCH = 400


def match_fields(module: ModuleDef, options: ImportOptions, mapped: Mapping[str, FieldDef]) -> tuple[FieldDef, ...]:
    """The fields that recognise a record; () when nothing does and every row makes a new one."""
    if options.on_duplicate == "create":
        return ()
    if options.key:
        return (mapped[options.key],)
    if module.duplicates is None or not all(name in mapped for name in module.duplicates.match):
        return ()
    return tuple(mapped[name] for name in module.duplicates.match)


def find_twins(
    conn: sa.Connection,
    published: PublishedModel,
    module: ModuleDef,
    match: Sequence[FieldDef],
    keys: Mapping[int, tuple[Any, ...]],
    prepared: Prepared,
) -> dict[int, int]:
    """Row → id of the record it is. Several records with one key refuse the row."""
    if not keys:
        return {}
    table = published.tables.module(module.name)
    columns = []
    for each in match:
        own = table.columns_of(each)
        columns.append(own.get("__key", next(iter(own.values()))))
    ids: dict[tuple[Any, ...], list[int]] = {}
    for batch in _batches(sorted({key[0] for key in keys.values()})):
        query = sa.select(table.table.c.id, *columns).where(columns[0].in_(batch), table.table.c.deleted_at.is_(None))
        for row in conn.execute(query):
            ids.setdefault(tuple(row[1:]), []).append(row[0])
    twins: dict[int, int] = {}
    for number, key in keys.items():
        hits = ids.get(key, [])
        if len(hits) == 1:
            twins[number] = hits[0]
        elif hits:
            name = match[0].name
            prepared.refuse(
                row_problem(number, name, key[0], found.AMBIGUOUS_KEY, field=name, value=key[0], count=len(hits))
            )
    return twins


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
