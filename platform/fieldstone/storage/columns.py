"""The column type of each kind of value; one type serves both databases.

Keys of picklists that were renamed have types of their own, stored alike (`StoredKey`).

| kind | Python | SQLite | PostgreSQL |
|---|---|---|---|
| text, module | str | TEXT | TEXT COLLATE "C" |
| integer, reference | int | INTEGER | BIGINT |
| decimal | Decimal with exactly `scale` decimals | BIGINT(scale): value × 10^scale | NUMERIC(30, scale) |
| boolean | bool | INTEGER 0/1 | BOOLEAN |
| date | date | TEXT YYYY-MM-DD | DATE |
| datetime | aware datetime in UTC | DATETIME_TEXT YYYY-MM-DDTHH:MM:SS.ffffffZ | TIMESTAMPTZ |
| time | time | TEXT HH:MM:SS.ffffff | TIME |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fieldstone.fields.base import ColumnSpec
from fieldstone.fields.listing import load_list, store_list
from fieldstone.kernel.stored_keys import StoredKeys


class _SqliteType(sa.types.UserDefinedType[Any]):
    """A type that SQLite stores as its name says ("INT", "TEXT") and that tells columns of other kinds apart."""

    cache_ok = True

    def __init__(self, declaration: str) -> None:
        self.declaration = declaration

    def get_col_spec(self, **_: object) -> str:
        return self.declaration


_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


class Text(sa.TypeDecorator[str]):
    """Text compared by code point on both databases."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return postgresql.TEXT(collation="C") if dialect.name == "postgresql" else sa.Text()


class StoredKey(sa.TypeDecorator[str]):
    """A picklist's key, or a record type: written and read as the present one, stored as the one it began
    with. Statements that compute with it ask for `expressions.sql.present_key` of the column."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, keys: StoredKeys) -> None:
        self.keys = keys
        super().__init__()

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return postgresql.TEXT(collation="C") if dialect.name == "postgresql" else sa.Text()

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else self.keys.encode(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else self.keys.decode(value)


class StoredKeyList(StoredKey):
    """Several of them in one text (`fields.listing`)."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return store_list([self.keys.encode(key) for key in load_list(value) or ()])

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return store_list([self.keys.decode(key) for key in load_list(value) or ()])


class Id(sa.TypeDecorator[int]):
    """A 64-bit key. SQLite's INTEGER, so that a primary key is the row's own address."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return sa.BigInteger() if dialect.name == "postgresql" else sa.Integer()


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment: aware in Python, always UTC when read. A naive one raises ValueError when written."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return postgresql.TIMESTAMP(timezone=True) if dialect.name == "postgresql" else _SqliteType("DATETIME_TEXT")

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        return _aware if dialect.name == "postgresql" else utc_text

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else from_utc_text


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return value


def utc_text(value: datetime | None) -> str | None:
    """The fixed-width text of a moment: sorts as the moments do."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return value.astimezone(UTC).isoformat("T", "microseconds")[:26] + "Z"


def from_utc_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class ExactDecimal(sa.TypeDecorator[Decimal]):
    """A decimal with a fixed scale, exact on both databases.

    Writing rounds half up to the scale, as PostgreSQL does. Comparing does not round: a bound value
    with more decimals than the column keeps its place between two stored ones.
    """

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, scale: int) -> None:
        self.scale = scale
        super().__init__(30, scale)

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return sa.Numeric(30, self.scale) if dialect.name == "postgresql" else _SqliteType(f"BIGINT({self.scale})")

    def coerce_compared_value(self, op: object, value: Any) -> sa.types.TypeEngine[Any]:
        return ComparedDecimal(self.scale)

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
        if dialect.name == "postgresql":
            return None
        scale = self.scale

        def to_integer(value: Decimal | int | None) -> int | None:
            return None if value is None else int(Decimal(value).scaleb(scale, _EXACT).to_integral_value(ROUND_HALF_UP))

        return to_integer

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:
        if dialect.name == "postgresql":
            return None
        shift = -self.scale

        def to_decimal(value: int | None, new: type[Decimal] = Decimal) -> Decimal | None:
            # A filter or an aggregate may give a float (avg): through text, as people would read it.
            return None if value is None else new(value if type(value) is int else repr(value)).scaleb(shift, _EXACT)

        return to_decimal


class ComparedDecimal(ExactDecimal):
    """The bound side of a comparison with an ExactDecimal column."""

    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return sa.Numeric() if dialect.name == "postgresql" else sa.types.NullType()

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
        if dialect.name == "postgresql":
            return None
        scale = self.scale

        def to_number(value: Decimal | int | None) -> int | float | None:
            if value is None:
                return None
            scaled = Decimal(value).scaleb(scale, _EXACT)
            whole = scaled.to_integral_value()
            # SQLite compares an integer with a real exactly; the half only has to lie between two integers.
            return int(whole) if whole == scaled else float(int(scaled.to_integral_value(ROUND_FLOOR))) + 0.5

        return to_number


def column_type(spec: ColumnSpec) -> sa.types.TypeEngine[Any]:
    """The type of a field's column."""
    if spec.kind == "decimal":
        return ExactDecimal(spec.scale)
    return _TYPES[spec.kind]


_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": Text(),
    "module": Text(),
    "integer": Id(),
    "reference": Id(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "datetime": UtcDateTime(),
    "time": sa.Time(),
}
