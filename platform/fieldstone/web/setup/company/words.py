"""What a plan changes of the application, by the words of its page."""

from __future__ import annotations

from fieldstone.metadata.app_definitions import CLOSED, USUAL_HOURS
from fieldstone.web import times
from fieldstone.web.i18n import LANGUAGES, current_language, gettext
from fieldstone.web.setup.company.form import weekday_words


def company_line(name: str, old: str, new: str) -> tuple[str, str, str]:
    """What, and what it was and is; a day of the hours or of the holidays by the day, a rate by its
    currency."""
    part, _separator, day = name.partition(".")
    if part == "hours":
        usual = USUAL_HOURS.get(day, CLOSED)
        before, after = (_hours(usual if each == "—" else each) for each in (old, new))
        return f"{gettext('Business hours')}: {weekday_words().get(day, day)}", before, after
    if part == "rates":
        return gettext("Rate of %(currency)s", currency=day), old, new
    if part == "holidays":
        return f"{gettext('Holidays')}: {times.day_of_year(day, current_language())}", old, new
    words = {
        "name": gettext("Name of the application"), "logo": gettext("Logo"), "accent": gettext("Accent colour"),
        "currency": gettext("Currency"), "currencies": gettext("Further currencies"),
        "zone": gettext("Time zone of whoever has not chosen one"),
        "language": gettext("Language of whoever has not chosen one"),
        "fiscal_year_start": gettext("First month of the fiscal year"), "week_start": gettext("First day of the week"),
        "groups": gettext("Navigation"),
    }  # fmt: skip
    if part == "week_start":
        old, new = (times.weekday_of(int(each), current_language()) for each in (old, new))
    elif part == "language":
        old, new = LANGUAGES.get(old, old), LANGUAGES.get(new, new)
    return words.get(part, part), old, new


def _hours(text: str) -> str:
    return gettext("closed") if text == CLOSED else text.replace("-", "–")
