"""The draft of whoever is logged in: what every editor of Setup reads and changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from flask import g, redirect, session
from flask.typing import ResponseReturnValue

from fieldstone.changes.drafts.draft import Draft
from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.site_patch import read_effective
from fieldstone.kernel.errors import ForbiddenError, MetadataError
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain, word_diagnostic_whole

BROUGHT = "draft_brought"
"""In the signed cookie: the revision onto which the draft was brought, until the bar has said so."""

_SHOWN = 20

T = TypeVar("T")


def current_draft() -> Draft:
    """The draft, upon what is published now; looked up once in a request, and again after each change."""
    if "draft" not in g:
        g.draft = current_site().drafts.current(user_of_draft())
        if g.draft.brought_from:
            session[BROUGHT] = g.draft.base
    return cast(Draft, g.draft)


def draft_layers() -> list[Layer]:
    """All layers as the draft would publish them, the site's last."""
    return once_for_draft("layers", current_site().drafts.layers)


def draft_document(path: str) -> dict[str, Any]:
    """What the layers together say in a document, with what the draft changes; {} when there is none."""
    return read_effective(draft_layers(), path)


def draft_model() -> AppModel:
    """The model of the draft; while it has problems that of its last steps that had none, or the published one."""
    return once_for_draft("model", current_site().drafts.last_model) or current_model()


def once_for_draft(name: str, work: Callable[[Draft], T]) -> T:
    """What `work` gives for the draft, asked once in a request; again after the draft was changed."""
    draft = current_draft()
    kept: tuple[Draft, T] | None = g.get(f"once.{name}")
    if kept is None or kept[0] is not draft:
        kept = draft, work(draft)
        setattr(g, f"once.{name}", kept)
    return kept[1]


def edit_draft(label: str, change: Edit, *, turn: int | None = None, follow_up: Sequence[str] = ()) -> Draft:
    """One step more, whatever it leads to: for editors that show the draft's problems beside it. Raises as
    `Drafts.edit` does."""
    g.draft = current_site().drafts.edit(user_of_draft(), label, change, turn=turn, follow_up=follow_up)
    return current_draft()


def keep_edit(
    label: str, change: Edit, path: str, back: str, problems: list[str], *, follow_up: Sequence[str] = ()
) -> ResponseReturnValue | None:
    """`try_edit`, and then the page at `back`, which says it is done; None with the problems when it has some."""
    before = current_draft()
    found = try_edit(label, change, path, follow_up=follow_up)
    if found:
        problems.extend(found)
        return None
    changed = current_draft().turn != before.turn
    toast(gettext("In your draft: %(step)s", step=label) if changed else gettext("Nothing is different"))
    return redirect(back, 303)


def try_edit(
    label: str, change: Edit, path: str, *, turn: int | None = None, follow_up: Sequence[str] = ()
) -> list[str]:
    """One step more if it brings no new problem, else the problems in words: for forms, which show them and come
    back. `path` is the document that the form is about."""
    drafts, draft = current_site().drafts, current_draft()
    try:
        tried = drafts.compile(drafts.tried(draft, change))
        known = {(each.code, each.path) for each in drafts.compile(draft).diagnostics}
    except MetadataError as error:
        return [word_diagnostic_whole(each, path) for each in error.diagnostics[:_SHOWN]]
    fresh = [each for each in tried.diagnostics if each.severity == "error" and (each.code, each.path) not in known]
    if fresh:
        return [word_diagnostic_whole(each, path) for each in fresh[:_SHOWN]]
    try:
        edit_draft(label, change, turn=draft.turn if turn is None else turn, follow_up=follow_up)
    except ForbiddenError as error:
        return [explain(error)]
    return []


def user_of_draft() -> int:
    user_id = current_actor().user_id
    assert user_id is not None, "only people enter Setup"
    return user_id
