"""An administrator acts as a user: asked with the password, seen on every page, ended by a button."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from fieldstone.kernel.errors import ForbiddenError, InvalidInputError, TooManyRequestsError
from fieldstone.records.accounts.codes import ADMINS_ONLY
from fieldstone.records.accounts.login import LoggedIn
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.session import LoggedInUser
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

page = Blueprint("impersonate", __name__)


@page.get("/impersonate/<int:user_id>")
def ask(user_id: int) -> ResponseReturnValue:
    return _ask(user_id)


@page.post("/impersonate/<int:user_id>")
def start(user_id: int) -> ResponseReturnValue:
    try:
        entered = current_site().accounts.impersonate(
            current_user.secret,
            user_id,
            request.form.get("password", ""),
            by=current_actor(),
            agent=request.user_agent.string,
        )
    except (InvalidInputError, TooManyRequestsError) as error:
        return _ask(user_id, problem=explain(error)), error.status
    return _go_on(entered)


@page.post("/impersonate/stop")
def stop() -> ResponseReturnValue:
    actor = current_actor()
    if actor.impersonator is None:
        return redirect("/", 303)
    answer = _go_on(current_site().accounts.stop_impersonating(current_user.secret, by=actor))
    toast(_("You are yourself again"))
    return answer


def _ask(user_id: int, problem: str = "") -> str:
    actor, accounts = current_actor(), current_site().accounts
    if not actor.is_admin:
        raise ForbiddenError(ADMINS_ONLY)
    account = accounts.get_user(user_id)
    asks_password = accounts.get_user(actor.user_id or 0).has_password
    return render_template("impersonate.html", account=account, asks_password=asks_password, problem=problem)


def _go_on(entered: LoggedIn) -> ResponseReturnValue:
    """The session goes on under its new secret, with nothing of before in the cookie."""
    remembered = session.permanent
    actor = current_site().accounts.find_session_actor(entered.secret)
    session.clear()
    if actor is not None:
        session.permanent = remembered
        login_user(LoggedInUser(entered.secret, actor))
    return redirect("/", 303)
