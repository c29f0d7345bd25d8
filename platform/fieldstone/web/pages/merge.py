"""Merging two or three records: chosen, compared side by side, merged, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import (
    ConflictError,
    FieldstoneError,
    InvalidInputError,
    NotFoundError,
    StaleRecordError,
    ValidationError,
)
from fieldstone.records import access
from fieldstone.records.codes import NOT_FOUND
from fieldstone.records.merge.order import MergeOrder
from fieldstone.records.merge.run import MOST_OTHERS, TOOL
from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor, current_model, current_published, current_records
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext as _
from fieldstone.web.i18n import ngettext
from fieldstone.web.merge_view import merge_view
from fieldstone.web.numbers import find_number, grouped
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain, word_error, word_problems

page = Blueprint("merge", __name__)

_FOUND = 12


@page.get("/m/<module>/merge")
def ask(module: str) -> ResponseReturnValue:
    """The records side by side; with one, a search for the others."""
    described = _open(module)
    ids = _ids(request.args.getlist("id"))
    if len(ids) > MOST_OTHERS + 1 or not ids:
        toast(_("Choose two or three records to merge."), kind="error")
        return redirect(local_path(request.args.get("back"), f"/m/{module}"), 303)
    records = current_records().fetch(current_actor(), module, ids)
    if len(records) < len(ids):
        raise NotFoundError(NOT_FOUND)
    for right in ("edit", "delete"):
        if len(current_records().within_reach(current_actor(), module, ids, right)) < len(ids):
            toast(_("You may only merge records that you may edit and delete."), kind="error")
            return redirect(local_path(request.args.get("back"), f"/m/{module}"), 303)
    if len(records) == 1:
        return _choose(described, records[0])
    return _compare(described, records)


@page.post("/m/<module>/merge")
def merge(module: str) -> ResponseReturnValue:
    described = _open(module)
    ids, keep = _ids(request.form.getlist("id")), find_number(request.form.get("keep", ""))
    choices = _numbers("f.")
    versions = {id: version for text, version in _numbers("version.").items() if (id := find_number(text)) is not None}
    order = MergeOrder(
        module=module,
        keep=keep or 0,
        others=[id for id in ids if id != keep],
        choices=choices,
        versions=versions,
    )
    try:
        merged = current_records().merge(current_actor(), order)
    except (ValidationError, InvalidInputError, ConflictError) as error:
        return _refused(described, ids, keep, choices, error)
    words = ngettext(
        "%(num)s %(noun)s merged into this one",
        "%(num)s %(nouns)s merged into this one",
        len(merged.others),
        noun=described.noun,
        nouns=described.nouns,
    )
    toast(words, undo_url=f"/merges/{merged.id}/undo")
    return redirect(f"/m/{module}/{merged.keep}", 303)


@page.post("/merges/<int:merge_id>/undo")
def undo(merge_id: int) -> ResponseReturnValue:
    try:
        undone = current_records().undo_merge(current_actor(), merge_id)
    except ValidationError as error:
        toast(word_problems(error.problems), kind="error")
    except (ConflictError, InvalidInputError) as error:
        toast(explain(error), kind="error")
    else:
        toast(_("The merge is undone"))
        return redirect(f"/m/{undone.module}/{undone.keep}", 303)
    return redirect(local_path(request.form.get("back"), "/"), 303)


def _open(module: str) -> DescribedModule:
    described = module_or_404(module)
    for right in ("edit", "delete"):
        access.require(current_published(), current_actor(), module, right)
    access.require_tool(current_published(), current_actor(), TOOL)
    return describe(current_published(), described.name, current_actor())


def _compare(
    module: DescribedModule,
    records: Sequence[Record],
    keep: int | None = None,
    choices: Mapping[str, int] | None = None,
    problem: str = "",
) -> str:
    return render_template(
        "merge/compare.html",
        here=module.name,
        module=module,
        view=merge_view(module, records, keep=keep, choices=choices or {}),
        title=_("Merge %(count)s %(nouns)s", count=grouped(len(records)), nouns=module.nouns),
        back=local_path(request.values.get("back"), f"/m/{module.name}"),
        problem=problem,
    )


def _refused(
    module: DescribedModule, ids: Sequence[int], keep: int | None, choices: Mapping[str, int], error: FieldstoneError
) -> ResponseReturnValue:
    """The page again with what was chosen; when somebody changed a record meanwhile, with what is there now."""
    records = current_records().fetch(current_actor(), module.name, ids)
    if len(records) < 2:
        raise error
    if isinstance(error, StaleRecordError):
        problem = _("Somebody changed one of the records while you were choosing. Look at what is there now.")
        return _compare(module, records, keep, choices, problem), 409
    problem = (
        word_problems(error.problems, module)
        if isinstance(error, ValidationError)
        else explain(error) or word_error(error)
    )
    return _compare(module, records, keep, choices, problem), error.status


def _choose(module: DescribedModule, record: Record) -> str:
    """A search for what the record is to be merged with, begun with its own name."""
    shower = Shower(current_model(), current_actor(), record.labels)
    name = shower.text(module.name_field, record.values.get(module.module.name_field))
    text = request.args.get("q", name).strip()[:200]
    found = current_records().suggest(current_actor(), module.name, text, limit=_FOUND)
    return render_template(
        "merge/choose.html",
        here=module.name,
        module=module,
        record=record,
        name=name or f"#{record.id}",
        text=text,
        found=[each for each in found if each.id != record.id],
        title=_("Merge “%(name)s” with another %(noun)s", name=name or f"#{record.id}", noun=module.noun),
        back=f"/m/{module.name}/{record.id}",
    )


def _ids(texts: Sequence[str]) -> list[int]:
    return list(dict.fromkeys(id for text in texts if (id := find_number(text)) is not None))


def _numbers(prefix: str) -> dict[str, int]:
    """What stands behind the prefix in the names of the form → the number sent."""
    sent = ((name.removeprefix(prefix), text) for name, text in request.form.items() if name.startswith(prefix))
    return {name: number for name, text in sent if (number := find_number(text)) is not None}
