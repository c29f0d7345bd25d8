"""On which day a week begins, for a person."""

from __future__ import annotations

from babel import Locale

from fieldstone.fields.repeat_rule import WEEKDAYS
from fieldstone.web import times
from fieldstone.web.current import current_actor, current_model, current_site

HABIT = "week_start"
"""Under which name what a person has chosen is kept: 0 (Monday) to 6, nothing for what is usual."""

_PLACES = {"month_first": "en_US", "slashes": "en_GB", "dots": "de_DE"}
"""Where dates are written so."""


def first_weekday() -> int:
    """0 is Monday. What the person has chosen; else what is usual where dates are written as the person's are; else
    what the site says, and where it leaves Monday, what is usual for the language."""
    chosen = chosen_weekday()
    if chosen:
        return int(chosen)
    actor, site = current_actor(), current_model().app.week_start
    if actor.date_format in _PLACES:
        return Locale.parse(_PLACES[actor.date_format]).first_week_day
    return site or Locale.parse(actor.language).first_week_day


def chosen_weekday() -> str:
    """As the account has it, "" where nothing was chosen."""
    user = current_actor().user_id
    found = () if user is None else current_site().accounts.habit(user, HABIT)
    return found[0] if found and found[0] in _NUMBERS else ""


def keep_weekday(user: int, text: str) -> None:
    """Remember a choice; anything but a day forgets it."""
    current_site().accounts.keep_habit(user, HABIT, [text] if text in _NUMBERS else [])


def weekday_choices() -> list[tuple[str, str, str]]:
    """MO, Mon and Monday of all days, in the order of the person's week."""
    language, first = current_actor().language, first_weekday()
    order = [(first + number) % 7 for number in range(7)]
    return [(WEEKDAYS[day], times.weekday_of(day, language)[:3], times.weekday_of(day, language)) for day in order]


_NUMBERS = tuple(map(str, range(7)))
