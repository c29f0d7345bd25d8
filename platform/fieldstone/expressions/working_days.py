"""On which days people work: the weekdays that are open, without the holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

MOST_WORKING_DAYS = 10_000
_MOST_STEPS = 8 * MOST_WORKING_DAYS
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class WorkingDays:
    """`weekdays` 0 (Monday) to 6 that are open; `holidays`: what is not, `2026-10-01` or `10-01` for each year, and
    what it is called."""

    weekdays: frozenset[int] = frozenset(range(5))
    holidays: Mapping[str, str] = field(default_factory=dict)

    def holiday(self, day: date) -> str:
        """What the day is called; "" when it is none. One of that year goes before one of each year."""
        iso = f"{day:%Y-%m-%d}".zfill(10)
        return self.holidays.get(iso) or self.holidays.get(iso[5:], "")

    def is_working(self, day: date) -> bool:
        return day.weekday() in self.weekdays and not self.holiday(day)

    def shift(self, day: date, days: int) -> date | None:
        """So many working days later, or earlier; from a day off, from the working day before it, or after it. None
        outside the calendar, and where too few days are open. A wall clock time keeps its time."""
        step = _ONE_DAY if days > 0 else -_ONE_DAY
        left = abs(days)
        try:
            for _number in range(_MOST_STEPS if left else 0):
                day += step
                left -= self.is_working(day)
                if not left:
                    break
        except OverflowError:
            return None
        return None if left else day

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Holidays of one year."""
        return tuple(date.fromisoformat(key) for key in self.holidays if len(key) > 5)

    @cached_property
    def yearly(self) -> tuple[int, ...]:
        """Holidays of each year, month * 100 + day."""
        return tuple(int(key[:2]) * 100 + int(key[3:]) for key in self.holidays if len(key) == 5)
