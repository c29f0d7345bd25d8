"""Changing one's own password."""

from __future__ import annotations

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldstone.kernel.errors import InvalidInputError, TooManyRequestsError
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.pages.account.blueprint import page
from fieldstone.web.session import MUST_CHANGE
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain


@page.get("/account/password")
def password_page() -> ResponseReturnValue:
    return render_template("account/password.html", problem="")


@page.post("/account/password")
def change_password() -> ResponseReturnValue:
    actor, new, problem = current_actor(), request.form.get("new", ""), ""
    if new != request.form.get("again", ""):
        problem = _("The two new passwords differ. Type the new one twice.")
    else:
        try:
            current_site().accounts.change_password(
                actor.user_id or 0, request.form.get("present", ""), new, keep_session=current_user.secret, by=actor
            )
        except (InvalidInputError, TooManyRequestsError) as error:
            problem = explain(error)
    if problem:
        return render_template("account/password.html", problem=problem), 422
    session.pop(MUST_CHANGE, None)
    toast(_("Your password is changed. Other devices are logged out."))
    return redirect("/account", 303)
