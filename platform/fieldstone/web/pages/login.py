"""Logging in and out."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from fieldstone.kernel.errors import NotAuthenticatedError, TooManyRequestsError
from fieldstone.records.accounts.login import LoggedIn
from fieldstone.web.current import current_site
from fieldstone.web.i18n import LANGUAGES
from fieldstone.web.i18n import gettext as _
from fieldstone.web.look import change_look
from fieldstone.web.security import local_path
from fieldstone.web.session import MUST_CHANGE, LoggedInUser
from fieldstone.web.words import explain

page = Blueprint("login", __name__)


@page.get("/login")
def log_in_page() -> ResponseReturnValue:
    target = local_path(request.args.get("next"), "/")
    if current_user.is_authenticated:
        return redirect(target)
    notice = _("You are logged out.") if request.args.get("out") else ""
    return _show(target, notice=notice)


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
        problem = explain(error)
        return _show(target, username=username, problem=problem), error.status
    return _enter(entered, target, remember=request.form.get("remember") == "1")


@page.get("/login/link/<key>")
def link_page(key: str) -> ResponseReturnValue:
    """A link that logs in once: a button, so that a mail program that looks at the link does not use it up."""
    return render_template("login_link.html", key=key)


@page.post("/login/link/<key>")
def use_link(key: str) -> ResponseReturnValue:
    try:
        entered = current_site().accounts.use_login_link(
            key, address=request.remote_addr or "", agent=request.user_agent.string
        )
    except NotAuthenticatedError as error:
        return _show("/", problem=explain(error)), error.status
    return _enter(entered, "/account/password" if entered.must_change_password else "/", remember=False)


@page.post("/logout")
def log_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        current_site().accounts.log_out(current_user.secret)
    logout_user()
    session.clear()
    return redirect(url_for("login.log_in_page", out=1), 303)


@page.post("/login/language")
def choose_language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(url_for("login.log_in_page", next=local_path(request.form.get("next"), "/")), 303)


def _enter(entered: LoggedIn, target: str, *, remember: bool) -> ResponseReturnValue:
    accounts = current_site().accounts
    actor = accounts.find_session_actor(entered.secret)
    if actor is None:
        return _show(target)
    session.clear()  # nothing of before is carried into the new session, the CSRF token least of all
    session.permanent = remember
    if entered.must_change_password:
        session[MUST_CHANGE] = True
    login_user(LoggedInUser(entered.secret, actor))
    response = make_response(redirect("/account/password" if entered.must_change_password else target, 303))
    return change_look(response, theme=accounts.get_user(entered.user_id).theme)


def _show(target: str, *, username: str = "", problem: str = "", notice: str = "") -> str:
    return render_template("login.html", next=target, username=username[:200], problem=problem, notice=notice)
