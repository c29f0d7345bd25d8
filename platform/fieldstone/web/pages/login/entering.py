"""Logging in with user name and password, and out."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from fieldstone.kernel.errors import NotAuthenticatedError, TooManyRequestsError
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.pages.login.begun import go_on, show_log_in
from fieldstone.web.pages.login.blueprint import page
from fieldstone.web.security import local_path
from fieldstone.web.words import explain


@page.get("/login")
def log_in_page() -> ResponseReturnValue:
    target = local_path(request.args.get("next"), "/")
    if current_user.is_authenticated:
        return redirect(target)
    notices = {"out": _("You are logged out."), "new": _("Your password is changed. Log in with the new one.")}
    notice = next((words for name, words in notices.items() if request.args.get(name)), "")
    return show_log_in(target, notice=notice)


@page.post("/login")
def log_in() -> ResponseReturnValue:
    target = local_path(request.form.get("next"), "/")
    username = request.form.get("username", "")
    try:
        entered = current_site().accounts.log_in(
            username,
            request.form.get("password", ""),
            address=request.remote_addr or "",
            agent=request.user_agent.string,
        )
    except (NotAuthenticatedError, TooManyRequestsError) as error:
        return show_log_in(target, username=username, problem=explain(error)), error.status
    return go_on(entered, target, remember=request.form.get("remember") == "1")


@page.post("/logout")
def log_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        current_site().accounts.log_out(current_user.secret)
    logout_user()
    session.clear()
    return redirect(url_for("login.log_in_page", out=1), 303)
