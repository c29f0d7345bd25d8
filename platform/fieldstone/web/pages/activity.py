"""The activity of a record by itself: more of it, or filtered."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.records.activity_types import KINDS
from fieldstone.web.activity_view import read_activity
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.htmx import is_htmx
from fieldstone.web.record_view import RecordView
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower

page = Blueprint("activity", __name__)


@page.get("/m/<module>/<int:record_id>/activity")
def show(module: str, record_id: int) -> ResponseReturnValue:
    """By htmx the stream, or its next part where there is a cursor; else a page of its own."""
    described = module_or_404(module)
    record = current_records().get(current_actor(), module, record_id)
    kind, cursor = request.args.get("show", ""), request.args.get("cursor", "")
    activity = read_activity(
        described, record, show=kind if kind in KINDS else "", cursor=cursor, after=_day(request.args.get("after", ""))
    )
    if is_htmx():
        template = "record/activity_part.html" if cursor else "record/activity.html"
        return render_template(template, module=described, record=record, activity=activity)
    shower = Shower(current_model(), current_actor(), record.labels)
    title = RecordView(described, record, shower, editable=False).title
    return render_template(
        "record/activity_page.html", here=module, module=described, record=record, activity=activity, title=title
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
