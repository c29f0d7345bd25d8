"""Reminding oneself of a record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.activity.reminder_times import next_monday, tomorrow_morning
from fieldstone.activity.reminders import NOTE_LENGTH
from fieldstone.fields.base import FieldValueError
from fieldstone.fields.zones import to_utc
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.query_types import Record
from fieldstone.web import times
from fieldstone.web.current import current_actor, current_model, current_records, current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.record_view import RecordView
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

page = Blueprint("reminders", __name__)


@page.get("/m/<module>/<int:record_id>/remind")
def ask(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    return _draw(described, current_records().get(current_actor(), module, record_id))


@page.post("/m/<module>/<int:record_id>/remind")
def add(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    record = current_records().get(current_actor(), module, record_id)
    note = request.form.get("note", "").strip()
    try:
        due = _due(request.form.get("when", ""), request.form.get("at", ""))
        current_site().activity.reminders.add(current_actor(), module, record_id, due, note)
    except (FieldValueError, ValueError):
        return _draw(described, record, _("Choose a day and a time.")), 422
    except InvalidInputError as error:
        return _draw(described, record, explain(error)), 422
    actor = current_actor()
    toast(_("You are reminded on %(when)s", when=times.full_moment(due, actor.zone, actor.language, actor.date_format)))
    return go(f"/m/{module}/{record_id}")


@page.post("/reminders/<int:reminder_id>/cancel")
def cancel(reminder_id: int) -> ResponseReturnValue:
    current_site().activity.reminders.cancel(current_actor(), reminder_id)
    toast(_("Reminder deleted"))
    return go(local_path(request.form.get("back"), "/notifications"))


def _due(when: str, at: str) -> datetime:
    """Raises ValueError, FieldValueError for a time that the clocks leap over."""
    now, zone = datetime.now(UTC), current_actor().zone
    if when == "own":
        return to_utc(datetime.fromisoformat(at), zone)
    return {
        "1h": now + timedelta(hours=1),
        "3h": now + timedelta(hours=3),
        "tomorrow": tomorrow_morning(now, zone),
        "monday": next_monday(now, zone),
    }.get(when) or to_utc(datetime.fromisoformat(at), zone)


def _draw(module: DescribedModule, record: Record, problem: str = "") -> str:
    actor = current_actor()
    shower = Shower(current_model(), actor, record.labels)
    now = datetime.now(UTC)

    def said(moment: datetime) -> str:
        return times.full_moment(moment, actor.zone, actor.language, actor.date_format).rpartition(" ")[0]

    choices = [
        ("1h", _("In an hour"), said(now + timedelta(hours=1))),
        ("3h", _("In three hours"), said(now + timedelta(hours=3))),
        ("tomorrow", _("Tomorrow morning"), said(tomorrow_morning(now, actor.zone))),
        ("monday", _("Next Monday"), said(next_monday(now, actor.zone))),
    ]
    waiting = [
        {"id": item.id, "when": said(item.due_at), "note": item.note}
        for item in current_site().activity.reminders.list(actor, module.name, record.id)
    ]
    return render_template(
        "record/remind_dialog.html" if is_htmx() else "record/remind_page.html",
        here=module.name,
        module=module,
        record=record,
        title=_("Remind me"),
        record_title=RecordView(module, record, shower, editable=False).title,
        choices=choices,
        waiting=waiting,
        chosen=request.form.get("when", "tomorrow"),
        at=request.form.get("at", "") or f"{times.local(tomorrow_morning(now, actor.zone), actor.zone):%Y-%m-%dT%H:%M}",
        note=request.form.get("note", ""),
        note_length=NOTE_LENGTH,
        problem=problem,
    )
