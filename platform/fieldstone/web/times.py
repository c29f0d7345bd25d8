"""Dates and times as the pages word them, in the person's zone (the interface's table "Writing")."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from fieldstone.fields.formats import DATE_FORMATS, write_date
from fieldstone.web.i18n import gettext

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_ZH = "一二三四五六日"


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(zone_of(zone))


def now_in(zone: str) -> datetime:
    return datetime.now(UTC).astimezone(zone_of(zone))


def today_in(zone: str) -> date:
    return now_in(zone).date()


def short_date(day: date, today: date, language: str, form: str = "") -> str:
    """In a table: 14 Mar or 03-14, with the year when it is another one; or in the person's format."""
    if form in DATE_FORMATS:
        return write_date(day, form)
    if language == "zh_CN":
        return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"


def full_date(day: date, language: str, form: str = "") -> str:
    """On a record: 14 Mar 2026 or 2026年3月14日, or in the person's format."""
    if form in DATE_FORMATS:
        return write_date(day, form)
    if language == "zh_CN":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def clock(moment: datetime, zone: str) -> str:
    return f"{local(moment, zone):%H:%M}"


def full_moment(moment: datetime, zone: str, language: str, form: str = "") -> str:
    """14 Mar 2026, 14:05 with the zone, for a title."""
    there = local(moment, zone)
    return f"{full_date(there.date(), language, form)} {there:%H:%M} {there.tzname()}"


def short_moment(moment: datetime, zone: str, today: date, language: str, form: str = "") -> str:
    """In a table: the time when it is today, else the date."""
    there = local(moment, zone)
    return f"{there:%H:%M}" if there.date() == today else short_date(there.date(), today, language, form)


def day_of_year(day: str, language: str) -> str:
    """1 October 2026 of `2026-10-01`, 1 October of `10-01`; anything else as it is."""
    try:
        found = date.fromisoformat(day if len(day) > 5 else f"2000-{day}")
    except ValueError:
        return day
    year = found.year if len(day) > 5 else None
    if language == "zh_CN":
        return f"{f'{year}年' if year else ''}{found.month}月{found.day}日"
    return f"{found.day} {_LONG_MONTHS[found.month - 1]}{f' {year}' if year else ''}"


def day_heading(day: date, today: date, language: str) -> str:
    """Above the events of a day: Today, Yesterday, Wednesday 11 March."""
    if day == today:
        return gettext("Today")
    if (today - day).days == 1:
        return gettext("Yesterday")
    if language == "zh_CN":
        text = f"{day.month}月{day.day}日 星期{_DAYS_ZH[day.weekday()]}"
        return text if day.year == today.year else f"{day.year}年{text}"
    text = f"{_DAYS[day.weekday()]} {day.day} {_LONG_MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"


def day_heading_with_date(day: date, language: str) -> str:
    """Wednesday 11 March 2026, for the head of a page."""
    if language == "zh_CN":
        return f"{day.year}年{day.month}月{day.day}日 星期{_DAYS_ZH[day.weekday()]}"
    return f"{_DAYS[day.weekday()]} {day.day} {_LONG_MONTHS[day.month - 1]} {day.year}"


def month_title(day: date, language: str) -> str:
    """March 2026 or 2026年3月."""
    return f"{day.year}年{day.month}月" if language == "zh_CN" else f"{_LONG_MONTHS[day.month - 1]} {day.year}"


def days_title(first: date, last: date, language: str) -> str:
    """9–15 March 2026, 30 March – 5 April 2026; 2026年3月9日–15日."""
    if language == "zh_CN":
        end = f"{last.day}日" if last.month == first.month else f"{last.month}月{last.day}日"
        return f"{first.year}年{first.month}月{first.day}日–{end}"
    end = f"{last.day} {_LONG_MONTHS[last.month - 1]} {last.year}"
    if first.year != last.year:
        return f"{first.day} {_LONG_MONTHS[first.month - 1]} {first.year} – {end}"
    if first.month != last.month:
        return f"{first.day} {_LONG_MONTHS[first.month - 1]} – {end}"
    return f"{first.day}–{end}"


def weekday(day: date, language: str) -> str:
    """Mon or 周一, above a column of days."""
    return f"周{_DAYS_ZH[day.weekday()]}" if language == "zh_CN" else _DAYS[day.weekday()][:3]


def weekday_of(number: int, language: str) -> str:
    """Monday or 周一, of a day of the week (0 is Monday)."""
    return f"周{_DAYS_ZH[number]}" if language == "zh_CN" else _DAYS[number]
