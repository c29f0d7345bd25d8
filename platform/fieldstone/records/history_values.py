"""How values stand in the history: as JSON, read back exactly, keyed by the fields' identities."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from fieldstone.fields.secret import Sealed
from fieldstone.fields.values import RecordRef
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import ModuleProgram


def encode_value(field: FieldProgram, value: Any) -> Any:
    """A JSON value that `decode_value` reads back; modules by identity."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, RecordRef):
        return [field.module_identities.get(value.module, value.module), value.id]
    return value


def decode_value(field: FieldProgram, stored: Any) -> Any:
    """The value that `encode_value` was given."""
    if stored is None:
        return field.blank
    if field.type.name == "secret":
        return Sealed(stored)
    read = _READERS.get(field.value_type.kind)
    if read is not None:
        return read(field, stored)
    return stored


def encode_changes(program: ModuleProgram, old: Mapping[str, Any], new: Mapping[str, Any], names: Iterable[str]) -> str:
    changes = {}
    for name in names:
        field = program.fields[name]
        changes[field.identity] = (encode_value(field, old[name]), encode_value(field, new[name]))
    return json.dumps(changes, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def decode_changes(program: ModuleProgram, text: str) -> dict[str, tuple[Any, Any]]:
    """Public field name → (old, new), without the fields that the module no longer has."""
    result = {}
    for identity, (old, new) in json.loads(text).items():
        field = program.by_identity.get(identity)
        if field is not None:
            result[field.name] = (decode_value(field, old), decode_value(field, new))
    return result


def _read_number(field: FieldProgram, stored: Any) -> Any:
    return stored if isinstance(stored, int) else Decimal(stored)


def _read_reference(field: FieldProgram, stored: Any) -> Any:
    if isinstance(stored, list):
        return RecordRef(field.module_names.get(stored[0], stored[0]), stored[1])
    return stored


def _read_list(field: FieldProgram, stored: Any) -> Any:
    return tuple(stored)


_READERS: dict[str, Callable[[FieldProgram, Any], Any]] = {
    "number": _read_number,
    "reference": _read_reference,
    "list": _read_list,
    "date": lambda field, stored: date.fromisoformat(stored),
    "datetime": lambda field, stored: datetime.fromisoformat(stored),
    "time": lambda field, stored: time.fromisoformat(stored),
}
