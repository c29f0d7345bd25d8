"""A row of a table as a line of a backup, and back: one JSON list, the same from either database."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from fieldstone.storage.backup.stored import StoredTable
from fieldstone.storage.columns import utc_text

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=lambda value: _plain(value)).encode


def write_row(row: Sequence[Any]) -> bytes:
    """With its line end."""
    return _encode(list(row)).encode("utf-8", "surrogatepass") + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"a backup holds no {type(value).__name__}")


def row_reader(table: StoredTable) -> Callable[[bytes], dict[str, Any]]:
    """Gives a line's values by column. Raises ValueError for a line that is no row of the table."""
    readers = [(column.name, _READERS[column.kind.partition(":")[0]]) for column in table.columns]

    def read(line: bytes) -> dict[str, Any]:
        values = json.loads(line.decode("utf-8", "surrogatepass"))
        if not isinstance(values, list) or len(values) != len(readers):
            raise ValueError(f"a row of {table.name} has not the columns of the table")
        return {
            name: None if value is None else to_value(value)
            for (name, to_value), value in zip(readers, values, strict=True)
        }

    return read


def _of(kind: type) -> Callable[[Any], Any]:
    def same(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"{type(value).__name__} where {kind.__name__} belongs")
        return value

    return same


def _through(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError(f"{type(value).__name__} where a text belongs")
        try:
            return read(value)
        except ArithmeticError as error:  # of a Decimal
            raise ValueError(f"{value!r} is no number") from error

    return convert


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _of(str),
    "integer": _of(int),
    "boolean": _of(bool),
    "decimal": _through(Decimal),
    "date": _through(date.fromisoformat),
    "datetime": _through(datetime.fromisoformat),
    "time": _through(time.fromisoformat),
    "json": lambda value: value,
}
