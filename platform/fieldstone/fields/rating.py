"""A rating by stars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.fields.base import FieldValueError, ParseContext, ShowContext
from fieldstone.fields.codes import ABOVE_MAXIMUM, BELOW_MINIMUM
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.integer import WholeType, read_whole

DEFAULT_STARS = 5


def stars(field: FieldDef) -> int:
    """How many stars there are: `max`, five unless it says otherwise."""
    return DEFAULT_STARS if field.max is None else int(field.max)


class RatingType(WholeType):
    name = "rating"
    label = "Rating"
    help = "One to five stars; max changes how many there are."
    control = "rating"
    attributes = frozenset({"max"})

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        value = read_whole(raw)
        if value is not None:
            if value < 1:
                raise FieldValueError(BELOW_MINIMUM, value=str(value), limit="1")
            if value > stars(field):
                raise FieldValueError(ABOVE_MAXIMUM, value=str(value), limit=str(stars(field)))
        return value

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else f"{value}/{stars(field)}"

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["integer", "null"], "minimum": 1, "maximum": stars(field)}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return (1, "5")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return (0, 6, "many", 2.5)
