"""Links that log in once."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.web.current import current_site
from fieldstone.web.pages.login.begun import go_on, show_log_in
from fieldstone.web.pages.login.blueprint import page
from fieldstone.web.words import explain


@page.get("/login/link/<key>")
def link_page(key: str) -> ResponseReturnValue:
    """A link that logs in once: a button, so that a mail program that looks at the link does not use it up."""
    return render_template("login/link.html", key=key)


@page.post("/login/link/<key>")
def use_link(key: str) -> ResponseReturnValue:
    try:
        entered = current_site().accounts.use_login_link(
            key, address=request.remote_addr or "", agent=request.user_agent.string
        )
    except NotAuthenticatedError as error:
        return show_log_in("/", problem=explain(error)), error.status
    return go_on(entered, "/", remember=False)
