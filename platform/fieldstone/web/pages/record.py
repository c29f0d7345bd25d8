"""The page of one record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import NotFoundError
from fieldstone.records.query_types import Record
from fieldstone.records.tables import MERGED_INTO
from fieldstone.web.activity_view import LIMIT, read_activity
from fieldstone.web.approval_view import record_approvals
from fieldstone.web.came_from import find_list
from fieldstone.web.current import current_actor, current_records, current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.favourites import is_starred
from fieldstone.web.numbers import whole_number
from fieldstone.web.recent import remember
from fieldstone.web.record_clock import record_shower
from fieldstone.web.record_view import RecordView, field_states
from fieldstone.web.related_lists import related_lists
from fieldstone.web.rights import module_or_404, rights_on_record
from fieldstone.web.stage_path import days_at_stages, make_path
from fieldstone.web.workflow_buttons import workflow_buttons

page = Blueprint("record", __name__)

_HISTORY = LIMIT + 1
"""As the activity reads it, with one to tell whether there are more: it is read once for both."""


@page.get("/m/<module>/<int:record_id>")
def show(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    try:
        record = current_records().get(current_actor(), module, record_id)
    except NotFoundError:
        kept = _merged_into(module, record_id)
        if kept is None:
            raise
        return redirect(f"/m/{module}/{kept}")
    remember(module, record_id)
    comment = request.args.get("comment", type=whole_number)
    current_site().workflows.notifications.mark_record_read(current_actor().user_id or 0, module, record_id)
    context = record_context(described, record, comment, tab=request.args.get("tab", ""))
    return render_template("record/record.html", **context)


def _merged_into(module: str, record_id: int) -> int | None:
    """The record that stayed, of one that was merged into it: old addresses lead there. Raises NotFoundError."""
    for entry in current_records().history(current_actor(), module, record_id, limit=1):
        for change in entry.changes:
            if entry.kind == "deleted" and change.field == MERGED_INTO:
                return int(change.new.id)
    return None


def record_context(
    module: DescribedModule, record: Record, comment: int | None = None, *, tab: str = ""
) -> dict[str, Any]:
    """Everything the template shows. `comment`: the one that is looked for; `tab`: the one that is asked for, or a
    field in it."""
    actor = current_actor()
    module = module.shown_for(record.values.get("record_type"), actor.roles)
    shower = record_shower(module, record)
    may = rights_on_record(module.name, record.id)
    view = RecordView(module, record, shower, editable=may.edit)
    blocks = view.blocks(field_states(module, record))
    at_field = next((each.tab for each in blocks if any(cell.name == tab for cell in each.cells)), "")
    tabs = view.tabs(blocks, tab if tab in module.layout.tabs else at_field)
    current = next((each.name for each in tabs if each.current), "")
    first = not tabs or tabs[0].current
    related = related_lists(module, record, shower) if first else []
    return {
        "here": module.name,
        "module": module,
        "record": record,
        "title": view.title,
        "number": record.values.get("record_number"),
        "kind": shower.text(module.field("record_type"), record.values.get("record_type"))
        if _several_kinds(module)
        else "",
        "may": may,
        "keys": view.keys(),
        "path": make_path(module, record, shower, _days(module, record)),
        "tabs": tabs,
        "blocks": [each for each in blocks if not tabs or each.tab == current],
        "about": view.about(),
        "related": related,
        "primary_lists": [item for item in related if item.new_url][:2],
        "actions": workflow_buttons(module, record) if may.edit else [],
        "approvals": record_approvals(module.name, record.id),
        "activity": read_activity(module, record, comment=comment),
        "follows": record.id in current_site().activity.follows.followed(actor, module.name, [record.id]),
        "came_from": find_list(module, record.id),
        "is_starred": is_starred(module.name, record=record.id),
    }


def _several_kinds(module: DescribedModule) -> bool:
    return len(module.module.record_types) > 1 and module.find("record_type") is not None


def _days(module: DescribedModule, record: Record) -> dict[str, int]:
    """Stage → days spent at it."""
    if module.stage is None:
        return {}
    history = current_records().history(current_actor(), module.name, record.id, limit=_HISTORY)
    return days_at_stages(module, record, history, datetime.now(UTC))
