"""Sharing one record by hand: with whom it is, with whom else, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.zones import to_utc
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records import access
from fieldstone.records.access.shares import Share
from fieldstone.web import times
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import whole_number
from fieldstone.web.people import role_label
from fieldstone.web.persons import HUES, avatar, initials
from fieldstone.web.reasons import until_words
from fieldstone.web.receivers import Receiver, find_receiver, suggest_receivers
from fieldstone.web.rights import module_or_404
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

page = Blueprint("share", __name__)


@page.get("/m/<module>/<int:record_id>/share")
def show(module: str, record_id: int) -> ResponseReturnValue:
    _open(module, record_id)
    return _render(module, record_id)


@page.get("/m/<module>/<int:record_id>/share/with")
def suggest(module: str, record_id: int) -> ResponseReturnValue:
    """Users, teams and roles while somebody types."""
    _open(module, record_id)
    text = request.args.get("q", "").strip()[:200]
    return render_template(
        "share/receivers.html", options=suggest_receivers(text), prefix=request.args.get("for", "option"),
        nothing=_("Nothing found"), hues=HUES, initials=initials,
    )  # fmt: skip


@page.post("/m/<module>/<int:record_id>/share")
def share(module: str, record_id: int) -> ResponseReturnValue:
    """Add somebody, or change what somebody may do."""
    receiver = find_receiver(request.form.get("who", ""), request.form.get("t.who", ""))
    access_given = "edit" if request.form.get("access") == "edit" else "read"
    problem, until = "", None
    try:
        until = _end(request.form.get("until", ""))
    except (FieldValueError, ValueError):
        problem = _("Choose a day and a time.")
    if receiver is None:
        problem = _("Choose a user, a team or a role from the list.")
    if receiver is None or problem:
        _open(module, record_id)
        return _render(module, record_id, problem=problem, receiver=receiver, status=422)

    def work() -> str:
        current_records().share(
            current_actor(), module, record_id,
            principal=receiver.principal, role=receiver.role, access=access_given, until=until,
        )  # fmt: skip
        return _("Shared with %(name)s", name=receiver.label)

    return _change(module, record_id, work, receiver)


@page.post("/m/<module>/<int:record_id>/unshare")
def unshare(module: str, record_id: int) -> ResponseReturnValue:
    number = request.form.get("share", type=whole_number)
    if number is None:
        abort(400)

    def work() -> str:
        current_records().unshare(current_actor(), module, record_id, number)
        return _("No longer shared with %(name)s", name=request.form.get("name", "")[:200])

    return _change(module, record_id, work)


def _change(
    module: str, record_id: int, work: Callable[[], str], receiver: Receiver | None = None
) -> ResponseReturnValue:
    _open(module, record_id)
    try:
        done = work()
    except FieldstoneError as error:
        if error.status >= 500:
            raise
        return _render(module, record_id, problem=explain(error), receiver=receiver, status=422)
    if is_htmx() and _may_share(module, record_id):
        return _render(module, record_id, done=done)
    toast(done)
    return go(f"/m/{module}/{record_id}/share" if _may_share(module, record_id) else f"/m/{module}")


def _render(
    module: str,
    record_id: int,
    *,
    done: str = "",
    problem: str = "",
    receiver: Receiver | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    shares = current_records().shares(current_actor(), module, record_id)
    people = find_labels([("principal", each.by) for each in shares if each.by is not None])
    page = render_template(
        "share/dialog.html" if is_htmx() else "share/page.html",
        here=module, module=module_or_404(module), body="share/share.html", url=f"/m/{module}/{record_id}",
        back=f"/m/{module}/{record_id}", title=_("Share"), shares=shares, portrait=avatar,
        name=find_labels([(module, record_id)]).get((module, record_id), ""),
        label=_label, since=lambda each: _since(each, people), end=_end_typed, done=done, problem=problem,
        receiver=receiver, until=request.form.get("until", "") if problem else "",
    )  # fmt: skip
    return page, status


def _label(share: Share) -> str:
    return role_label(share.role) if share.role else share.label


def _since(share: Share, people: dict[tuple[str, int], str]) -> str:
    actor = current_actor()
    day = times.full_date(times.local(share.at, actor.zone).date(), actor.language, actor.date_format)
    name = people.get(("principal", share.by or 0))
    since = _("by %(name)s, %(day)s", name=name, day=day) if name else day
    return since if share.until is None else f"{since} · {until_words(share.until)}"


def _end(typed: str) -> datetime | None:
    """When a share is to end, as it was typed in the person's zone; None for never. Raises ValueError,
    FieldValueError for what is no time."""
    return to_utc(datetime.fromisoformat(typed), current_actor().zone) if typed else None


def _end_typed(share: Share) -> str:
    """The end in a form, from which nothing of it may get lost."""
    return share.until.isoformat() if share.until is not None else ""


def _may_share(module: str, record_id: int) -> bool:
    published, actor = current_published(), current_actor()
    if not access.has_tool(published, actor, "share") or not access.has_right(published, actor, module, "view"):
        return False
    return bool(current_records().within_reach(actor, module, [record_id], "edit"))


def _open(module: str, record_id: int) -> None:
    """403 without the tool or the right, 404 for a record that the person may not edit."""
    module_or_404(module, "edit")
    access.require_tool(current_published(), current_actor(), "share")
    if not _may_share(module, record_id):
        abort(404)
