"""What the application has told the person: the inbox, and the menu at the bell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.activity.reminder_times import tomorrow_morning
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.notices import by_day, notices
from fieldstone.web.numbers import find_number, whole_number
from fieldstone.web.security import local_path
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast

page = Blueprint("notifications", __name__)

_LIMIT = 50
_LATEST = 8


@page.get("/notifications")
def show() -> ResponseReturnValue:
    actor, shower = current_actor(), Shower(current_model(), current_actor())
    before = request.args.get("before", type=whole_number)
    kinds = kind_labels()
    unread, kind = request.args.get("show") == "unread", request.args.get("kind", "")
    kind = kind if kind in kinds else ""
    told = current_site().workflows.notifications.list(
        actor.user_id or 0, unread=unread, kind=kind, limit=_LIMIT, before=before
    )
    query = {name: value for name, value in (("show", "unread" if unread else ""), ("kind", kind)) if value}
    return render_template(
        "notifications.html",
        here="notifications",
        days=by_day(notices(told, shower), shower),
        unread=unread,
        kind=kind,
        kinds=kinds,
        url=f"/notifications?{urlencode(query)}",
        older_url=f"/notifications?{urlencode({**query, 'before': told[-1].id})}" if len(told) == _LIMIT else "",
    )


@page.get("/notifications/latest")
def latest() -> ResponseReturnValue:
    """For the menu at the bell."""
    told = current_site().workflows.notifications.list(current_actor().user_id or 0, limit=_LATEST)
    found = notices(told, Shower(current_model(), current_actor()))
    return render_template("parts/bell.html", notices=found)


@page.post("/notifications/read")
def mark_read() -> ResponseReturnValue:
    """Those that are named, else all."""
    ids = _ids() or None
    current_site().workflows.notifications.mark_read(current_actor().user_id or 0, ids)
    return redirect(local_path(request.form.get("back"), "/notifications"), 303)


@page.post("/notifications/unread")
def mark_unread() -> ResponseReturnValue:
    current_site().workflows.notifications.mark_unread(current_actor().user_id or 0, _ids())
    return redirect(local_path(request.form.get("back"), "/notifications"), 303)


@page.post("/notifications/<int:notice_id>/snooze")
def snooze(notice_id: int) -> ResponseReturnValue:
    """Remind again in ten minutes, in an hour, or tomorrow morning."""
    actor, now = current_actor(), datetime.now(UTC)
    until = {
        "10m": now + timedelta(minutes=10),
        "1h": now + timedelta(hours=1),
        "tomorrow": tomorrow_morning(now, actor.zone),
    }.get(request.form.get("until", ""))
    if until is None:
        abort(400)
    current_site().activity.reminders.snooze(actor, notice_id, until)
    toast(_("You are reminded again."))
    return redirect(local_path(request.form.get("back"), "/notifications"), 303)


def kind_labels() -> dict[str, str]:
    """Kinds of notices in the order of the filter."""
    return {
        "mention": _("Mentions"),
        "comment": _("Comments"),
        "change": _("Changes"),
        "assigned": _("Given to you"),
        "reminder": _("Reminders"),
        "approval": _("Approvals"),
        "job": _("Jobs"),
        "workflow": _("Workflows"),
    }


def _ids() -> list[int]:
    return [id for text in request.form.getlist("id") if (id := find_number(text)) is not None]
