"""One's own API tokens: made, shown once, revoked."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import InvalidInputError, NotFoundError
from fieldstone.records.accounts.tokens import NewToken, TokenInfo
from fieldstone.web import times
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.pages.account.blueprint import page
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain


@page.get("/account/tokens")
def tokens() -> ResponseReturnValue:
    return _show()


@page.post("/account/tokens")
def add_token() -> ResponseReturnValue:
    """The token stands on the answer, once: a redirect would have to carry it."""
    actor, accounts, form = current_actor(), current_site().accounts, request.form
    scopes = [*form.getlist("scope"), *(f"module:{name}" for name in form.get("modules", "").split())]
    try:
        made = accounts.add_token(
            accounts.get_user(actor.user_id or 0).username,
            label=form.get("label", ""),
            scopes=scopes,
            expires=form.get("expires", ""),
            by=actor,
        )
    except InvalidInputError as error:
        return _show(problem=explain(error)), 422
    return _show(made=made)


@page.post("/account/tokens/revoke")
def revoke_token() -> ResponseReturnValue:
    actor = current_actor()
    token_id = request.form.get("token", type=whole_number)
    try:
        current_site().accounts.revoke_token(token_id or 0, actor.user_id, by=actor)
    except NotFoundError as error:
        return _show(problem=explain(error)), 404
    toast(_("The token is revoked"))
    return redirect("/account/tokens", 303)


def _show(*, made: NewToken | None = None, problem: str = "") -> str:
    actor = current_actor()
    rows = [_row(item) for item in current_site().accounts.list_tokens(actor.user_id)]
    expires = [("30d", _("30 days")), ("90d", _("90 days")), ("52w", _("A year")), ("never", _("Until revoked"))]
    return render_template(
        "account/tokens.html",
        rows=rows,
        made=made,
        problem=problem,
        expires=expires,
        may_make=current_site().accounts.may_make_tokens(actor),
    )


def _row(item: TokenInfo) -> dict[str, object]:
    actor = current_actor()
    is_over = item.expires_at is not None and item.expires_at <= current_site().clock()

    def words(moment: object) -> str:
        assert moment
        return times.full_moment(moment, actor.zone, actor.language, actor.date_format)  # type: ignore[arg-type]

    return {
        "id": item.id,
        "label": item.label,
        "scopes": ", ".join(item.scopes) or _("Everything you may do"),
        "expires": words(item.expires_at) if item.expires_at else _("Never"),
        "is_over": is_over,
        "used": words(item.used_at) if item.used_at else _("Not yet"),
    }
