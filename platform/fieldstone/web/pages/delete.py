"""Moving records to the recycle bin, and taking them out again."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import ConflictError, ValidationError
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import ngettext
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import find_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path
from fieldstone.web.toasts import toast
from fieldstone.web.words import word_error, word_problems

page = Blueprint("delete", __name__)


@page.get("/m/<module>/delete")
def ask(module: str) -> ResponseReturnValue:
    """Says what will happen; in a dialog, or as a page of its own."""
    described = module_or_404(module, "delete")
    ids = _ids(request.args.getlist("id"))
    back = local_path(request.args.get("back"), f"/m/{module}")
    if not ids:
        return redirect(back)
    name = find_labels([(module, ids[0])]).get((module, ids[0]), "") if len(ids) == 1 else ""
    template = "delete/dialog.html" if is_htmx() else "delete/page.html"
    return render_template(
        template, here=module, module=described, ids=ids, name=name, back=back, title=_title(described, ids)
    )


@page.post("/m/<module>/delete")
def delete(module: str) -> ResponseReturnValue:
    described = module_or_404(module, "delete")
    ids = _ids(request.form.getlist("id"))
    back = local_path(request.form.get("back"), f"/m/{module}")
    if not ids:
        return go(back)
    try:
        current_records().delete(current_actor(), module, ids)
    except ValidationError as error:
        toast(word_problems(error.problems, described), kind="error")
    except ConflictError as error:
        toast(word_error(error), kind="error")
    else:
        words = ngettext(
            "%(num)s %(noun)s moved to the recycle bin",
            "%(num)s %(nouns)s moved to the recycle bin",
            len(ids),
            noun=described.noun,
            nouns=described.nouns,
        )
        toast(words, undo_url=f"/m/{module}/restore", ids=ids)
    return go(back)


@page.post("/m/<module>/restore")
def restore(module: str) -> ResponseReturnValue:
    described = module_or_404(module, "delete")
    ids = _ids(request.form.getlist("id"))
    if not ids:
        abort(400)
    try:
        current_records().restore(current_actor(), module, ids)
    except ValidationError as error:
        toast(word_problems(error.problems, described), kind="error")
    else:
        words = ngettext(
            "%(num)s %(noun)s restored",
            "%(num)s %(nouns)s restored",
            len(ids),
            noun=described.noun,
            nouns=described.nouns,
        )
        toast(words)
    where = f"/m/{module}/{ids[0]}" if len(ids) == 1 else f"/m/{module}"
    return redirect(local_path(request.form.get("back"), where), 303)


def _ids(texts: Sequence[str]) -> list[int]:
    return list(dict.fromkeys(id for text in texts if (id := find_number(text)) is not None))


def _title(module: DescribedModule, ids: Sequence[int]) -> str:
    return ngettext(
        "Delete this %(noun)s",
        "Delete %(num)s %(nouns)s",
        len(ids),
        noun=module.noun,
        nouns=module.nouns,
    )
