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


class FormerValue(str):
    """The text of a value that the field's present type cannot hold."""

    __slots__ = ()


def encode_value(field: FieldProgram, value: Any) -> Any:
    """A JSON value that `decode_value` reads back; modules by identity, keys of picklists as rows hold them."""
    if field.keys is not None and value is not None:
        return field.keys.encode(value) if isinstance(value, str) else [field.keys.encode(key) for key in value]
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
    """The value that `encode_value` was given, keys by their present names. What cannot be one of this field (it
    was written when the field had another type: see `records.former_values`) is given as a FormerValue, its
    text."""
    if stored is None:
        return field.blank
    if field.keys is not None:
        if isinstance(stored, list):
            return tuple(field.keys.decode(str(key)) for key in stored)
        return field.keys.decode(str(stored))
    if field.type.name == "secret":
        return Sealed(str(stored))
    read = _READERS.get(field.value_type.kind)
    if read is not None:
        try:
            return read(field, stored)
        except (ValueError, TypeError, ArithmeticError, LookupError):
            return FormerValue(stored if isinstance(stored, str) else json.dumps(stored, ensure_ascii=False))
    return stored


def encode_changes(program: ModuleProgram, old: Mapping[str, Any], new: Mapping[str, Any], names: Iterable[str]) -> str:
    changes = {}
    for name in names:
        field = program.fields[name]
        changes[field.identity] = (encode_value(field, old[name]), encode_value(field, new[name]))
    return json.dumps(changes, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


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
