"""Looking at records as they would be with one's draft: a state of the session, in which nothing can be saved.

Every page but those of Setup works with the model of the draft then. The API and jobs never do.
"""

from __future__ import annotations

from dataclasses import replace

from flask import g, redirect, request, session
from flask.typing import ResponseReturnValue

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ForbiddenError, MetadataError
from fieldstone.web.current import current_actor, current_published, current_site, pin_model
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.rights import may_set_up
from fieldstone.web.security import local_path
from fieldstone.web.toasts import toast

IN_PREVIEW = declare(
    "preview.E001", "You are looking at your draft, where nothing is saved.", "Leave the preview, and do it then."
)

LEAVE = "/setup/preview/leave"

_KEY = "draft_preview"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_ONLY_LOOK = frozenset({"form.state", "form.alike", "login.log_out"})
"""What is posted and saves nothing of records: how a form changes while it is filled, and the way out."""


def enter_preview(role: str, back: str) -> None:
    """From the next request on. `role`: to look as somebody who has just this one; "" as oneself. `back` is the page
    to which leaving leads."""
    session[_KEY] = {"user": current_actor().user_id, "role": role, "back": back}


def leave_preview() -> str:
    """Returns the page to go on with."""
    kept = session.pop(_KEY, None) or {}
    return local_path(kept.get("back"), "/setup/")


def begin_preview() -> ResponseReturnValue | None:
    """Called once it is known who asks. Raises ForbiddenError preview.E001 for what would save."""
    kept = session.get(_KEY)
    if kept is None:
        return None
    actor = current_actor()
    if actor.impersonator is not None or kept["user"] != actor.user_id or not may_set_up(current_published(), actor):
        leave_preview()
        return None
    g.previewing = kept
    if request.method not in _READS and request.path != LEAVE and request.endpoint not in _ONLY_LOOK:
        raise ForbiddenError(IN_PREVIEW)
    if request.blueprint == "setup":
        return None
    site = current_site()
    try:
        model = site.publishing.preview(site.drafts.current(actor.user_id or 0).site)
    except MetadataError:
        leave_preview()
        toast(gettext("The draft has problems, so it cannot be looked at"), kind="error")
        return redirect("/setup/draft/", 303)
    pin_model(model)
    if kept["role"] in model.model.roles:
        g.actor = replace(actor, is_admin=False, roles=(kept["role"],), profiles=())
    return None


def is_previewing() -> bool:
    return "previewing" in g


def previewed_role() -> str:
    """What the role is called as which somebody looks; "" for oneself."""
    name, model = g.previewing["role"], current_published().model
    role = model.roles.get(name)
    return model.text(f"role.{name}", current_language(), role.label) if role else ""
