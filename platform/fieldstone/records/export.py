"""Lists of records as files: CSV for people and spreadsheets, JSON lines for programs.

The file is made chunk by chunk, each read in a short transaction of its own, so that an export of any
size holds up nobody. All chunks are read with the model of the first.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import ShowContext
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.access import get_module, readable_names, require
from fieldstone.records.access.paths import readable_path
from fieldstone.records.cells import neutralise
from fieldstone.records.paths import FieldPath, lookup_target
from fieldstone.records.query import among, query_records
from fieldstone.records.query_types import Page, Query
from fieldstone.records.showing import show_context
from fieldstone.storage.published import PublishedModel

CHUNK = 1_000
BOM = b"\xef\xbb\xbf"
"""Tells spreadsheets that the file is UTF-8."""

_NEVER_FORMULAS = frozenset({"number", "boolean", "date", "datetime", "time"})
"""Values that are written without a sign that a spreadsheet would act on, or are numbers."""

Read = Callable[[], AbstractContextManager[tuple[sa.Connection, PublishedModel]]]
"""`ModelSource.read`."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is exported: `query.fields` are the columns, () the exportable fields of the module that the
    actor may read.

    `query.limit` and `query.cursor` do not matter: the whole list is, or what of it is among `ids`. `header`: the
    first row of a CSV file holds field "names" or "labels" in the actor's language.
    """

    module: str
    query: Query
    header: str = "labels"
    ids: Sequence[int] | None = None


def export_csv(read: Read, actor: Actor, export: Export, *, now: datetime) -> Generator[bytes, None, None]:
    """UTF-8 with a byte order mark; values as `FieldType.export` writes them, so that `parse` reads them back.

    Raises ForbiddenError (right "export"), NotFoundError, InvalidInputError, ExpressionError before the
    first piece.
    """
    pages = export_pages(read, actor, export, now)
    published, paths, first = next(pages)

    def pieces() -> Generator[bytes, None, None]:
        yield BOM + _rows([[export_heading(published, actor, export.module, path, export.header) for path in paths]])
        yield _csv(published, actor, paths, first)
        for _, _, page in pages:
            yield _csv(published, actor, paths, page)

    return pieces()


def export_json_lines(read: Read, actor: Actor, export: Export, *, now: datetime) -> Generator[bytes, None, None]:
    """One object a line, as the API gives records. Raises as `export_csv` does."""
    pages = export_pages(read, actor, export, now)
    _, paths, first = next(pages)

    def pieces() -> Generator[bytes, None, None]:
        yield _json_lines(paths, first)
        for _, _, page in pages:
            yield _json_lines(paths, page)

    return pieces()


def exportable_fields(module: ModuleDef) -> tuple[str, ...]:
    """The fields of an export that names none."""
    own = (field.name for field in module.fields.values() if field.exportable and field.type != "secret")
    system = ("record_number", "record_type", "owner", "created_at", "modified_at")
    return ("id", *own, *(name for name in system if find_any_field(module, name) is not None))


def exported_names(published: PublishedModel, actor: Actor, module: str) -> tuple[str, ...]:
    """The exportable fields that the actor may read."""
    readable = frozenset(readable_names(published, actor, module))
    return tuple(name for name in exportable_fields(get_module(published, module)) if name in readable)


def export_pages(
    read: Read, actor: Actor, export: Export, now: datetime
) -> Iterator[tuple[PublishedModel, tuple[FieldPath, ...], Page]]:
    published: PublishedModel | None = None
    paths: tuple[FieldPath, ...] = ()
    query = export.query
    cursor = ""
    while True:
        with read() as (conn, current):
            if published is None:
                published = current
                require(published, actor, export.module, "export")
                fields = query.fields or exported_names(published, actor, export.module)
                paths = tuple(readable_path(published, actor, export.module, name) for name in dict.fromkeys(fields))
                query = replace(query, fields=fields, limit=CHUNK)
            chunk = replace(query, cursor=cursor)
            among_these = None if export.ids is None else among(export.ids, published.tables.dialect)
            page = query_records(
                conn, published, actor, export.module, chunk, now=now, right="export", restriction=among_these
            )
        yield published, paths, page
        cursor = page.next_cursor
        if not page.has_more:
            return


def export_heading(published: PublishedModel, actor: Actor, module: str, path: FieldPath, header: str) -> str:
    if header == "names":
        return path.text
    model = published.model
    labels = []
    for name in (*path.hops, path.field.name):
        field = find_any_field(model.modules[module], name)
        assert field is not None
        key = f"field.{module}.{name}.label" if name in model.modules[module].fields else f"system.{name}"
        labels.append(model.text(key, actor.language, field.label))
        module = lookup_target(model, field) or module
    return ": ".join((*labels, *filter(None, (path.part,))))


def _csv(published: PublishedModel, actor: Actor, paths: Sequence[FieldPath], page: Page) -> bytes:
    context = show_context(published, actor, page.labels)
    columns = [_cell_writer(path, context) for path in paths]
    return _rows([[write(record.values) for write in columns] for record in page.records])


def _cell_writer(path: FieldPath, context: ShowContext) -> Callable[[dict[str, Any]], str]:
    name, field, export = path.text, path.field, path.type.export
    if path.part:
        return lambda values: neutralise(values[name] or "")
    if path.value_type.kind in _NEVER_FORMULAS:
        return lambda values: export(field, values[name], context)
    return lambda values: neutralise(export(field, values[name], context))


def _rows(rows: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def _json_lines(paths: Sequence[FieldPath], page: Page) -> bytes:
    lines = []
    for record in page.records:
        shown: dict[str, Any] = {"id": record.id, "version": record.version}
        for path in paths:
            shown[path.text] = _json_value(path, record.values[path.text], page)
        lines.append(json.dumps(shown, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(lines).encode()


def _json_value(path: FieldPath, value: Any, page: Page) -> Any:
    if path.part:
        return value
    shown = path.type.to_json(path.field, value)
    if value is None or path.value_type.kind != "reference" or path.field.name == "id":
        return shown
    target, id = value if isinstance(value, RecordRef) else (path.value_type.targets[0], value)
    return {**shown, "label": page.labels.get((target, id), "")}
