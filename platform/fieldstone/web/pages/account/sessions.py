"""Ending one's own sessions."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.pages.account.blueprint import page
from fieldstone.web.toasts import toast


@page.post("/account/sessions/end")
def end_session() -> ResponseReturnValue:
    """End one session by its id, or all but this one."""
    only, actor = request.form.get("session", type=whole_number), current_actor()
    user_id, accounts = actor.user_id or 0, current_site().accounts
    if only is None:
        accounts.end_sessions(user_id, keep=current_user.secret, by=actor)
    else:
        accounts.end_sessions(user_id, only=only, by=actor)
    toast(_("Logged out there"))
    return redirect("/account", 303)
