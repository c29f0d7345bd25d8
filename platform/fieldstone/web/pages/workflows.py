"""The buttons of manual workflows."""

from __future__ import annotations

from flask import Blueprint, abort, redirect
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import ValidationError
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.rights import module_or_404
from fieldstone.web.toasts import toast
from fieldstone.web.words import word_problems

page = Blueprint("workflows", __name__)


@page.post("/m/<module>/<int:record_id>/run/<name>")
def run(module: str, record_id: int, name: str) -> ResponseReturnValue:
    described = module_or_404(module, "edit")
    workflow = described.model.workflows.get(module, {}).get(name)
    if workflow is None or workflow.on != "manual":
        abort(404)
    label = described.model.text(f"workflow.{module}.{name}", current_actor().language, workflow.label)
    try:
        done = current_site().workflows.run_manual(current_actor(), name, module, [record_id])
        if done.ran:
            toast(_("“%(workflow)s” has run", workflow=label))
        else:
            toast(_("“%(workflow)s” has nothing to do here: its condition does not hold.", workflow=label))
    except ValidationError as error:
        toast(word_problems(error.problems, described), kind="error")
    return redirect(f"/m/{module}/{record_id}", 303)
