"""Taking back one change of a record's history."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import InvalidInputError, StaleRecordError, ValidationError
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import find_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain, word_error, word_problems

page = Blueprint("undo", __name__)


@page.post("/m/<module>/<int:record_id>/undo")
def undo(module: str, record_id: int) -> ResponseReturnValue:
    """What was changed in one save gets back the values it had, unless it has been changed since."""
    described = module_or_404(module, "edit")
    entry = find_number(request.form.get("entry", ""))
    if entry is None:
        abort(400)
    try:
        current_records().undo(current_actor(), module, record_id, entry)
    except ValidationError as error:
        toast(word_problems(error.problems, described), kind="error")
    except StaleRecordError as error:
        toast(word_error(error), kind="error")
    except InvalidInputError as error:
        toast(explain(error), kind="error")
    else:
        toast(_("The change is taken back"))
    return redirect(f"/m/{module}/{record_id}/history", 303)
