"""What the application says of the company: single values, rates, business hours, holidays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from fieldstone.changes.site_patch import patch_section, read_effective
from fieldstone.metadata.app_definitions import USUAL_HOURS, AppDef
from fieldstone.metadata.layers import Layer

PATH = "metadata/app.yaml"
SECTION = "app"
MOST_DAYS = 31
"""Of one entry that is several days long."""


def with_company(layers: Sequence[Layer], values: Mapping[str, Any]) -> Layer:
    """The site layer in which single values of the application are what is given. The rates of currencies that are no
    longer in use go, and all of them with the currency they were written in."""
    if not {"currency", "currencies"}.isdisjoint(values):
        rates = (read_effective(layers, PATH).get(SECTION) or {}).get("rates") or {}
        used = () if "currency" in values else values["currencies"]
        kept = {code: rate for code, rate in rates.items() if code in used}
        if kept != rates:
            values = {**values, "rates": kept}
    return patch_section(layers, PATH, SECTION, values, {**vars(AppDef()), "currencies": [], "rates": {}})


def with_rates(layers: Sequence[Layer], rates: Mapping[str, str]) -> Layer:
    """What one unit of each further currency is worth; those that have no rate are left out."""
    return patch_section(layers, PATH, SECTION, {"rates": dict(rates)}, {"rates": {}})


def with_hours(layers: Sequence[Layer], hours: Mapping[str, str]) -> Layer:
    """Weekday → its hours. What is usual is not said, unless a layer below says otherwise."""
    below = read_effective(layers, PATH, without_site=True).get(SECTION) or {}
    said = below.get("hours") or {}
    kept = {day: text for day, text in hours.items() if day in said or USUAL_HOURS[day] != text}
    return patch_section(layers, PATH, SECTION, {"hours": kept}, {"hours": {}})


def with_holidays(layers: Sequence[Layer], holidays: Mapping[str, str]) -> Layer:
    """All of them, in the order of the calendar, those of each year first."""
    order = sorted(holidays, key=lambda day: (len(day), day))
    return patch_section(layers, PATH, SECTION, {"holidays": {day: holidays[day] for day in order}}, {"holidays": {}})


def days_of(first: date, last: date, *, yearly: bool) -> list[str]:
    """The days from the first to the last as documents name them."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [f"{day:%m-%d}" if yearly else day.isoformat() for day in days]
