"""A moment in time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from fieldstone.expressions.types import DATETIME, ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NOT_A_DATETIME, TOO_EARLY, TOO_LATE
from fieldstone.fields.date_text import FIRST_YEAR, read_date, show_date
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.limits import check_range
from fieldstone.fields.time_text import find_time, show_time
from fieldstone.fields.zones import to_utc, zone_of

_COLUMNS = (ColumnSpec(kind="datetime"),)
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?(?:[Zz]|[+-]\d{2}:?\d{2}))?", re.ASCII
)
_DATE_AND_TIME = re.compile(r"(.*?\d日?),? (\D{0,3}\d{1,2}(?::.*| ?[ap]\.?m\.?))", re.IGNORECASE)


class DatetimeType(FieldType):
    """Kept in UTC. Text without an offset is read in the context's zone; a date alone is its midnight there."""

    name = "datetime"
    label = "Date and time"
    help = "A moment; shown in each person's own time zone."
    control = "datetime"
    slot = "date"
    attributes = frozenset({"min", "max"})
    operators = operators.DATE

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return DATETIME

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        value = self._read(raw, context)
        if value is None:
            return None
        if value.year < FIRST_YEAR:
            raise FieldValueError(NOT_A_DATETIME, value=excerpt(raw))
        if field.min is not None or field.max is not None:
            check_range(self, field, value, TOO_EARLY, TOO_LATE)
        return value

    def _read(self, raw: Any, context: ParseContext) -> datetime | None:
        if type(raw) is str:
            return None if not raw or raw.isspace() else to_utc(_read_text(raw, context.date_order), context.zone)
        if raw is None:
            return None
        if isinstance(raw, datetime):
            return raw if raw.tzinfo is UTC else to_utc(raw, context.zone)
        if isinstance(raw, date):
            return to_utc(datetime.combine(raw, time()), context.zone)
        raise FieldValueError(NOT_A_DATETIME, value=excerpt(raw))

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        if value is None:
            return ""
        local = value.astimezone(zone_of(context.zone))
        comma = "" if context.language.startswith("zh") or context.date_format else ","
        return f"{show_date(local, context.language, context.date_format)}{comma} {show_time(local.time())}"

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        """With the offset of the person's zone: readable there, and unambiguous."""
        return "" if value is None else value.astimezone(zone_of(context.zone)).isoformat(sep=" ")

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return None if value is None else rfc3339(value)

    def search_text(self, field: FieldDef, value: Any) -> str:
        return "" if value is None else value.date().isoformat()

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["string", "null"], "format": "date-time"}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("2026-03-14T09:30:00Z", "2026-03-14 17:30", "2026-03-14T09:30:15.25+08:00", "14 Mar 2026, 14:05",
                "2026年3月14日 14:05", date(2026, 3, 14), datetime(2026, 3, 14, 9, 30, tzinfo=UTC))  # fmt: skip

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("2026-03-14 25:00", "10/11/2016 09:00", "9:30", "0001-01-01T00:00:00+10:00", 1773480600, "now", True)


def rfc3339(value: datetime) -> str:
    """2026-03-14T09:30:00Z, with a fraction only when there is one. `value` is in UTC."""
    return value.isoformat().replace("+00:00", "Z")


def _read_text(raw: str, order: str) -> datetime:
    text = raw.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if len(text) <= 40:
        if _ISO.fullmatch(text):
            try:
                return datetime.fromisoformat(text.upper().replace(" Z", "Z").replace(" +", "+").replace(" -", "-"))
            except ValueError:
                raise FieldValueError(NOT_A_DATETIME, value=excerpt(raw)) from None
        found = _DATE_AND_TIME.fullmatch(text)
        at = find_time(found[2]) if found else time()
        if at is not None:
            return datetime.combine(read_date(found[1] if found else text, order), at)
    raise FieldValueError(NOT_A_DATETIME, value=excerpt(raw))
