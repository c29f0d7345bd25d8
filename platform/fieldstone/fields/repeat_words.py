"""Rules by which something repeats, in words of English and Chinese."""

from __future__ import annotations

from datetime import date

from fieldstone.fields.formats import DATE_FORMATS, write_date
from fieldstone.fields.repeat_rule import RepeatRule

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_ZH = "一二三四五六日"
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WHICH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_WHICH_ZH = {1: "第一个", 2: "第二个", 3: "第三个", 4: "第四个", 5: "第五个", -1: "最后一个"}
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_UNITS_ZH = {"DAILY": "天", "WEEKLY": "周", "MONTHLY": "个月", "YEARLY": "年"}
_WORKING = tuple((0, day) for day in range(5))


def word_rule(rule: RepeatRule, language: str, date_format: str = "") -> str:
    """Every 2 weeks on Monday and Friday, until 31 Dec 2026 · 每 2 周的周一、周五，直到2026年12月31日."""
    return _chinese(rule, date_format) if language.startswith("zh") else _english(rule, date_format)


def _english(rule: RepeatRule, form: str) -> str:
    unit = _UNITS[rule.frequency]
    text = f"Every {unit}" if rule.interval == 1 else f"Every {rule.interval} {unit}s"
    if rule.frequency == "WEEKLY" and rule.days == _WORKING:
        text = "Every working day" if rule.interval == 1 else f"{text} on working days"
    elif rule.frequency == "WEEKLY" and rule.days:
        text += " on " + _and([_DAYS[day] for _, day in rule.days])
    elif rule.days:
        text += " on " + _of_month(rule)
    elif rule.month_days:
        text += " on " + _and([_month_day(day) for day in rule.month_days])
    if rule.months:
        text += " in " if rule.days or not rule.month_days else " of "
        text += _and([_MONTHS[month - 1] for month in rule.months])
    if rule.until:
        text += f", until {_date(rule.until, 'en', form)}"
    if rule.count:
        text += ", once" if rule.count == 1 else f", {rule.count} times"
    if rule.exceptions:
        days = len(rule.exceptions)
        text += f", except {_date(rule.exceptions[0], 'en', form) if days == 1 else f'{days} days'}"
    return text


def _of_month(rule: RepeatRule) -> str:
    if rule.position:
        which = _WHICH.get(rule.position, f"{rule.position}.")
        days = "working day" if rule.days == _WORKING else _or([_DAYS[day] for _, day in rule.days])
        return f"the {which} {days}"
    return _and([f"the {_WHICH.get(which, f'{which}.')} {_DAYS[day]}" for which, day in rule.days])


def _month_day(day: int) -> str:
    if day < 0:
        return "the last day" if day == -1 else f"the last day but {-day - 1}"
    return f"day {day}"


def _chinese(rule: RepeatRule, form: str) -> str:
    unit = _UNITS_ZH[rule.frequency]
    text = f"每{unit.removeprefix('个')}" if rule.interval == 1 else f"每 {rule.interval} {unit}"
    months = "".join(["的" if rule.interval > 1 else "", "、".join(f"{month}月" for month in rule.months)])
    text += months if rule.months else ""
    if rule.frequency == "WEEKLY" and rule.days == _WORKING:
        text = "每个工作日" if rule.interval == 1 else f"{text}的工作日"
    elif rule.frequency == "WEEKLY" and rule.days:
        text += "的" + "、".join(f"周{_DAYS_ZH[day]}" for _, day in rule.days)
    elif rule.position:
        days = "工作日" if rule.days == _WORKING else "或".join(f"周{_DAYS_ZH[day]}" for _, day in rule.days)
        text += "的" + _WHICH_ZH.get(rule.position, str(rule.position)) + days
    elif rule.days:
        named = (f"{_WHICH_ZH.get(which, str(which))}周{_DAYS_ZH[day]}" for which, day in rule.days)
        text += "的" + "、".join(named)
    elif rule.month_days:
        text += ("的" if rule.interval > 1 and not rule.months else "") + "、".join(
            _month_day_zh(day) for day in rule.month_days
        )
    if rule.until:
        text += f"，直到{_date(rule.until, 'zh', form)}"
    if rule.count:
        text += f"，共 {rule.count} 次"
    if rule.exceptions:
        days_left = len(rule.exceptions)
        text += f"，{_date(rule.exceptions[0], 'zh', form)}除外" if days_left == 1 else f"，{days_left} 天除外"
    return text


def _month_day_zh(day: int) -> str:
    if day < 0:
        return "最后一天" if day == -1 else f"倒数第 {-day} 天"
    return f"{day}日"


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _or(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _date(day: date, language: str, form: str) -> str:
    if form in DATE_FORMATS:
        return write_date(day, form)
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"
