"""The page of one record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fieldstone.records import access
from fieldstone.records.query_types import Page, Query, Record
from fieldstone.web.current import current_actor, current_model, current_published, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.favourites import is_starred
from fieldstone.web.forms.conditions import FieldStates
from fieldstone.web.reach import reach_of
from fieldstone.web.recent import remember
from fieldstone.web.record_view import RecordView
from fieldstone.web.related_lists import can_follow, related_lists
from fieldstone.web.rights import Rights, module_or_404, rights_on, rights_on_record
from fieldstone.web.show import Shower
from fieldstone.web.stage_path import days_at_stages, make_path
from fieldstone.web.timeline import Timeline
from fieldstone.web.workflow_buttons import workflow_buttons

page = Blueprint("record", __name__)

_HISTORY = 30
_COMMENTS = 30


@page.get("/m/<module>/<int:record_id>")
def show(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    record = current_records().get(current_actor(), module, record_id)
    remember(module, record_id)
    return render_template("record/record.html", **record_context(described, record))


def record_context(module: DescribedModule, record: Record) -> dict[str, Any]:
    """Everything the template shows."""
    actor, records = current_actor(), current_records()
    shower = Shower(current_model(), actor, record.labels)
    may = rights_on_record(module.name, record.id)
    comments = _comments(module, record)
    history = records.history(actor, module.name, record.id, limit=_HISTORY)
    shower.with_labels(comments.labels)
    shower.with_labels(history[0].labels if history else {})
    view = RecordView(module, record, shower, editable=may.edit)
    related = related_lists(module, record, shower)
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
        "path": make_path(module, record, shower, days_at_stages(module, record, history, datetime.now(UTC))),
        "blocks": view.blocks(shown_fields(module, record)),
        "about": view.about(),
        "related": related,
        "primary_lists": [item for item in related if item.new_url][:2],
        "actions": workflow_buttons(module, record) if may.edit else [],
        "days": Timeline(module, shower).days(history, comments.records),
        "more_history": len(history) == _HISTORY,
        "comment_url": _comment_url(module, record, may),
        "crumb": None,
        "is_starred": is_starred(module.name, record=record.id),
    }


def _several_kinds(module: DescribedModule) -> bool:
    return len(module.module.record_types) > 1 and module.find("record_type") is not None


def shown_fields(module: DescribedModule, record: Record) -> Mapping[str, bool]:
    """Field → whether it is shown, for the fields with a condition."""
    states = FieldStates(
        current_published(), module, current_actor(), record.values, created=False, reach=reach_of(current_actor())
    )
    return {name: states[name].visible for name in states.dependent}


def _comments(module: DescribedModule, record: Record) -> Page:
    relation = module.module.relations.get("comments")
    if relation is None or not rights_on(relation.to).view or not can_follow(relation):
        return Page(records=[])
    fields = ("text", "created_by", "created_at")
    if not all(access.can_read_field(current_published(), current_actor(), relation.to, name) for name in fields):
        return Page(records=[])
    query = Query(fields=fields, sort=("-created_at",), limit=_COMMENTS)
    return current_records().related(current_actor(), module.name, record.id, "comments", query)


def _comment_url(module: DescribedModule, record: Record, may: Rights) -> str:
    relation = module.module.relations.get("comments")
    if relation is None or not rights_on(relation.to).create:
        return ""
    return f"/m/{module.name}/{record.id}/comments"
