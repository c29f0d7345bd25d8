"""Dates as people type them and as they are shown."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import AMBIGUOUS_DATE, NOT_A_DATE
from fieldstone.fields.formats import DATE_FORMATS, write_date

MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FIRST_YEAR = 1000
"""Earlier years are typing mistakes."""

_LONG_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                "november", "december")  # fmt: skip
_NUMBERS = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})", re.ASCII)
_CHINESE = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日?", re.ASCII)
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -](\d{4})", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)


def read_date(raw: str, order: str) -> date:
    """The date a text holds (not blank). `order` says how 10/11/2016 is meant: ymd (refuse), mdy or dmy."""
    text = raw.strip() if raw.isascii() else unicodedata.normalize("NFKC", raw).strip()
    if len(text) == 10 and text[4] == "-" and text[7] == "-":
        try:
            return _bounded(date.fromisoformat(text), raw)
        except ValueError:
            raise _not_a_date(raw) from None
    return _bounded(_read_other(text.lower(), order, raw), raw)


def _read_other(text: str, order: str, raw: str) -> date:
    if len(text) > 40:
        raise _not_a_date(raw)
    if found := _NUMBERS.fullmatch(text):
        first, _, second, third = found.groups()
        if len(first) == 4 and len(third) <= 2:
            return _make(first, second, third, raw)
        if len(first) <= 2 and len(third) == 4:
            if order == "mdy":
                return _make(third, first, second, raw)
            if order == "dmy":
                return _make(third, second, first, raw)
        raise FieldValueError(AMBIGUOUS_DATE, value=excerpt(raw))
    if found := _CHINESE.fullmatch(text) or _BASIC.fullmatch(text):
        return _make(found[1], found[2], found[3], raw)
    if found := _DAY_MONTH.fullmatch(text):
        return _make(found[3], _month(found[2], raw), found[1], raw)
    if found := _MONTH_DAY.fullmatch(text):
        return _make(found[3], _month(found[1], raw), found[2], raw)
    raise _not_a_date(raw)


def _month(name: str, raw: str) -> str:
    for number, full in enumerate(_LONG_MONTHS, 1):
        if name in (full, full[:3]) or (name == "sept" and number == 9):
            return str(number)
    raise _not_a_date(raw)


def _make(year: str, month: str, day: str, raw: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _not_a_date(raw) from None


def _bounded(value: date, raw: str) -> date:
    if value.year < FIRST_YEAR:
        raise _not_a_date(raw)
    return value


def _not_a_date(raw: str) -> FieldValueError:
    return FieldValueError(NOT_A_DATE, value=excerpt(raw))


def show_date(value: date, language: str, form: str = "") -> str:
    """14 Mar 2026 · 2026年3月14日, or in a format of `fields.formats`."""
    if form in DATE_FORMATS:
        return write_date(value, form)
    if language.startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month]} {value.year}"
