"""One's own second factor: set up, confirmed, with recovery codes, switched off."""

from __future__ import annotations

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldstone.kernel.errors import ConflictError, FieldstoneError, InvalidInputError, TooManyRequestsError
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.pages.account.blueprint import page
from fieldstone.web.qr_code import draw_qr_code
from fieldstone.web.session import HAS_SECOND_FACTOR
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

_REFUSED = (InvalidInputError, TooManyRequestsError, ConflictError)


@page.get("/account/second-factor")
def second_factor() -> ResponseReturnValue:
    return _show()


@page.post("/account/second-factor/begin")
def begin_second_factor() -> ResponseReturnValue:
    actor = current_actor()
    try:
        current_site().accounts.begin_second_factor(
            actor.user_id or 0, _password(), session=current_user.secret, site_name=_site_name(), by=actor
        )
    except _REFUSED as error:
        return _show(problem=error), 422
    return redirect("/account/second-factor/set-up", 303)


@page.get("/account/second-factor/set-up")
def second_factor_set_up() -> ResponseReturnValue:
    return _show_set_up()


@page.post("/account/second-factor/confirm")
def confirm_second_factor() -> ResponseReturnValue:
    actor = current_actor()
    try:
        codes = current_site().accounts.confirm_second_factor(
            actor.user_id or 0, request.form.get("code", "")[:20], keep_session=current_user.secret, by=actor
        )
    except InvalidInputError as error:
        return _show_set_up(problem=error)
    return render_template("account/recovery_codes.html", codes=codes)


@page.post("/account/second-factor/codes")
def new_recovery_codes() -> ResponseReturnValue:
    actor = current_actor()
    try:
        codes = current_site().accounts.new_recovery_codes(
            actor.user_id or 0, _password(), session=current_user.secret, by=actor
        )
    except _REFUSED as error:
        return _show(problem=error), 422
    return render_template("account/recovery_codes.html", codes=codes)


@page.post("/account/second-factor/off")
def remove_second_factor() -> ResponseReturnValue:
    actor = current_actor()
    try:
        current_site().accounts.remove_second_factor(
            actor.user_id or 0, _password(), session=current_user.secret, by=actor
        )
    except _REFUSED as error:
        return _show(problem=error), 422
    session.pop(HAS_SECOND_FACTOR, None)
    toast(_("The second factor is off"))
    return redirect("/account/second-factor", 303)


def _show(problem: FieldstoneError | None = None) -> str:
    accounts, user_id = current_site().accounts, current_actor().user_id or 0
    return render_template(
        "account/second_factor.html",
        is_on=accounts.has_second_factor(user_id),
        codes_left=accounts.count_recovery_codes(user_id),
        required=current_site().settings["require_second_factor"],
        asks_password=accounts.get_user(user_id).has_password,
        problem=explain(problem) if problem else "",
    )


def _show_set_up(problem: FieldstoneError | None = None) -> ResponseReturnValue:
    actor = current_actor()
    set_up = current_site().accounts.find_second_factor_set_up(actor.user_id or 0, _site_name(), by=actor)
    if set_up is None:
        return redirect("/account/second-factor", 303)
    secret = " ".join(set_up.secret[place : place + 4] for place in range(0, len(set_up.secret), 4))
    shown = render_template(
        "account/second_factor_set_up.html",
        secret=secret,
        picture=draw_qr_code(set_up.uri),
        problem=explain(problem) if problem else "",
    )
    return shown, 422 if problem else 200


def _password() -> str:
    return request.form.get("password", "")


def _site_name() -> str:
    return current_model().app.name
