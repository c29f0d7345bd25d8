"""The draft of whoever is logged in: what every editor of Setup reads and changes."""

from __future__ import annotations

from typing import Any, cast

from flask import g

from fieldstone.changes.drafts.draft import Draft
from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.site_patch import read_effective
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.words import word_diagnostic_whole

_SHOWN = 20


def current_draft() -> Draft:
    """The draft, upon what is published now; looked up once in a request, and again after each change."""
    if "draft" not in g:
        g.draft = current_site().drafts.current(_user())
    return cast(Draft, g.draft)


def draft_layers() -> list[Layer]:
    """All layers as the draft would publish them, the site's last."""
    return current_site().drafts.layers(current_draft())


def draft_document(path: str) -> dict[str, Any]:
    """What the layers together say in a document, with what the draft changes; {} when there is none."""
    return read_effective(draft_layers(), path)


def draft_model() -> AppModel:
    """The model of the draft; the published one while the draft has problems."""
    return current_site().drafts.compile(current_draft()).model or current_model()


def edit_draft(label: str, change: Edit, *, turn: int | None = None) -> Draft:
    """One step more, whatever it leads to: for editors that show the draft's problems beside it. Raises as
    `Drafts.edit` does."""
    g.draft = current_site().drafts.edit(_user(), label, change, turn=turn)
    return current_draft()


def try_edit(label: str, change: Edit, path: str, *, turn: int | None = None) -> list[str]:
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
    edit_draft(label, change, turn=draft.turn if turn is None else turn)
    return []


def _user() -> int:
    user_id = current_actor().user_id
    assert user_id is not None, "only people enter Setup"
    return user_id
