"""A comment on a record, written from its page."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import ValidationError
from fieldstone.records.changes import RecordChange
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.rights import module_or_404
from fieldstone.web.toasts import toast
from fieldstone.web.words import word_problems

page = Blueprint("comments", __name__)


@page.post("/m/<module>/<int:record_id>/comments")
def add(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    relation = described.module.relations.get("comments")
    if relation is None:
        abort(404)
    record = current_records().get(current_actor(), module, record_id)
    values = {"text": request.form.get("text", ""), relation.field: RecordRef(module, record.id)}
    try:
        current_records().save(current_actor(), [RecordChange(module=relation.to, values=values)])
    except ValidationError as error:
        toast(word_problems(error.problems), kind="error")
    return redirect(f"/m/{module}/{record_id}", 303)
