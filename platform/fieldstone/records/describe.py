"""A record in two lines: what it is called, and what tells it from its namesakes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.access import can_read_field
from fieldstone.records.paths import find_path
from fieldstone.records.query import get_records
from fieldstone.records.query_types import Record, Suggestion
from fieldstone.records.showing import show_context
from fieldstone.storage.published import PublishedModel

DETAILS = 2
_UNFIT = frozenset({"long_text", "rich_text", "json", "secret", "tags"})


def describe_records(
    conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, ids: Sequence[int], *, now: datetime
) -> dict[int, Suggestion]:
    """id → label and detail of the records within reach. The detail shows the first fields of the
    record's head, as the layout has them."""
    details = tuple(name for name in detail_fields(published, module) if can_read_field(published, actor, module, name))
    definition = published.model.modules[module]
    numbered = definition.number and can_read_field(published, actor, module, "record_number")
    names = (definition.name_field, *(("record_number",) if numbered else ()), *details)
    records = get_records(conn, published, actor, module, ids, names, now=now)
    return {
        record.id: Suggestion(
            id=record.id, label=_label(published, actor, record), detail=_detail(published, actor, record, details)
        )
        for record in records
    }


def detail_fields(published: PublishedModel, module: str) -> tuple[str, ...]:
    """The names of the fields of the detail line."""
    layout = published.model.layouts.get(module)
    name_field = published.model.modules[module].name_field
    found = []
    for name in dict.fromkeys((*layout.header, *layout.columns)) if layout else ():
        path = find_path(published, module, (name,))
        if name != name_field and path is not None and path.field.type not in _UNFIT:
            found.append(name)
    return tuple(found[:DETAILS])


def _label(published: PublishedModel, actor: Actor, record: Record) -> str:
    module = published.model.modules[record.module]
    field = module.fields[module.name_field]
    context = show_context(published, actor, record.labels)
    shown = published.model.type_of(field).show(field, record.values[field.name], context)
    return shown or record.values.get("record_number") or f"#{record.id}"


def _detail(published: PublishedModel, actor: Actor, record: Record, names: Sequence[str]) -> str:
    context = show_context(published, actor, record.labels)
    shown = []
    for name in names:
        path = find_path(published, record.module, (name,))
        assert path is not None
        shown.append(path.type.show(path.field, record.values[name], context))
    return " · ".join(filter(None, shown))
