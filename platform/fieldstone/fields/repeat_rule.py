"""Rules by which something repeats: the part of RFC 5545's RRULE that calendars offer, by days.

Nothing repeats more often than daily, so a date names an occurrence. The dates are worked out by python-dateutil.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile

from dateutil import rrule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MOST_TIMES = 1_000
"""The largest COUNT."""
LARGEST_INTERVAL = 366
MOST_EXCEPTIONS = 200

_LAST = date(9999, 12, 31)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class RepeatRule:
    """Every `interval` of `frequency`. `days`: (which, weekday) with weekday 0 = Monday; `which` 0 is every, 2 the
    second of the month, -1 the last. `position` picks one of the days that the others leave, as BYSETPOS does.
    `until` is the last day that counts; `exceptions` are days on which it does not happen."""

    frequency: str
    interval: int = 1
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    position: int = 0
    until: date | None = None
    count: int | None = None
    week_start: int = 0
    exceptions: tuple[date, ...] = ()

    def __str__(self) -> str:
        """RRULE, and on a second line EXDATE where there are exceptions."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.months:
            parts.append("BYMONTH=" + ",".join(map(str, self.months)))
        if self.month_days:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.month_days)))
        if self.days:
            parts.append("BYDAY=" + ",".join(f"{which or ''}{WEEKDAYS[day]}" for which, day in self.days))
        if self.position:
            parts.append(f"BYSETPOS={self.position}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        if self.until:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.count:
            parts.append(f"COUNT={self.count}")
        skipped = "\nEXDATE:" + ",".join(f"{day:%Y%m%d}" for day in self.exceptions) if self.exceptions else ""
        return ";".join(parts) + skipped

    def without(self, days: Iterable[date]) -> RepeatRule:
        """The rule with more exceptions."""
        return replace(self, exceptions=tuple(sorted({*self.exceptions, *days})))

    def before(self, day: date) -> RepeatRule:
        """The part of a series that lies before a day."""
        kept = tuple(each for each in self.exceptions if each < day)
        return replace(self, until=day - _DAY, count=None, exceptions=kept)

    def since(self, start: date, day: date) -> RepeatRule:
        """The part from a day on, which begins there."""
        kept = tuple(each for each in self.exceptions if each >= day)
        gone = sum(1 for _ in takewhile(lambda each: each < day, self._all(start))) if self.count else 0
        return replace(self, count=max(1, self.count - gone) if self.count else None, exceptions=kept)

    def shifted(self, old: date, new: date) -> RepeatRule | None:
        """The rule for a series that begins on another day; None where what it says of days cannot follow."""
        by = new - old
        if not by:
            return self
        exceptions = tuple(each + by for each in self.exceptions)
        until = min(self.until + by, _LAST) if self.until and self.until < _LAST - abs(by) else self.until
        moved = replace(self, exceptions=exceptions, until=until)
        if not (self.days or self.month_days or self.months):
            return moved
        if self.frequency == "WEEKLY":
            return replace(moved, days=tuple(sorted((0, (day + by.days) % 7) for _, day in self.days)))
        if self.position or len(self.days) > 1 or len(self.month_days) > 1 or len(self.months) > 1:
            return None
        months = (new.month,) if self.months else ()
        if self.days:
            which, _ = self.days[0]
            return replace(moved, months=months, days=((_which(new, last=which < 0), new.weekday()),))
        return replace(moved, months=months, month_days=(new.day,) if self.month_days else ())

    def between(self, start: date, first: date, last: date, most: int = MOST_TIMES) -> list[date]:
        """The days from `first` to `last` on which a series that began on `start` happens, at most so many."""
        if self.until:
            last = min(last, self.until)
        if last < first or last < start:
            return []
        if self.count:
            found: Iterable[date] = (day for day in _counted(self, start) if first <= day <= last)
        else:
            found = takewhile(lambda day: day <= last, self._all(start, max(first, start)))
        skipped = frozenset(self.exceptions)
        return list(islice((day for day in found if day not in skipped), most))

    def next(self, start: date, first: date) -> date | None:
        """The first day from `first` on, None when the series is over."""
        found = self.between(start, first, _LAST, most=1)
        return found[0] if found else None

    def _all(self, start: date, first: date | None = None) -> Iterator[date]:
        """Without end where the rule has none, exceptions included: the beginning counts always."""
        first = start if first is None else first
        if first <= start:
            yield start
        for moment in self._rule(start, first):
            if moment.date() > start and moment.date() >= first:
                yield moment.date()

    def _rule(self, start: date, first: date) -> rrule.rrule:
        """Begun as late as gives the same days from `first` on: years of days are not gone through one by one."""
        days, month_days, months = self.days, self.month_days, self.months
        if self.frequency == "WEEKLY" and not days:
            days = ((0, start.weekday()),)
        if self.frequency == "YEARLY" and not months:
            months = (start.month,)
        if self.frequency in ("MONTHLY", "YEARLY") and not (days or month_days):
            month_days = (start.day,)
        return rrule.rrule(
            getattr(rrule, self.frequency),
            dtstart=datetime.combine(self._skip(start, first), time()),
            interval=self.interval,
            wkst=self.week_start,
            bysetpos=self.position or None,
            bymonth=months or None,
            bymonthday=month_days or None,
            byweekday=[rrule.weekday(day, which or None) for which, day in days] or None,
            until=datetime.combine(self.until, time()) if self.until else None,
        )

    def _skip(self, start: date, first: date) -> date:
        step = self.interval
        if self.frequency == "DAILY":
            return start + timedelta(days=max(0, (first - start).days) // step * step)
        if self.frequency == "WEEKLY":
            week = start - timedelta(days=(start.weekday() - self.week_start) % 7)
            whole = max(0, (first - week).days) // 7 // step * step
            return week + timedelta(weeks=whole) if whole else start
        size = step if self.frequency == "MONTHLY" else step * 12
        months = (first.year - start.year) * 12 + first.month - start.month
        whole = max(0, months) // size * size
        place = start.year * 12 + start.month - 1 + whole
        return date(place // 12, place % 12 + 1 if self.frequency == "MONTHLY" else 1, 1)


@lru_cache(maxsize=2_000)
def _counted(rule: RepeatRule, start: date) -> Sequence[date]:
    """All days of a rule with a count."""
    assert rule.count is not None
    return tuple(islice(rule._all(start), rule.count))


def _which(day: date, *, last: bool) -> int:
    """The how manieth of its month a day is; the fifth is called the last, since not all months have one."""
    number = (day.day - 1) // 7 + 1
    return -1 if number == 5 or (last and (day + timedelta(days=7)).month != day.month) else number
