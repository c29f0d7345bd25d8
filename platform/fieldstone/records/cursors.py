"""Cursors: positions in an ordered list, as opaque text that is checked when it comes back.

A cursor holds what the sort terms are worth in the row it stands at, and a digest of the query it
belongs to. Whatever it holds is only ever bound as a value of the term's own type.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError

BAD_CURSOR = declare("query.E003", "This cursor cannot be used.", "Start again without a cursor.")
OTHER_QUERY = declare(
    "query.E004", "This cursor belongs to another query.", "Keep filter and sort as they were, or start again."
)

_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """`values`: those of the sort terms in the row that the page follows (or, `backward`, precedes)."""

    values: tuple[Any, ...]
    backward: bool


def query_digest(*parts: object) -> str:
    """What ties a cursor to its query."""
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def write_cursor(cursor: Cursor, digest: str) -> str:
    packed = [digest, int(cursor.backward), [_pack(value) for value in cursor.values]]
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, digest: str, kinds: Sequence[type]) -> Cursor:
    """`kinds`: the Python type of each sort term. Raises InvalidInputError query.E003, query.E004."""
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        packed = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        found, backward, values = packed
        if found == digest:
            unpacked = tuple(_unpack(value, kind) for value, kind in zip(values, kinds, strict=True))
            return Cursor(unpacked, bool(backward))
    except (ValueError, TypeError, OverflowError, RecursionError, InvalidOperation, binascii.Error):
        raise InvalidInputError(BAD_CURSOR) from None
    raise InvalidInputError(OTHER_QUERY)


def _pack(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str, float)):
        return value
    return str(value) if isinstance(value, Decimal) else value.isoformat()


def _unpack(value: Any, kind: type) -> Any:
    return None if value is None else _READERS[kind](value)


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("not a text")
    value.encode()
    return value


def _read_integer(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError("not an integer")
    return value


def _read_boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("not a boolean")
    return value


def _read_decimal(value: Any) -> Decimal:
    number = Decimal(_read_text(value))
    if not number.is_finite() or (number and not -60 < number.adjusted() < 18):
        raise ValueError("out of range")
    return number


def _read_moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_read_text(value))
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC)


_READERS: dict[type, Callable[[Any], Any]] = {
    str: _read_text,
    int: _read_integer,
    bool: _read_boolean,
    Decimal: _read_decimal,
    datetime: _read_moment,
    date: lambda value: date.fromisoformat(_read_text(value)),
    time: lambda value: time.fromisoformat(_read_text(value)),
}
