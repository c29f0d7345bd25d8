"""A record as it was on a day, to look at."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.as_of.moments import read_moment
from fieldstone.records.codes import NOT_FOUND
from fieldstone.records.query_types import Record
from fieldstone.web import times
from fieldstone.web.current import (
    current_actor,
    current_model,
    current_published,
    current_records,
    current_site,
    use_model,
)
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext as _
from fieldstone.web.record_view import RecordView
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.words import explain

page = Blueprint("past", __name__)

_NOTHING_PUBLISHED = "storage.E010"


@page.get("/m/<module>/<int:record_id>/past")
def show(module: str, record_id: int) -> ResponseReturnValue:
    """`at`: a day, or a moment with its offset; without one, yesterday. Nothing on the page can be changed."""
    present = module_or_404(module)
    actor, records, now = current_actor(), current_records(), current_site().clock()
    yesterday = times.local(now - timedelta(days=1), actor.zone).date().isoformat()
    at = request.args.get("at", "") or yesterday
    record = records.get(actor, module, record_id, deleted=_is_deleted(module, record_id))
    context = {"here": module, "module": present, "record_id": record_id, "problem": "", "blocks": [], "keys": []}
    context |= {"title": _title(present, record), "when": "", "at": at[:10]}
    context["today"] = times.local(now, actor.zone).date().isoformat()
    try:
        moment = read_moment(at, zone=actor.zone, now=now, field="at")
        record = records.get(actor, module, record_id, as_of=moment)
    except FieldstoneError as error:
        return render_template("record/past.html", **context | {"problem": _explain(error)}), error.status
    use_model(records.model_at(moment))
    then = describe(current_published(), module, actor)
    view = RecordView(then, record, Shower(current_model(), actor, record.labels), editable=False)
    context |= {
        "title": view.title,
        "keys": view.keys(),
        "blocks": view.blocks({}),
        "when": times.full_moment(moment, actor.zone, actor.language, actor.date_format),
    }
    return render_template("record/past.html", **context)


def _explain(error: FieldstoneError) -> str:
    """Why there is nothing to show for that time."""
    if error.code == _NOTHING_PUBLISHED:
        return _("The CRM was set up later than that.")
    return _("This record was not there yet.") if error.code == NOT_FOUND else explain(error)


def _title(module: DescribedModule, record: Record) -> str:
    shower = Shower(current_model(), current_actor(), record.labels)
    return RecordView(module, record, shower, editable=False).title


def _is_deleted(module: str, record_id: int) -> bool:
    """Whether it is in the recycle bin now: also then it may be looked at as it was."""
    return bool(current_records().within_reach(current_actor(), module, [record_id], "view", deleted=True))
