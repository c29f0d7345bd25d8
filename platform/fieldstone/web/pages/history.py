"""The whole history of a record."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.numbers import whole_number
from fieldstone.web.past_merges import gone_into, merges_into
from fieldstone.web.record_view import RecordView
from fieldstone.web.rights import module_or_404, rights_on_record
from fieldstone.web.show import Shower
from fieldstone.web.timeline import Timeline

page = Blueprint("history", __name__)

_LIMIT = 100


@page.get("/m/<module>/<int:record_id>/history")
def show(module: str, record_id: int) -> ResponseReturnValue:
    """Of records in the recycle bin too: where they went, for one."""
    described = module_or_404(module)
    found = current_records().fetch(current_actor(), module, [record_id])
    record = found[0] if found else current_records().get(current_actor(), module, record_id, deleted=True)
    before = request.args.get("before", type=whole_number)
    entries = current_records().history(current_actor(), module, record_id, limit=_LIMIT, before=before)
    shower = Shower(current_model(), current_actor(), record.labels)
    shower.with_labels(entries[0].labels if entries else {})
    may = rights_on_record(module, record_id)
    return render_template(
        "record/history.html",
        here=module,
        module=described,
        record=record,
        up_url=f"/m/{module}/{record_id}" if found else f"/m/{module}",
        title=RecordView(described, record, shower, editable=False).title,
        merges=merges_into(described, record_id) if found and before is None else [],
        gone=None if found else gone_into(described, [record_id]).get(record_id),
        days=Timeline(described, shower, undoable=bool(found) and may.edit).of_history(entries),
        older_url=f"?before={entries[-1].id}" if len(entries) == _LIMIT else "",
    )
