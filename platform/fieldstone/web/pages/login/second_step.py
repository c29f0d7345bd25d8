"""The second step of a log-in: a code of the authenticator app, or a recovery code."""

from __future__ import annotations

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import NotAuthenticatedError, TooManyRequestsError
from fieldstone.records.accounts.codes import STEP_OVER
from fieldstone.web.current import current_site
from fieldstone.web.pages.login.begun import STEP, enter, show_log_in
from fieldstone.web.pages.login.blueprint import page
from fieldstone.web.security import local_path
from fieldstone.web.words import explain


@page.get("/login/second")
def second_page() -> ResponseReturnValue:
    return render_template("login/second.html", problem="") if STEP in session else redirect("/login", 303)


@page.post("/login/second")
def second_step() -> ResponseReturnValue:
    step = session.get(STEP, {})
    try:
        entered = current_site().accounts.log_in_with_code(
            step.get("key", ""),
            request.form.get("code", "")[:60],
            address=request.remote_addr or "",
            agent=request.user_agent.string,
        )
    except (NotAuthenticatedError, TooManyRequestsError) as error:
        if error.code == STEP_OVER:
            session.pop(STEP, None)
            return show_log_in("/", problem=explain(error)), error.status
        return render_template("login/second.html", problem=explain(error)), error.status
    return enter(entered, local_path(step["next"], "/"), remember=step["remember"])
