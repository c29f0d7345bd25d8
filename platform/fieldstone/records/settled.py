"""What a formula gives in SQL, as it would be stored: rounded to its decimals, cut to its length."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.sql.types import ComputedNumber
from fieldstone.fields.base import FieldType
from fieldstone.fields.computed import ComputedType
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.integer import LARGEST
from fieldstone.fields.number import ExactType
from fieldstone.storage.columns import ExactDecimal


def settle_sql(
    field: FieldDef,
    field_type: FieldType,
    value: sa.ColumnElement[Any],
    columns: Mapping[str, sa.Column[Any]],
    dialect: str,
) -> sa.ColumnElement[Any]:
    """As `ComputedType.settle` does with values, with the type of the stored column: a number too large to store
    is empty. `columns` are the field's."""
    assert isinstance(field_type, ComputedType)
    result, column = field_type.result_type(field), next(iter(columns.values()))
    if isinstance(result, ExactType) or isinstance(column.type, ExactDecimal) or isinstance(value.type, ComputedNumber):
        scale = column.type.scale if isinstance(column.type, ExactDecimal) else 0
        bound = result.bound(field) if isinstance(result, ExactType) else Decimal(LARGEST + 1)
        return _number(value, scale, f"{bound:f}", column, dialect)
    if isinstance(value.type, sa.String | sa.Text) or column.type.python_type is str:
        longest = getattr(result, "max_length", None)
        text = value if longest is None else sa.func.substr(value, 1, longest)
        return sa.type_coerce(sa.func.nullif(text, ""), column.type)
    return value


def _number(
    value: sa.ColumnElement[Any], scale: int, bound: str, column: sa.Column[Any], dialect: str
) -> sa.ColumnElement[Any]:
    if dialect == "sqlite":
        # A computed number is an encoded text, that of a column an integer scaled as its type says.
        had = -1 if isinstance(value.type, ComputedNumber) else getattr(value.type, "scale", None) or 0
        raw = sa.type_coerce(value, sa.Text() if had < 0 else sa.BigInteger())
        return sa.func.fs_settle(raw, _plain(had), _plain(scale), sa.literal_column(f"'{bound}'"), type_=column.type)
    rounded = sa.func.round(sa.cast(value, sa.Numeric()), _plain(scale))
    limit = sa.literal_column(bound, sa.Numeric())
    within = sa.case((sa.and_(rounded > -limit, rounded < limit), rounded), else_=None)
    return sa.type_coerce(sa.cast(within, column.type), column.type)


def _plain(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.Integer())
