"""The person's own account: language, time zone, look, password, sessions."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

from flask import Blueprint, g, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldstone.kernel.errors import InvalidInputError, TooManyRequestsError
from fieldstone.web import times
from fieldstone.web.browsers import name_browser
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import LANGUAGES
from fieldstone.web.i18n import gettext as _
from fieldstone.web.look import change_look
from fieldstone.web.numbers import whole_number
from fieldstone.web.security import local_path
from fieldstone.web.session import MUST_CHANGE
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

page = Blueprint("account", __name__)


@page.get("/account")
def show() -> ResponseReturnValue:
    return _show()


@page.post("/account")
def save() -> ResponseReturnValue:
    actor = current_actor()
    zone = request.form.get("zone", "")
    language = request.form.get("language", "")
    if zone not in available_timezones() or language not in LANGUAGES:
        return _show(problem=_("Choose a language and a time zone from the lists.")), 422
    try:
        current_site().accounts.update_user(
            actor.user_id or 0,
            email=request.form.get("email", "").strip(),
            language=language,
            zone=zone,
            theme=request.form.get("theme", ""),
            by=actor,
        )
    except InvalidInputError as error:
        return _show(problem=explain(error)), 422
    g.actor = replace(actor, language=language, zone=zone)  # the message is in the new language already
    toast(_("Your account is saved"))
    response = make_response(redirect("/account", 303))
    return change_look(
        response,
        theme=request.form.get("theme", ""),
        density=request.form.get("density", ""),
        keys=request.form.get("keys") == "1",
    )


@page.post("/account/look")
def look() -> ResponseReturnValue:
    """One choice from the menu: theme, density or language."""
    actor = current_actor()
    theme, language = request.form.get("theme", ""), request.form.get("language", "")
    if language in LANGUAGES:
        current_site().accounts.update_user(actor.user_id or 0, language=language, by=actor)
    if theme:
        current_site().accounts.update_user(actor.user_id or 0, theme=theme, by=actor)
    response = make_response(redirect(local_path(request.form.get("next"), "/"), 303))
    return change_look(response, theme=theme, density=request.form.get("density", ""))


@page.get("/account/password")
def password_page() -> ResponseReturnValue:
    return render_template("account/password.html", problem="")


@page.post("/account/password")
def change_password() -> ResponseReturnValue:
    new = request.form.get("new", "")
    problem = ""
    if new != request.form.get("again", ""):
        problem = _("The two new passwords differ. Type the new one twice.")
    else:
        try:
            current_site().accounts.change_password(
                current_actor().user_id or 0, request.form.get("present", ""), new, keep_session=current_user.secret
            )
        except (InvalidInputError, TooManyRequestsError) as error:
            problem = explain(error)
    if problem:
        return render_template("account/password.html", problem=problem), 422
    session.pop(MUST_CHANGE, None)
    toast(_("Your password is changed. Other devices are logged out."))
    return redirect("/account", 303)


@page.post("/account/sessions/end")
def end_session() -> ResponseReturnValue:
    """End one session by its id, or all but this one."""
    only = request.form.get("session", type=whole_number)
    user_id = current_actor().user_id or 0
    if only is None:
        current_site().accounts.end_sessions(user_id, keep=current_user.secret)
    else:
        current_site().accounts.end_sessions(user_id, only=only)
    toast(_("Logged out there"))
    return redirect("/account", 303)


def _show(problem: str = "") -> str:
    actor = current_actor()
    accounts = current_site().accounts
    account = accounts.get_user(actor.user_id or 0)
    sessions = [
        {
            "id": item.id,
            "agent": item.agent,
            "browser": name_browser(item.agent) or _("Unknown browser"),
            "address": item.address,
            "seen": times.full_moment(item.seen_at, actor.zone, actor.language),
            "current": item.current,
        }
        for item in accounts.list_sessions(account.id, current_user.secret)
    ]
    return render_template(
        "account/account.html",
        account=account,
        zone=actor.zone,
        zones=sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"),
        sessions=sessions,
        problem=problem,
    )
