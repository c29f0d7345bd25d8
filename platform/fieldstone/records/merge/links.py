"""Many-to-many links of the records that go: given to the one that stays, or back.

A link that the record that stays has already, or that would be one to itself, is left where it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.link import Sides, note_links, sides_of
from fieldstone.records.merge.moved import Moved
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveRow, SaveWork


def relations_of(work: SaveWork, module: str, record_id: int) -> Iterator[Sides]:
    """The many-to-many relations of a module, each as seen from one record."""
    for relation in work.published.model.modules[module].relations.values():
        if relation.kind == "many_to_many":
            yield sides_of(work, module, record_id, relation)


def movable_links(work: SaveWork, sides: Sides, others: Sequence[int], kept_id: int) -> list[tuple[int, int, int]]:
    """(id of the link, record that goes, record at its other end)."""
    table, dialect = sides.table, work.connection.dialect.name
    here, there = table.c[sides.here], table.c[sides.there]
    query = sa.select(table.c.id, here, there).where(in_ids(here, "ids", dialect)).order_by(table.c.id)
    rows = work.connection.execute(query, {"ids": bind_ids([*others, kept_id], dialect)}).all()
    own = {kept_id, *others} if sides.relation.to == sides.module else set()
    taken = {end for _, record_id, end in rows if record_id == kept_id} | own
    found = []
    for link_id, record_id, end in rows:
        if record_id != kept_id and end not in taken:
            taken.add(end)
            found.append((link_id, record_id, end))
    return found


def move_links(work: SaveWork, module: str, others: Sequence[int], kept_id: int, moved: Moved) -> None:
    for sides in list(relations_of(work, module, kept_id)):
        links = movable_links(work, sides, others, kept_id)
        for other in others:
            mine = [(link_id, end) for link_id, record_id, end in links if record_id == other]
            _give(work, sides, mine, other, kept_id)
            moved.links += [(sides.declared.identity, link_id, sides.here, other) for link_id, _ in mine]


def move_links_back(work: SaveWork, module: str, kept_id: int, moved: Moved) -> None:
    """Links that are gone or belong to another record by now stay as they are."""
    for sides in list(relations_of(work, module, kept_id)):
        wanted: dict[int, list[int]] = {}
        for relation, link_id, column, other in moved.links:
            if relation == sides.declared.identity and column == sides.here:
                wanted.setdefault(other, []).append(link_id)
        table = sides.table
        for other, ids in wanted.items():
            query = sa.select(table.c.id, table.c[sides.there]).where(
                in_ids(table.c.id, "ids", work.connection.dialect.name), table.c[sides.here] == kept_id
            )
            rows = work.connection.execute(query, {"ids": bind_ids(ids, work.connection.dialect.name)}).all()
            _give(work, sides, [(link_id, end) for link_id, end in rows], kept_id, other)


def _give(work: SaveWork, sides: Sides, links: Sequence[tuple[int, int]], giver: int, taker: int) -> None:
    """Written to the history as links undone and made; versions do not move."""
    if not links:
        return
    table, dialect = sides.table, work.connection.dialect.name
    update = sa.update(table).where(in_ids(table.c.id, "ids", dialect)).values({sides.here: taker})
    work.connection.execute(update, {"ids": bind_ids([link_id for link_id, _ in links], dialect)})
    ends = _rows(work, sides.relation.to, [end for _, end in links])
    owners = {row.id: row for row in _rows(work, sides.module, [giver, taker])}
    for owner, kind in ((giver, "unlinked"), (taker, "linked")):
        note_links(work, sides_of(work, sides.module, owner, sides.relation), owners[owner], ends, kind)


def _rows(work: SaveWork, module: str, ids: Sequence[int]) -> list[SaveRow]:
    """Live and deleted ones."""
    program, found = program_for(work, module), dict[int, dict[str, Any]]()
    for deleted in (False, True):
        found |= read_rows(work, program, ids, deleted=deleted)
    return [SaveRow(module=module, id=id, old=old, values=dict(old)) for id, old in sorted(found.items())]
