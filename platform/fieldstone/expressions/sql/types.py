"""SQLAlchemy types of computed values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.arithmetic import decode, encode


class ComputedNumber(sa.TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC on PostgreSQL, on SQLite a text that sorts as the numbers do (arithmetic.encode)."""

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return sa.Text() if dialect.name == "sqlite" else sa.Numeric()

    def process_bind_param(self, value: Decimal | int | None, dialect: sa.Dialect) -> Any:
        return encode(value) if dialect.name == "sqlite" and value is not None else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        return decode(value) if dialect.name == "sqlite" and value is not None else value


class ComputedMoment(sa.TypeDecorator[datetime]):
    """An aware datetime in UTC: TIMESTAMPTZ on PostgreSQL, fixed-width ISO text on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return sa.Text() if dialect.name == "sqlite" else sa.DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        return moment_text(value) if dialect.name == "sqlite" and value is not None else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if dialect.name == "sqlite" else value.astimezone(UTC)


def moment_text(moment: datetime) -> str:
    """The one text of a moment on SQLite: sorts by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
