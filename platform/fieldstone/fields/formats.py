"""Ways to write dates and numbers that a person may prefer to those of the language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

DATE_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "iso": "{year}-{month:02}-{day:02}",
        "dots": "{day:02}.{month:02}.{year}",
        "slashes": "{day:02}/{month:02}/{year}",
        "month_first": "{month:02}/{day:02}/{year}",
    }
)
"""Name → how it is written: 2026-03-14, 14.03.2026, 14/03/2026, 03/14/2026."""

NUMBER_FORMATS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "comma_point": (",", "."),
        "point_comma": (".", ","),
        "space_comma": ("\u202f", ","),
        "apostrophe_point": ("\u2019", "."),
    }
)
"""Name → the sign between groups of three digits and the one before decimals: 1,234.50 · 1.234,50 · 1 234,50 ·
1’234.50."""


def write_date(day: date, name: str) -> str:
    """A date in one of the formats. Raises KeyError."""
    return DATE_FORMATS[name].format(year=day.year, month=day.month, day=day.day)


def point_of(name: str) -> str:
    """The sign before decimals of a format of numbers; "" is 1,234.50."""
    return NUMBER_FORMATS[name or "comma_point"][1]


def write_number(text: str, name: str) -> str:
    """What was written as 1,234.50, with the signs of a format; "" leaves it so."""
    if name in ("", "comma_point"):
        return text
    group, point = NUMBER_FORMATS[name]
    return text.translate({ord(","): group, ord("."): point})
