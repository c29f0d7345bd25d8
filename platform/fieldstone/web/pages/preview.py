"""A record beside its list: a quick look, read only."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_records
from fieldstone.web.favourites import is_starred
from fieldstone.web.htmx import is_htmx
from fieldstone.web.record_clock import record_shower
from fieldstone.web.record_view import RecordView, field_states
from fieldstone.web.rights import module_or_404, rights_on_record

page = Blueprint("preview", __name__)


@page.get("/m/<module>/<int:record_id>/preview")
def show(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    record = current_records().get(current_actor(), module, record_id)
    described = described.shown_for(record.values.get("record_type"), current_actor().roles)
    if not is_htmx():
        return redirect(f"/m/{module}/{record_id}")
    view = RecordView(described, record, record_shower(described, record), editable=False)
    return render_template(
        "list/preview.html",
        module=described,
        record=record,
        title=view.title,
        keys=view.keys(),
        blocks=view.blocks(field_states(described, record)),
        may=rights_on_record(module, record_id),
        is_starred=is_starred(module, record=record_id),
    )
