"""A time of day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from fieldstone.expressions.types import TIME, ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NOT_A_TIME
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.time_text import find_time, show_time

_COLUMNS = (ColumnSpec(kind="time"),)


class TimeType(FieldType):
    """The time on the clock on the wall; it has no zone."""

    name = "time"
    label = "Time"
    help = "A time of day such as 14:05."
    control = "time"
    slot = "date"
    operators = operators.TIME

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return TIME

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None or (type(raw) is str and (not raw or raw.isspace())):
            return None
        value = raw if type(raw) is time else find_time(raw) if type(raw) is str else None
        if value is None or value.tzinfo is not None:
            raise FieldValueError(NOT_A_TIME, value=excerpt(raw))
        return value

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else show_time(value)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else value.isoformat()

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["string", "null"], "pattern": r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$"}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("14:05", "2:05 pm", "09:30:15.25", "下午2:05", "2 PM", time(8))

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("25:00", "14", "13 pm", "noon", 14, True)
