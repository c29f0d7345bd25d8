"""Records as JSON.

A record is a flat object: `id`, `version`, then its fields under their public names, or the paths asked
for. Empty is null, [] for lists, false for a checkbox. Figures with decimals are strings in their shortest
plain form, in records and in aggregates alike: "100", "99.5", never "100.0000" or "1E+2". Whole numbers and
durations (in seconds) are numbers. Lookups, users and owners are {"id", "label"}, with "module" where a
field has several targets; `label` is "" when the caller may not know it. Times are RFC 3339 in UTC with Z,
dates YYYY-MM-DD. All of it can be sent back as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from fieldstone.fields.numerals import plain
from fieldstone.fields.values import RecordRef
from fieldstone.records.history_values import FormerValue
from fieldstone.records.paths import FieldPath, find_path
from fieldstone.records.query_types import PRINCIPAL, Labels, Record
from fieldstone.web.current import current_published

_Write = Callable[[Any, Labels], Any]


def record_to_json(record: Record) -> dict[str, Any]:
    """`id`, `version` and every value that was asked for, under its public name or path."""
    body: dict[str, Any] = {"id": record.id, "version": record.version}
    for name, value in record.values.items():
        if name not in body:
            body[name] = value_to_json(record.module, name, value, record.labels)
    return body


def value_to_json(module: str, name: str, value: Any, labels: Labels) -> Any:
    """The value of a field or path. A reference with no entry in `labels` has the label ""; a value that the
    field's present type cannot hold is its text."""
    if isinstance(value, FormerValue):
        return str(value)
    cache = current_published().cache
    key = ("api writer", module, name)
    write: _Write | None = cache.get(key)
    if write is None:
        write = cache[key] = _make_writer(module, name)
    return write(value, labels)


def plain_to_json(value: Any) -> Any:
    """A value without a field: a figure of an aggregate, a part of an address, the other end of a link."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return moment_to_json(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, RecordRef):
        return {"module": value.module, "id": value.id}
    if isinstance(value, Mapping):
        return {name: plain_to_json(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain_to_json(each) for each in value]
    return value


def moment_to_json(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def reference_to_json(target: str, value: Any, labels: Labels) -> dict[str, Any] | None:
    """`target` is the module, or "principal"; a RecordRef names its own."""
    if value is None:
        return None
    if isinstance(value, RecordRef):
        return {"module": value.module, "id": value.id, "label": labels.get((value.module, value.id), "")}
    return {"id": value, "label": labels.get((target, value), "")}


def reference_target(path: FieldPath) -> str:
    """What a path refers to: a module, "principal", "*" when the value says it itself; "" for no reference."""
    if path.part or path.value_type.kind != "reference" or path.field.name == "id":
        return ""
    if path.type.control in ("user", "owner"):
        return PRINCIPAL
    return path.field.to[0] if len(path.field.to) == 1 else "*"


def _make_writer(module: str, name: str) -> _Write:
    path = find_path(current_published(), module, tuple(name.split(".")))
    if path is None or path.part:
        return lambda value, labels: plain_to_json(value)
    target = reference_target(path)
    if target:
        return lambda value, labels: reference_to_json(target, value, labels)
    kind, field = path.type, path.field
    return lambda value, labels: kind.to_json(field, value)
