"""Which fields put a record on its days, as the layout declares them or as a person chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldstone.metadata.layout_definitions import CalendarDef
from fieldstone.web.described import DescribedField, DescribedModule


@dataclass(frozen=True, kw_only=True)
class DayFields:
    """`start` may be seen; the others are None where there is none or it is hidden."""

    start: DescribedField
    end: DescribedField | None = None
    duration: DescribedField | None = None
    all_day: DescribedField | None = None
    colour: DescribedField | None = None

    @property
    def timed(self) -> bool:
        """Whether records stand at a time of day."""
        return self.start.type.name == "datetime"

    @property
    def names(self) -> list[str]:
        found = (self.start, self.end, self.duration, self.all_day, self.colour)
        return [field.name for field in found if field is not None]


def day_fields(module: DescribedModule, name: str = "") -> DayFields | None:
    """By the field asked for, else as the layout declares, else by the first date; None when there is none."""
    choices = day_choices(module)
    asked = choices.get(name) or next(iter(choices.values()), None)
    if asked is None:
        return None
    start = module.field(asked.start)
    return DayFields(
        start=start,
        end=_find(module, asked.end),
        duration=_find(module, asked.duration),
        all_day=_find(module, asked.all_day),
        colour=_find(module, asked.colour),
    )


def day_choices(module: DescribedModule) -> Mapping[str, CalendarDef]:
    """Field → the calendar by it: the layout's own first, then any other date of the module."""
    own = module.layout.calendar
    found = {own.start: own} if own and module.find(own.start) is not None else {}
    colour = own.colour if own else module.layout.path
    for field in module.fields.values():
        taken = field.system or field.name in found or (own is not None and field.name == own.end)
        if field.type.name in ("date", "datetime") and not taken:
            found[field.name] = CalendarDef(start=field.name, colour=colour)
    return found


def _find(module: DescribedModule, name: str) -> DescribedField | None:
    return module.find(name) if name else None
