"""A day of the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from fieldstone.expressions.types import DATE, ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import DATE_WITH_TIME, NOT_A_DATE, TOO_EARLY, TOO_LATE
from fieldstone.fields.date_text import read_date, show_date
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.limits import check_range
from fieldstone.fields.time_text import find_time

_COLUMNS = (ColumnSpec(kind="date"),)


class DateType(FieldType):
    name = "date"
    label = "Date"
    help = "A day of the calendar, without a time."
    control = "date"
    slot = "date"
    attributes = frozenset({"min", "max"})
    operators = operators.DATE

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return DATE

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        value = self._read(raw, context)
        if value is not None and (field.min is not None or field.max is not None):
            check_range(self, field, value, TOO_EARLY, TOO_LATE)
        return value

    def _read(self, raw: Any, context: ParseContext) -> date | None:
        if type(raw) is str:
            if not raw or raw.isspace():
                return None
            return read_date(_without_midnight(raw), context.date_order)
        if raw is None or type(raw) is date:
            return raw
        if isinstance(raw, datetime):
            if raw.time() != time():
                raise FieldValueError(DATE_WITH_TIME, value=raw.isoformat())
            return raw.date()
        raise FieldValueError(NOT_A_DATE, value=excerpt(raw))

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else show_date(value, context.language, context.date_format)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else value.isoformat()

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def search_text(self, field: FieldDef, value: Any) -> str:
        return "" if value is None else value.isoformat()

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["string", "null"], "format": "date"}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("2026-03-14", "2026年3月14日", "14 Mar 2026", "March 4, 2026", "20260314", date(2024, 2, 29),
                "2026-03-14 00:00:00")  # fmt: skip

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("10/11/2016", "2026-02-30", "2026-03-14 09:30", "14/3/26", "0206-01-01", "soon", 20260314, True)


def _without_midnight(raw: str) -> str:
    """Files often write a date with the time 00:00; any other time would be lost, so it is refused."""
    text = raw.strip()
    if len(text) > 11 and text[4] == "-" and text[10] in " T":
        at = find_time(text[11:].removesuffix("Z"))
        if at == time():
            return text[:10]
        if at is not None:
            raise FieldValueError(DATE_WITH_TIME, value=excerpt(raw))
    return text
