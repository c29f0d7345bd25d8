"""What the person is asked to approve, has asked for, and has answered."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import ConflictError, ForbiddenError
from fieldstone.web.approval_view import cards_of
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.security import local_path
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain
from fieldstone.workflows.approvals.service import SHOWS

page = Blueprint("approvals", __name__)

_LIMIT = 50
_ANSWERS = {"approve": "approved", "reject": "rejected"}


@page.get("/approvals")
def show() -> ResponseReturnValue:
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in SHOWS else SHOWS[0]
    found = current_site().workflows.approvals.list(
        current_actor().user_id or 0, chosen, limit=_LIMIT, before=request.args.get("before", type=whole_number)
    )
    older = f"/approvals?{urlencode({'show': chosen, 'before': found[-1].id})}" if len(found) == _LIMIT else ""
    kinds = {"waiting": _("Waiting for me"), "asked": _("Asked by me"), "done": _("Done")}
    return render_template(
        "approvals.html", here="approvals", cards=cards_of(found), chosen=chosen, kinds=kinds, older_url=older
    )


@page.post("/approvals/<int:approval_id>/<verb>")
def answer(approval_id: int, verb: str) -> ResponseReturnValue:
    if verb not in _ANSWERS:
        abort(404)
    comment = request.form.get("comment", "").strip()
    try:
        current_site().workflows.approvals.answer(current_actor(), approval_id, _ANSWERS[verb], comment)
        toast(_("Approved") if verb == "approve" else _("Rejected"))
    except (ConflictError, ForbiddenError) as error:
        toast(explain(error), kind="error")
    return redirect(local_path(request.form.get("back"), "/approvals"), 303)
