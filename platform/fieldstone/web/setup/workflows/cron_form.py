"""The times of a schedule as a plain form and in words; a cron expression stays what is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from werkzeug.datastructures import MultiDict

from fieldstone.jobs.cron import check_cron, next_slot
from fieldstone.jobs.errors import ScheduleError
from fieldstone.web.i18n import current_language, gettext

EVERY = ("hour", "day", "week", "month", "cron")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAYS_IN_ZH = "日一二三四五六"


@dataclass(frozen=True, kw_only=True)
class Times:
    """`every` is one of EVERY; `time` HH:MM (for an hour its minutes count), `days` of the week (0 is Sunday), `day` of
    the month; `cron` is what it all says."""

    every: str
    cron: str
    time: str = "08:00"
    days: Sequence[int] = (1,)
    day: int = 1


def read_cron(cron: str) -> Times:
    """The form that says what an expression says; `every` "cron" for one that the form has no words for."""
    parts = cron.split()
    other = Times(every="cron", cron=cron)
    if len(parts) != 5 or not parts[0].isdigit() or parts[3] != "*":
        return other
    minute, hour, day, _month, week = parts
    if hour == day == week == "*":
        return Times(every="hour", cron=cron, time=f"00:{int(minute):02}")
    if not hour.isdigit():
        return other
    time = f"{int(hour):02}:{int(minute):02}"
    if day == week == "*":
        return Times(every="day", cron=cron, time=time)
    days = _days_of(week)
    if day == "*" and days:
        return Times(every="week", cron=cron, time=time, days=days)
    if week == "*" and day.isdigit():
        return Times(every="month", cron=cron, time=time, day=int(day))
    return other


def cron_of(form: MultiDict[str, str]) -> str:
    """The expression that a sent form says; what cannot be read of it falls back to the morning of a Monday or a
    first. `cron.every` is one of EVERY."""
    every = form.get("cron.every", "day")
    if every == "cron":
        return " ".join(form.get("cron.cron", "").split())
    found = _TIME.fullmatch(form.get("cron.time", "").strip())
    hour, minute = (int(found[1]), int(found[2])) if found else (8, 0)
    if every == "hour":
        return f"{minute} * * * *"
    if every == "week":
        days = sorted({int(day) for day in form.getlist("cron.days") if day in "0123456" and day})
        return f"{minute} {hour} * * {','.join(map(str, days)) or '1'}"
    if every == "month":
        day = form.get("cron.day", "1").strip()
        return f"{minute} {hour} {day if day.isdigit() and 1 <= int(day) <= 31 else 1} * *"
    return f"{minute} {hour} * * *"


def word_cron(cron: str) -> str:
    """every Monday at 08:00; the expression itself where there are no words."""
    times = read_cron(cron)
    if times.every == "hour":
        return gettext("every hour, at minute %(minute)s", minute=int(times.time[3:]))
    if times.every == "day":
        return gettext("every day at %(time)s", time=times.time)
    if times.every == "week":
        if tuple(times.days) == (1, 2, 3, 4, 5):
            return gettext("on working days at %(time)s", time=times.time)
        return gettext(
            "every %(days)s at %(time)s", days=_join([day_names()[day] for day in times.days]), time=times.time
        )
    if times.every == "month":
        return gettext("on day %(day)s of every month at %(time)s", day=times.day, time=times.time)
    return gettext("at the times of %(cron)s", cron=cron)


def next_times(cron: str, zone: str, now: datetime, count: int = 5) -> list[datetime]:
    """The next moments; [] for an expression that is none."""
    found: list[datetime] = []
    try:
        check_cron(cron)
        while len(found) < count:
            found.append(next_slot(cron, zone, found[-1] if found else now))
    except (ScheduleError, StopIteration):
        return found
    return found


def day_names() -> Mapping[int, str]:
    """0 is Sunday; in the order of a week that begins on Monday."""
    if current_language() == "zh_CN":
        return {day: f"星期{_DAYS_IN_ZH[day]}" for day in (1, 2, 3, 4, 5, 6, 0)}
    names = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    return {day: names[day] for day in (1, 2, 3, 4, 5, 6, 0)}


def _days_of(week: str) -> tuple[int, ...]:
    days: set[int] = set()
    for part in week.split(","):
        found = re.fullmatch(r"([0-7])(?:-([0-7]))?", part)
        if found is None:
            return ()
        days |= {day % 7 for day in range(int(found[1]), int(found[2] or found[1]) + 1)}
    return tuple(sorted(days))


def _join(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s and %(last)s", first=gettext(", ").join(words[:-1]), last=words[-1])
