"""A forgotten password: a link by mail, and the page on which another one is chosen."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import InvalidInputError, NotAuthenticatedError, TooManyRequestsError
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.pages.login.begun import show_log_in
from fieldstone.web.pages.login.blueprint import page
from fieldstone.web.words import explain


@page.get("/login/forgotten")
def forgotten_page() -> ResponseReturnValue:
    return _ask()


@page.post("/login/forgotten")
def forgotten() -> ResponseReturnValue:
    """The same words whoever asks, for whomever: nobody learns who is a user here."""
    if not _sends_mail():
        return _ask()
    try:
        current_site().accounts.ask_for_reset(request.form.get("username", ""), address=request.remote_addr or "")
    except TooManyRequestsError as error:
        return _ask(problem=explain(error)), error.status
    return _ask(asked=True)


@page.get("/login/password/<key>")
def password_page(key: str) -> ResponseReturnValue:
    """Looking does not use the link up, since mail programs look too."""
    if current_site().accounts.find_reset_user(key) is None:
        return _too_late()
    return render_template("login/password.html", key=key, problem="")


@page.post("/login/password/<key>")
def choose_password(key: str) -> ResponseReturnValue:
    new, problem = request.form.get("new", ""), ""
    if new != request.form.get("again", ""):
        problem = _("The two new passwords differ. Type the new one twice.")
    else:
        try:
            current_site().accounts.reset_password(key, new, address=request.remote_addr or "")
        except NotAuthenticatedError:
            return _too_late()
        except InvalidInputError as error:
            problem = explain(error)
    if problem:
        return render_template("login/password.html", key=key, problem=problem), 422
    return redirect(url_for("login.log_in_page", new=1), 303)


def _too_late() -> ResponseReturnValue:
    return show_log_in("/", problem=_("This link has been used or is too old. Ask for a new one.")), 401


def _sends_mail() -> bool:
    return bool(current_site().chosen.now()["mail.host"])


def _ask(*, asked: bool = False, problem: str = "") -> str:
    return render_template("login/forgotten.html", asked=asked, problem=problem, sends_mail=_sends_mail())
