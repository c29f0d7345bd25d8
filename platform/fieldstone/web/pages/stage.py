"""Moving a record along its stage path."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import StaleRecordError, ValidationError
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import word_error, word_problems

page = Blueprint("stage", __name__)


@page.post("/m/<module>/<int:record_id>/stage")
def move(module: str, record_id: int) -> ResponseReturnValue:
    """What stands in the way (an amount that is needed) opens the form, where it can be filled in."""
    described = module_or_404(module, "edit")
    if described.stage is None:
        abort(404)
    value = request.form.get("value", "")
    change = RecordChange(
        module=module,
        id=record_id,
        version=request.form.get("version", type=whole_number),
        values={described.stage.name: value},
    )
    here = f"/m/{module}/{record_id}"
    try:
        options = SaveOptions(source="stage", ignore_duplicate_warning=True)
        current_records().save(current_actor(), [change], options=options)
    except ValidationError as error:
        toast(word_problems(error.problems, described), kind="error")
        return redirect(f"{here}/edit?{urlencode({described.stage.name: value})}", 303)
    except StaleRecordError as error:
        toast(word_error(error), kind="error")
        return redirect(here, 303)
    shower = Shower(current_model(), current_actor())
    toast(_("%(field)s is now %(value)s", field=described.stage.label, value=shower.text(described.stage, value)))
    return redirect(here, 303)
