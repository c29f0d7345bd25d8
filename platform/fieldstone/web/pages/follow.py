"""Following a record, or no longer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.described import describe
from fieldstone.web.i18n import gettext as _
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path
from fieldstone.web.toasts import toast

page = Blueprint("follow", __name__)


@page.get("/following")
def following() -> ResponseReturnValue:
    """Everything that the person follows."""
    actor, published = current_actor(), current_published()
    found = current_site().activity.follows.all_of(actor)
    items = [(each, describe(published, each.module, actor)) for each in found]
    return render_template("following.html", here="notifications", items=items)


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
    return redirect(local_path(request.form.get("back"), f"/m/{module}/{record_id}"), 303)
