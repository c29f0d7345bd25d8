"""What the application has told the person."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.notices import notices
from fieldstone.web.numbers import whole_number
from fieldstone.web.show import Shower

page = Blueprint("notifications", __name__)

_LIMIT = 50


@page.get("/notifications")
def show() -> ResponseReturnValue:
    actor = current_actor()
    before = request.args.get("before", type=whole_number)
    told = current_site().workflows.notifications.list(actor.user_id or 0, limit=_LIMIT, before=before)
    return render_template(
        "notifications.html",
        here="notifications",
        notices=notices(told, Shower(current_model(), actor)),
        older_url=f"?before={told[-1].id}" if len(told) == _LIMIT else "",
    )


@page.post("/notifications/read")
def mark_read() -> ResponseReturnValue:
    current_site().workflows.notifications.mark_read(current_actor().user_id or 0)
    return redirect("/notifications", 303)
