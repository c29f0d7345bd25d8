"""Records as JSON: flat objects, references with their labels, exact figures as strings (DESIGN 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.fields.values import RecordRef
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS
from fieldstone.records.query_types import PRINCIPAL, Labels, Record
from fieldstone.storage.published import PublishedModel

_Write = Callable[[Any, Labels], Any]


def record_to_json(published: PublishedModel, record: Record) -> dict[str, Any]:
    """`id`, `version` and every value that was asked for, under its public name or path."""
    body: dict[str, Any] = {"id": record.id, "version": record.version}
    for name, value in record.values.items():
        if name not in body:
            body[name] = None if value is None else _writer(published, record.module, name)(value, record.labels)
    return body


def value_to_json(published: PublishedModel, module: str, name: str, value: Any) -> Any:
    """One value, references as plain ids."""
    return None if value is None else _writer(published, module, name)(value, {})


def _writer(published: PublishedModel, module: str, name: str) -> _Write:
    key = ("api writer", module, name)
    found: _Write | None = published.cache.get(key)
    if found is None:
        found = _make_writer(published, module, name)
        published.cache[key] = found
    return found


def _make_writer(published: PublishedModel, module: str, name: str) -> _Write:
    field = find_field_at(published, module, name.split("."))
    if field is None:
        return lambda value, labels: value
    kind = published.model.type_of(field)
    if kind.control in ("lookup", "user", "owner"):
        target = PRINCIPAL if kind.control != "lookup" else field.to[0]
        return lambda value, labels: _reference(target, value, labels)
    return lambda value, labels: kind.to_json(field, value)


def _reference(target: str, value: Any, labels: Labels) -> dict[str, Any]:
    if isinstance(value, RecordRef):
        label = labels.get((value.module, value.id), "")
        return {"module": value.module, "id": value.id, "label": label}
    return {"id": value, "label": labels.get((target, value), "")}


def find_field_at(published: PublishedModel, module: str, path: Iterable[str]) -> FieldDef | None:
    """The field a path through lookups ends at, or None (a part of a composite value)."""
    field: FieldDef | None = None
    for name in path:
        if field is not None:
            if not field.to or field.to[0] not in published.model.modules:
                return None
            module = field.to[0]
        field = published.model.find_field(module, name) or SYSTEM_FIELD_DEFS.get(name)
        if field is None:
            return None
    return field
