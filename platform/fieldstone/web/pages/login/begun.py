"""What follows once somebody has proved who it is: the session, or the page for the second step."""

from __future__ import annotations

from flask import make_response, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from fieldstone.records.accounts.login import LoggedIn
from fieldstone.web.current import current_site
from fieldstone.web.look import change_look
from fieldstone.web.session import MUST_CHANGE, LoggedInUser

STEP = "login_step"
"""In the signed cookie: the key of the log-in that waits for the second factor, where it leads, and whether the
person wants to be remembered."""


def go_on(entered: LoggedIn, target: str, *, remember: bool) -> ResponseReturnValue:
    """The session begins; or the second factor is asked for, and the session begins after it."""
    if entered.step:
        session.clear()
        session[STEP] = {"key": entered.step, "next": target, "remember": remember}
        return redirect("/login/second", 303)
    return enter(entered, target, remember=remember)


def enter(entered: LoggedIn, target: str, *, remember: bool) -> ResponseReturnValue:
    accounts = current_site().accounts
    actor = accounts.find_session_actor(entered.secret)
    if actor is None:
        return show_log_in(target)
    if current_user.is_authenticated:  # logged in again: the session of before would only be left lying about
        accounts.log_out(current_user.secret)
    session.clear()  # nothing of before is carried into the new session, the CSRF token least of all
    session.permanent = remember
    if entered.must_change_password:
        session[MUST_CHANGE] = True
    login_user(LoggedInUser(entered.secret, actor))
    response = make_response(redirect("/account/password" if entered.must_change_password else target, 303))
    return change_look(response, theme=accounts.get_user(entered.user_id).theme)


def show_log_in(target: str, *, username: str = "", problem: str = "", notice: str = "") -> str:
    return render_template(
        "login/login.html",
        next=target,
        username=username[:200],
        problem=problem,
        notice=notice,
        providers=current_site().log_in_providers,
    )
