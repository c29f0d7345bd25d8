"""Definitions of the application: what it is called and looks like, its money, and when people work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from fieldstone.expressions.working_days import WorkingDays


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class GroupDef:
    """A group of the navigation. `modules` come first in it, in this order; others of the group follow."""

    name: str
    label: str
    icon: str = ""
    modules: tuple[str, ...] = ()


CLOSED = "closed"
USUAL_HOURS: Mapping[str, str] = {
    **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-18:00"),
    "saturday": CLOSED, "sunday": CLOSED,
}  # fmt: skip
"""Weekday → its business hours where nobody says any, in the order of the week."""


_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


def opening_of(hours: str) -> tuple[int, int] | None:
    """The minutes of the day that `09:00-18:00` reaches from and to; None for anything else: closed."""
    found = _HOURS.fullmatch(hours)
    if found is None:
        return None
    start_hour, start, end_hour, end = map(int, found.groups())
    return start_hour * 60 + start, end_hour * 60 + end


@dataclass(frozen=True, kw_only=True)
class AppDef:
    """The application: `zone` IANA name, `currency` ISO 4217, `fiscal_year_start` month 1–12; `currencies` are used
    besides the `currency`; `rates`: what one unit of these is worth in it; `logo` a picture in base64, `accent`
    #rrggbb, "" for the platform's own; `hours`: weekday → `09:00-18:00` or `closed`; `holidays`: `2026-10-01`, or
    `10-01` for each year → what it is called."""

    name: str = "Fieldstone"
    logo: str = ""
    accent: str = ""
    currency: str = "USD"
    currencies: tuple[str, ...] = ()
    rates: Mapping[str, str] = attribute(default_factory=_nothing)
    zone: str = "UTC"
    language: str = "en"
    fiscal_year_start: int = 1
    week_start: int = 0
    hours: Mapping[str, str] = attribute(default_factory=_nothing)
    holidays: Mapping[str, str] = attribute(default_factory=_nothing)
    groups: Mapping[str, GroupDef] = attribute(default_factory=_nothing)

    @cached_property
    def opening(self) -> tuple[tuple[int, int] | None, ...]:
        """Of Monday to Sunday: from which to which minute of the day is open; None: closed."""
        return tuple(opening_of(self.hours.get(day) or USUAL_HOURS[day]) for day in USUAL_HOURS)

    @cached_property
    def working(self) -> WorkingDays:
        weekdays = frozenset(number for number, hours in enumerate(self.opening) if hours)
        return WorkingDays(weekdays=weekdays, holidays=self.holidays)

    @cached_property
    def active_currencies(self) -> tuple[str, ...]:
        """The one of the site first."""
        return tuple(dict.fromkeys((self.currency, *self.currencies)))

    @cached_property
    def worth(self) -> Mapping[str, Decimal]:
        """Currency → what one unit is worth in that of the site, which is among them."""
        return {self.currency: Decimal(1), **{code: Decimal(rate) for code, rate in self.rates.items()}}
