"""Comments on a record, written, answered, changed and deleted from its page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.activity.comments import Comments
from fieldstone.kernel.errors import ValidationError
from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor, current_site
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
    module_or_404(module)
    text, reply_to = request.form.get("text", ""), find_number(request.form.get("reply_to", ""))
    made = 0
    try:
        made = _comments().add(current_actor(), module, record_id, text, reply_to)
    except ValidationError as error:
        toast(word_problems(error.problems), kind="error")
    return go(f"/m/{module}/{record_id}{f'#c{made}' if made else ''}")


@page.get("/m/<module>/<int:record_id>/comments/<int:comment_id>/edit")
def edit(module: str, record_id: int, comment_id: int) -> ResponseReturnValue:
    described, comments = module_or_404(module), _comments()
    comment = comments.own(current_actor(), module, record_id, comment_id)
    kept = comment.values.get(comments.kind_of(current_actor(), module).activity.text)
    return _form(described, record_id, comment, current_site().activity.typed(str(kept or "")))


@page.post("/m/<module>/<int:record_id>/comments/<int:comment_id>/edit")
def change(module: str, record_id: int, comment_id: int) -> ResponseReturnValue:
    described, comments, actor = module_or_404(module), _comments(), current_actor()
    text = request.form.get("text", "")
    try:
        comments.change(actor, module, record_id, comment_id, text, request.form.get("reason", ""))
    except ValidationError as error:
        comment = comments.own(actor, module, record_id, comment_id)
        return _form(described, record_id, comment, text, word_problems(error.problems)), 422
    toast(_("Comment changed"))
    return go(f"/m/{module}/{record_id}#c{comment_id}")


@page.post("/m/<module>/<int:record_id>/comments/<int:comment_id>/delete")
def delete(module: str, record_id: int, comment_id: int) -> ResponseReturnValue:
    module_or_404(module)
    deleted_from = _comments().remove(current_actor(), module, record_id, comment_id)
    toast(_("Comment deleted"), undo_url=f"/m/{deleted_from}/restore", ids=[comment_id])
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


def _comments() -> Comments:
    return current_site().activity.comments


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
