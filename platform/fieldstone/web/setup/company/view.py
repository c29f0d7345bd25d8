"""The page of the company: single values, logo, rates, hours and holidays, each kept in the draft by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.editing.company import (
    MOST_DAYS,
    PATH,
    days_of,
    with_company,
    with_holidays,
    with_hours,
    with_rates,
)
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.app_definitions import CLOSED, USUAL_HOURS, AppDef, opening_of
from fieldstone.metadata.pictures import MAX_BYTES, read_picture
from fieldstone.metadata.schemas.application import RATE
from fieldstone.web import times
from fieldstone.web.brand import logo_of
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.company.form import CompanyForm, present_values, weekday_words
from fieldstone.web.setup.drafting import draft_model, keep_edit
from fieldstone.web.setup.view import Page, change, form, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.words import explain

HOME = "/setup/company/"
_MOST_HOLIDAYS = 400
_RATE = re.compile(RATE, re.ASCII)


class CompanyView(Page):
    @form()
    def index(self) -> ResponseReturnValue:
        present = present_values(draft_model().app)
        filled = CompanyForm(request.form if request.method == "POST" else None, data=present)
        filled.offer()
        if request.method == "POST" and filled.validate():
            values = filled.values()
            if not filled.errors:
                answer = keep_edit(
                    gettext("Company"), lambda layers: with_company(layers, _changed(values, present)), PATH, HOME,
                    filled.form_errors,
                )  # fmt: skip
                if answer is not None:
                    return answer
        return self._page(form=filled)

    @change("/rates")
    def rates(self) -> ResponseReturnValue:
        """Of each further currency; an empty one is none."""
        rates, problems = _sent_rates(request.form, draft_model().app)
        return self._keep(gettext("Rates"), lambda layers: with_rates(layers, rates), "#rates", problems)

    @change("/hours")
    def hours(self) -> ResponseReturnValue:
        hours = _sent_hours(request.form)
        return self._keep(gettext("Business hours"), lambda layers: with_hours(layers, hours), "#hours", [])

    @change("/holidays")
    def holidays(self) -> ResponseReturnValue:
        """Labels of those there are, some removed, and one more of one or several days."""
        holidays, problems = _sent_holidays(request.form, draft_model().app)
        return self._keep(gettext("Holidays"), lambda layers: with_holidays(layers, holidays), "#holidays", problems)

    @change("/logo")
    def logo(self) -> ResponseReturnValue:
        text, problems = "", []
        if not request.form.get("remove"):
            file = request.files.get("logo")
            try:
                data = file.stream.read(MAX_BYTES + 1) if file else b""
                text = read_picture(data).text if data else ""
            except InvalidInputError as error:
                problems.append(explain(error))
            if not text and not problems:
                problems.append(gettext("Choose a file first."))
        return self._keep(gettext("Logo"), lambda layers: with_company(layers, {"logo": text}), "", problems)

    @show("/logo/<name>")
    def shown_logo(self, name: str) -> ResponseReturnValue:
        """The one of the draft."""
        picture = logo_of(draft_model().app)
        if picture is None or picture.digest != name:
            abort(404)
        return Response(picture.data, mimetype=picture.mime)

    def _keep(self, label: str, edit: Edit, place: str, problems: list[str]) -> ResponseReturnValue:
        """Into the draft, and back to the `place` of the page; the page with the problems when there are some."""
        answer = None if problems else keep_edit(label, edit, PATH, HOME + place, problems)
        return answer or self._page(problems=problems)

    def _page(self, problems: list[str] | None = None, **values: Any) -> str:
        app = draft_model().app
        if "form" not in values:
            values["form"] = CompanyForm(data=present_values(app))
            values["form"].offer()
        order = sorted(app.holidays, key=lambda day: (len(day), day))
        return self.render(
            "setup/company.html", app=app, problems_there=problems or [], picture=logo_of(app),
            rates=[(code, request.form.get(f"rate.{code}", app.rates.get(code, ""))) for code in app.currencies],
            hours=[(day, words, *_clocks(app, day)) for day, words in weekday_words().items()],
            holidays=[(day, _day_words(day), app.holidays[day]) for day in order], most_days=MOST_DAYS, **values,
        )  # fmt: skip


def _day_words(day: str) -> str:
    return times.day_of_year(day, current_language())


def _changed(values: Mapping[str, Any], present: Mapping[str, str]) -> dict[str, Any]:
    """What the form says otherwise than what holds."""
    return {
        name: value
        for name, value in values.items()
        if (", ".join(value) if isinstance(value, list) else str(value)) != present[name]
    }


def _clocks(app: AppDef, day: str) -> tuple[bool, str, str]:
    """Whether it is open, from when and to when; the usual hours where it is closed."""
    text = app.hours.get(day) or USUAL_HOURS[day]
    start, _dash, end = (text if opening_of(text) else USUAL_HOURS["monday"]).partition("-")
    return opening_of(text) is not None, start, "00:00" if end == "24:00" else end


def _sent_rates(sent: Mapping[str, str], app: AppDef) -> tuple[dict[str, str], list[str]]:
    rates, problems = {}, []
    for code in app.currencies:
        text = sent.get(f"rate.{code}", "").strip().replace(",", ".")
        if text and not _RATE.fullmatch(text):
            problems.append(
                gettext("Write the rate of %(currency)s as a number above zero, such as 1.08.", currency=code)
            )
        elif text:
            rates[code] = text
    return rates, problems


def _sent_hours(sent: Mapping[str, str]) -> dict[str, str]:
    hours = {}
    for day in USUAL_HOURS:
        start, end = sent.get(f"from.{day}", "")[:5], sent.get(f"to.{day}", "")[:5]
        hours[day] = f"{start}-{'24:00' if end == '00:00' else end}" if sent.get(f"open.{day}") else CLOSED
    return hours


def _sent_holidays(sent: Mapping[str, str], app: AppDef) -> tuple[dict[str, str], list[str]]:
    gone = set(request.form.getlist("remove"))
    holidays = {
        day: " ".join(sent.get(f"label.{day}", label).split())[:80] or label
        for day, label in app.holidays.items()
        if day not in gone
    }
    label = " ".join(sent.get("label", "").split())[:80]
    if not label and not sent.get("day"):
        return holidays, []
    try:
        first = date.fromisoformat(sent.get("day", ""))
        last = date.fromisoformat(sent.get("until") or sent.get("day", ""))
    except ValueError:
        return holidays, [gettext("Write the day of the holiday.")]
    if not label:
        return holidays, [gettext("Write what the holiday is called.")]
    if not 0 <= (last - first).days < MOST_DAYS:
        return holidays, [gettext("The last day comes after the first, by a month at most.")]
    added = days_of(first, last, yearly=bool(sent.get("yearly")))
    if len(holidays) + len(added) > _MOST_HOLIDAYS:
        return holidays, [gettext("There are too many holidays. Remove those of past years.")]
    twice = next((day for day in added if day in holidays), "")
    if twice:
        words = gettext("%(day)s is a holiday already: %(name)s", day=_day_words(twice), name=holidays[twice])
        return holidays, [words]
    return holidays | dict.fromkeys(added, label), []


def company_view() -> CompanyView:
    return CompanyView(_("Company"), SITE, endpoint="company", menu_icon_value="building")
