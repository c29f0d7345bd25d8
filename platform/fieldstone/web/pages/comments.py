"""Comments on a record, written, answered, changed and deleted from its page."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import ValidationError
from fieldstone.metadata.definitions import ActivityDef, RelationDef
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor, current_records, current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import find_number
from fieldstone.web.persons import HUES, initials
from fieldstone.web.rights import module_or_404
from fieldstone.web.toasts import toast
from fieldstone.web.words import word_problems

page = Blueprint("comments", __name__)


@page.post("/m/<module>/<int:record_id>/comments")
def add(module: str, record_id: int) -> ResponseReturnValue:
    described, relation, activity = _open(module)
    record = current_records().get(current_actor(), module, record_id)
    values = {activity.text: request.form.get("text", ""), relation.field: _about(described, relation, record)}
    reply_to = find_number(request.form.get("reply_to", ""))
    if activity.reply_to and reply_to is not None:
        thread = current_records().comment_thread(current_actor(), module, record_id, reply_to).entries
        if not thread or thread[0].record is None:
            abort(404)
        values[activity.reply_to] = thread[0].record.id  # replies stand one level deep, below the first comment
    made = 0
    try:
        saved = current_records().save(current_actor(), [RecordChange(module=relation.to, values=values)])
        made = saved.records[0].id
    except ValidationError as error:
        toast(word_problems(error.problems), kind="error")
    return go(f"/m/{module}/{record_id}{f'#c{made}' if made else ''}")


@page.get("/m/<module>/<int:record_id>/comments/<int:comment_id>/edit")
def edit(module: str, record_id: int, comment_id: int) -> ResponseReturnValue:
    described, relation, activity = _open(module)
    comment = _own(module, record_id, relation, activity, comment_id)
    text = current_site().activity.typed(str(comment.values.get(activity.text) or ""))
    return _form(described, record_id, comment, text)


@page.post("/m/<module>/<int:record_id>/comments/<int:comment_id>/edit")
def change(module: str, record_id: int, comment_id: int) -> ResponseReturnValue:
    described, relation, activity = _open(module)
    comment = _own(module, record_id, relation, activity, comment_id)
    text, values = request.form.get("text", ""), {activity.text: request.form.get("text", "")}
    if "edit_reason" in described.model.modules[relation.to].fields:
        values["edit_reason"] = request.form.get("reason", "")
    try:
        current_records().save(current_actor(), [RecordChange(module=relation.to, id=comment_id, values=values)])
    except ValidationError as error:
        return _form(described, record_id, comment, text, word_problems(error.problems)), 422
    toast(_("Comment changed"))
    return go(f"/m/{module}/{record_id}#c{comment_id}")


@page.post("/m/<module>/<int:record_id>/comments/<int:comment_id>/delete")
def delete(module: str, record_id: int, comment_id: int) -> ResponseReturnValue:
    _described, relation, activity = _open(module)
    _own(module, record_id, relation, activity, comment_id)
    current_records().delete(current_actor(), relation.to, [comment_id])
    toast(_("Comment deleted"), undo_url=f"/m/{relation.to}/restore", ids=[comment_id])
    return redirect(f"/m/{module}/{record_id}", 303)


@page.get("/m/<module>/<int:record_id>/people")
def people(module: str, record_id: int) -> ResponseReturnValue:
    """Whom one may mention: the people who may see the record."""
    module_or_404(module)
    text = request.args.get("q", "").strip()[:100]
    found = current_site().activity.suggest_people(current_actor(), module, record_id, text)
    options = [
        {"username": each.username, "name": each.label, "hue": HUES[each.id % len(HUES)], "sign": initials(each.label)}
        for each in found
    ]
    return render_template("record/people.html", options=options)


def _open(module: str) -> tuple[DescribedModule, RelationDef, ActivityDef]:
    described = module_or_404(module)
    for relation in described.module.relations.values():
        activity = described.model.modules[relation.to].activity
        if activity is not None and activity.kind == "comment" and relation.field == activity.about:
            return described, relation, activity
    return abort(404)


def _about(module: DescribedModule, relation: RelationDef, record: Record) -> object:
    lookup = module.model.modules[relation.to].fields[relation.field]
    return record.id if len(lookup.to) == 1 and lookup.to != ("*",) else RecordRef(module.name, record.id)


def _own(module: str, record_id: int, relation: RelationDef, activity: ActivityDef, comment_id: int) -> Record:
    """A comment on this record by this person. 404 for every other."""
    thread = current_records().comment_thread(current_actor(), module, record_id, comment_id).entries
    known = [each for entry in thread if entry.record for each in (entry.record, *entry.replies)]
    found = next((each for each in known if each.id == comment_id and each.module == relation.to), None)
    if found is None or found.values.get("created_by") != current_actor().user_id:
        abort(404)
    return found


def _form(module: DescribedModule, record_id: int, comment: Record, text: str, problem: str = "") -> str:
    return render_template(
        "record/comment_form.html" if is_htmx() else "record/comment_page.html",
        here=module.name,
        module=module,
        record_id=record_id,
        comment=comment,
        text=text,
        problem=problem,
    )
