"""Following a record, or no longer."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.rights import module_or_404
from fieldstone.web.toasts import toast

page = Blueprint("follow", __name__)


@page.post("/m/<module>/<int:record_id>/follow")
def follow(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    follows = request.form.get("follow") == "1"
    current_site().activity.follows.follow(current_actor(), module, record_id, follows=follows)
    if follows:
        toast(
            _(
                "You are told about comments on this %(module)s, and when its stage or owner changes.",
                module=described.noun,
            )
        )
    else:
        toast(_("You no longer follow this %(module)s.", module=described.noun))
    return redirect(f"/m/{module}/{record_id}", 303)
