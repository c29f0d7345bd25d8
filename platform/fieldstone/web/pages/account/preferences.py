"""The account's first page: language, time zone, how dates and numbers are written, look, and where one is
logged in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import available_timezones

from flask import g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldstone.fields.formats import DATE_FORMATS, NUMBER_FORMATS, write_date, write_number
from fieldstone.kernel.errors import InvalidInputError, TooManyRequestsError
from fieldstone.records.accounts.users import is_email
from fieldstone.web import times
from fieldstone.web.browsers import name_browser
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import LANGUAGES
from fieldstone.web.i18n import gettext as _
from fieldstone.web.look import change_look
from fieldstone.web.pages.account.blueprint import page
from fieldstone.web.security import local_path
from fieldstone.web.toasts import toast
from fieldstone.web.weeks import chosen_weekday, keep_weekday
from fieldstone.web.words import explain

_A_DAY = date(2026, 12, 31)


@page.get("/account")
def show() -> ResponseReturnValue:
    return _show()


@page.post("/account")
def save() -> ResponseReturnValue:
    actor, form = current_actor(), request.form
    zone, language = form.get("zone", ""), form.get("language", "")
    date_format, number_format = form.get("date_format", ""), form.get("number_format", "")
    if zone not in available_timezones() or language not in LANGUAGES:
        return _show(problem=_("Choose a language and a time zone from the lists.")), 422
    accounts, user_id, email = current_site().accounts, actor.user_id or 0, form.get("email", "").strip()
    try:
        if not is_email(accounts.get_user(user_id), email):
            accounts.change_email(user_id, email, form.get("password", ""), session=current_user.secret, by=actor)
        accounts.update_user(
            user_id,
            language=language,
            zone=zone,
            date_format=date_format,
            number_format=number_format,
            theme=form.get("theme", ""),
            by=actor,
        )
    except (InvalidInputError, TooManyRequestsError) as error:
        return _show(problem=explain(error)), 422 if isinstance(error, InvalidInputError) else error.status
    keep_weekday(user_id, form.get("week_start", ""))
    g.actor = replace(actor, language=language, zone=zone)  # the message is in the new language already
    toast(_("Your account is saved"))
    response = make_response(redirect("/account", 303))
    return change_look(
        response, theme=form.get("theme", ""), density=form.get("density", ""), keys=form.get("keys") == "1"
    )


@page.post("/account/look")
def look() -> ResponseReturnValue:
    """One choice from the menu: theme, density or language. A script that asks has drawn it already."""
    actor = current_actor()
    theme, language = request.form.get("theme", ""), request.form.get("language", "")
    if language in LANGUAGES:
        current_site().accounts.update_user(actor.user_id or 0, language=language, by=actor)
    if theme:
        current_site().accounts.update_user(actor.user_id or 0, theme=theme, by=actor)
    if request.headers.get("X-Requested-With") == "fetch":
        response = make_response("", 204)
    else:
        response = make_response(redirect(local_path(request.form.get("next"), "/"), 303))
    return change_look(response, theme=theme, density=request.form.get("density", ""))


def _show(problem: str = "") -> str:
    actor = current_actor()
    accounts = current_site().accounts
    account = accounts.get_user(actor.user_id or 0)
    # An administrator who acts as the user sees the user's sessions, none of which is the one that asks.
    sessions = [
        {
            "id": item.id,
            "agent": item.agent,
            "browser": name_browser(item.agent) or _("Unknown browser"),
            "address": item.address,
            "seen": times.full_moment(item.seen_at, actor.zone, actor.language, actor.date_format),
            "current": item.current,
        }
        for item in accounts.list_sessions(account.id, current_user.secret)
    ]
    return render_template(
        "account/account.html",
        account=account,
        zone=actor.zone,
        zones=sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"),
        date_formats=[(name, write_date(_A_DAY, name)) for name in DATE_FORMATS],
        number_formats=[(name, write_number("12,345.60", name)) for name in NUMBER_FORMATS],
        weekdays=[(str(number), times.weekday_of(number, actor.language)) for number in range(7)],
        week_start=chosen_weekday(),
        has_second_factor=accounts.has_second_factor(account.id),
        sessions=sessions,
        problem=problem,
    )
