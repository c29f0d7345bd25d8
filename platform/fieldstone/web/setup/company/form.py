"""The single values of the company as a form."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from babel.dates import get_month_names
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from fieldstone.fields.currency import CURRENCIES
from fieldstone.metadata.app_definitions import USUAL_HOURS, AppDef
from fieldstone.web import times
from fieldstone.web.i18n import LANGUAGES, current_language, gettext
from fieldstone.web.setup.view import later as _

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_BETWEEN = re.compile(r"[,;，；、\n]+")


class CompanyForm(Form):  # type: ignore[misc]
    name = StringField(_("Name of the application"), [InputRequired(_("Write a name.")), Length(max=80)])
    accent = StringField(
        _("Accent colour"), [Length(max=7)],
        description=_("Of buttons and links, as #rrggbb; the dark theme follows it. Empty: that of the platform."),
        render_kw={"placeholder": "#2f55d4"},
    )  # fmt: skip
    language = SelectField(_("Language of whoever has not chosen one"))
    zone = SelectField(_("Time zone of whoever has not chosen one"))
    week_start = SelectField(_("First day of the week"))
    fiscal_year_start = SelectField(_("First month of the fiscal year"))
    currency = SelectField(
        _("Currency"),
        description=_(
            "Amounts are written in it. Another one changes the sign, not the figures; rates are written anew then."
        ),
    )
    currencies = StringField(
        _("Further currencies"), [Length(max=400)],
        description=_("By code or name, with commas between. They come first where a currency is chosen."),
        render_kw={"placeholder": "EUR, CNY"},
    )  # fmt: skip

    def offer(self) -> None:
        language = current_language()
        self.language.choices = list(LANGUAGES.items())
        self.zone.choices = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.week_start.choices = [(str(day), times.weekday_of(day, language)) for day in range(7)]
        months = get_month_names("wide", context="stand-alone", locale=language)
        self.fiscal_year_start.choices = [(str(number), months[number]) for number in range(1, 13)]
        self.currency.choices = [(code, f"{code} · {name}") for code, name in CURRENCIES.choices(language)]

    def values(self) -> dict[str, Any]:
        """As documents say them; what cannot be read is noted at its field."""
        found: dict[str, Any] = dict(self.data)
        for name in ("week_start", "fiscal_year_start"):
            found[name] = int(found[name])
        found["accent"] = (found["accent"] or "").strip().lower()
        if found["accent"] and not _COLOUR.fullmatch(found["accent"]):
            self.accent.errors = [gettext("Write a colour as #rrggbb, such as #2f55d4.")]
        codes = []
        for text in filter(None, map(str.strip, _BETWEEN.split(found["currencies"] or ""))):
            code = CURRENCIES.find(text)
            if code is None:
                self.currencies.errors = [gettext("There is no currency %(name)s.", name=text[:40])]
            elif code not in codes and code != found["currency"]:
                codes.append(code)
        found["currencies"] = codes
        return found


def present_values(app: AppDef) -> dict[str, str]:
    """As the form shows them."""
    return {
        "name": app.name, "accent": app.accent, "language": app.language, "zone": app.zone,
        "week_start": str(app.week_start), "fiscal_year_start": str(app.fiscal_year_start), "currency": app.currency,
        "currencies": ", ".join(app.currencies),
    }  # fmt: skip


def weekday_words() -> dict[str, str]:
    """monday → Monday, all of them in order."""
    language = current_language()
    return {day: times.weekday_of(number, language) for number, day in enumerate(USUAL_HOURS)}
