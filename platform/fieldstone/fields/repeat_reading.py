"""Reading rules by which something repeats (RFC 5545)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NO_SUCH_RULE, NOT_A_RULE, REPEATS_TOO_OFTEN, TOO_MANY_REPEATS
from fieldstone.fields.repeat_rule import (
    FREQUENCIES,
    LARGEST_INTERVAL,
    MOST_EXCEPTIONS,
    MOST_TIMES,
    WEEKDAYS,
    RepeatRule,
)
from fieldstone.fields.zones import zone_of

LONGEST = 4_000
_DAY = re.compile(r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_MOMENT = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_PARTS = {
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST",
}  # fmt: skip
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_OFTEN_PARTS = {"BYHOUR", "BYMINUTE", "BYSECOND"}


def read_rule(text: str, zone: str = "UTC") -> RepeatRule:
    """The rule of a text; `zone` says on which day an UNTIL lies that is a moment. Raises FieldValueError
    field.E171 (not well-formed), field.E172 (more often than daily), field.E173 (more than a calendar can show),
    field.E174 (parts that do not go together)."""
    if len(text) > LONGEST:
        raise FieldValueError(TOO_MANY_REPEATS, times=MOST_TIMES, interval=LARGEST_INTERVAL, days=MOST_EXCEPTIONS)
    lines = [line.strip() for line in text.strip().upper().splitlines() if line.strip()]
    rules = [line.removeprefix("RRULE:") for line in lines if not line.startswith("EXDATE")]
    if len(rules) != 1:
        raise FieldValueError(NOT_A_RULE, value=excerpt(text))
    parts = _parts(rules[0])
    frequency = parts["FREQ"]
    days, position = _days(parts.get("BYDAY", "")), _whole(parts, "BYSETPOS", "0")
    if position and len(days) == 1 and not days[0][0] and frequency == "MONTHLY":
        days, position = ((position, days[0][1]),), 0
    if frequency == "DAILY" and days and _whole(parts, "INTERVAL", "1") == 1:
        frequency = "WEEKLY"  # every working day, as some calendars say it
    skipped = {_date(each, zone) for line in lines if line.startswith("EXDATE") for each in _values(line)}
    rule = RepeatRule(
        frequency=frequency,
        interval=_whole(parts, "INTERVAL", "1"),
        days=days,
        month_days=_numbers(parts, "BYMONTHDAY"),
        months=_numbers(parts, "BYMONTH"),
        position=position,
        until=_date(parts["UNTIL"], zone) if "UNTIL" in parts else None,
        count=_whole(parts, "COUNT", "0") if "COUNT" in parts else None,
        week_start=_week_start(parts.get("WKST", "MO")),
        exceptions=tuple(sorted(skipped)),
    )
    _check(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.rstrip(";").split(";")]
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    if parts.get("FREQ") in _TOO_OFTEN or not _OFTEN_PARTS.isdisjoint(parts):
        raise FieldValueError(REPEATS_TOO_OFTEN)
    if len(parts) != len(pairs) or not all(parts.values()) or parts.get("FREQ") not in FREQUENCIES:
        raise FieldValueError(NOT_A_RULE, value=excerpt(text))
    if unknown := sorted(set(parts) - _PARTS):
        raise FieldValueError(NO_SUCH_RULE, part=excerpt(unknown[0]))
    return parts


def _check(rule: RepeatRule) -> None:
    """Parts that go together, and figures that can be worked out."""
    fits = 1 <= rule.interval <= LARGEST_INTERVAL and (rule.count is None or 1 <= rule.count <= MOST_TIMES)
    if not fits or len(rule.exceptions) > MOST_EXCEPTIONS:
        raise FieldValueError(TOO_MANY_REPEATS, times=MOST_TIMES, interval=LARGEST_INTERVAL, days=MOST_EXCEPTIONS)
    monthly = rule.frequency in ("MONTHLY", "YEARLY")
    if rule.count and rule.until:
        raise FieldValueError(NO_SUCH_RULE, part="COUNT, UNTIL")
    if rule.days and (rule.frequency == "DAILY" or rule.month_days or any(which for which, _ in rule.days) > monthly):
        raise FieldValueError(NO_SUCH_RULE, part="BYDAY")
    if rule.frequency == "YEARLY" and rule.days and not (rule.months and all(which for which, _ in rule.days)):
        raise FieldValueError(NO_SUCH_RULE, part="BYDAY")
    if rule.frequency == "MONTHLY" and rule.days and not (rule.position or all(which for which, _ in rule.days)):
        raise FieldValueError(NO_SUCH_RULE, part="BYDAY")
    if any(abs(which) > 5 for which, _ in rule.days) or (
        rule.position and not (rule.frequency == "MONTHLY" and rule.days)
    ):
        raise FieldValueError(NO_SUCH_RULE, part="BYSETPOS" if rule.position else "BYDAY")
    if rule.position and (abs(rule.position) > 5 or any(which for which, _ in rule.days)):
        raise FieldValueError(NO_SUCH_RULE, part="BYSETPOS")
    if rule.month_days and (not monthly or not all(1 <= abs(day) <= 31 for day in rule.month_days)):
        raise FieldValueError(NO_SUCH_RULE, part="BYMONTHDAY")
    if rule.frequency == "YEARLY" and rule.month_days and not _may_come(rule):
        raise FieldValueError(NO_SUCH_RULE, part="BYMONTHDAY")
    if rule.months and (rule.frequency != "YEARLY" or not all(1 <= month <= 12 for month in rule.months)):
        raise FieldValueError(NO_SUCH_RULE, part="BYMONTH")


def _may_come(rule: RepeatRule) -> bool:
    """Whether a month named has such a day, in some year."""
    longest = [29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31 for month in rule.months]
    return any(abs(day) <= days for day in rule.month_days for days in longest)


def _days(text: str) -> tuple[tuple[int, int], ...]:
    found = [_DAY.fullmatch(part.strip()) for part in text.split(",")] if text else []
    if not all(found):
        raise FieldValueError(NOT_A_RULE, value=excerpt(text))
    return tuple(sorted({(int(each[1] or 0), WEEKDAYS.index(each[2])) for each in found if each}))


def _week_start(text: str) -> int:
    if text not in WEEKDAYS:
        raise FieldValueError(NOT_A_RULE, value=excerpt(text))
    return WEEKDAYS.index(text)


def _numbers(parts: dict[str, str], name: str) -> tuple[int, ...]:
    texts = parts[name].split(",") if name in parts else []
    if not all(_WHOLE.fullmatch(text.strip()) for text in texts):
        raise FieldValueError(NOT_A_RULE, value=excerpt(f"{name}={parts[name]}"))
    return tuple(sorted({int(text) for text in texts}))


def _whole(parts: dict[str, str], name: str, default: str) -> int:
    text = parts.get(name, default)
    if not _WHOLE.fullmatch(text):
        raise FieldValueError(NOT_A_RULE, value=excerpt(f"{name}={text}"))
    return int(text)


def _values(line: str) -> list[str]:
    """The days of an EXDATE, whose parameters say nothing that the days do not."""
    return [each.strip() for each in line.partition(":")[2].split(",")]


def _date(text: str, zone: str) -> date:
    found = _MOMENT.fullmatch(text)
    try:
        if found and found[3]:
            moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return moment.astimezone(zone_of(zone)).date()
        if found:
            return datetime.strptime(found[1], "%Y%m%d").date()
    except (ValueError, OverflowError):
        pass
    raise FieldValueError(NOT_A_RULE, value=excerpt(text))
