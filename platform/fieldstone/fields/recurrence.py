"""How something repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from fieldstone.expressions.types import TEXT, ValueType
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NOT_A_RULE
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.repeat_reading import LONGEST, read_rule
from fieldstone.fields.repeat_rule import RepeatRule
from fieldstone.fields.repeat_words import word_rule

_COLUMNS = (ColumnSpec(),)


class RecurrenceType(FieldType):
    """The value is the text of the rule (RFC 5545): FREQ=WEEKLY;BYDAY=MO, and on a second line EXDATE:20260312 for
    the days left out."""

    name = "recurrence"
    label = "Recurrence"
    help = "How often something repeats: FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261231. At most daily."
    control = "recurrence"
    sortable = False

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return TEXT

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None or raw == "":
            return None
        if not isinstance(raw, str):
            raise FieldValueError(NOT_A_RULE, value=excerpt(raw))
        return str(read_rule(raw, context.zone)) if raw.strip() else None

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        rule = find_rule(value)
        return "" if rule is None else word_rule(rule, context.language, context.date_format)

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["string", "null"], "maxLength": LONGEST}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return (
            "FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261231T225959Z",
            "RRULE:freq=monthly;byday=mo,tu,we,th,fr;bysetpos=-1;count=12",
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nEXDATE;VALUE=DATE:20281123",
        )

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return (
            "every week",
            "FREQ=HOURLY",
            "FREQ=DAILY;BYMINUTE=0,1",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;COUNT=100000",
            "FREQ=DAILY;COUNT=2;UNTIL=20260101",
            "FREQ=WEEKLY;BYDAY=2MO",
            "FREQ=YEARLY;BYWEEKNO=20",
            "FREQ=DAILY;UNTIL=20261399",
            7,
        )


@lru_cache(maxsize=4_000)
def _read(value: str) -> RepeatRule | None:
    try:
        return read_rule(value)
    except FieldValueError:
        return None


def find_rule(value: object) -> RepeatRule | None:
    """The rule of a stored value; None for none, and for one that a former type of the field has left."""
    return _read(value) if isinstance(value, str) and value else None
