"""Documents that the draft takes away whole: listed beside those there are, and brought back."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.whole import removed_of, restore_document
from fieldstone.metadata.documents import DocumentKind, document_path
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.drafting import draft_layers, try_edit
from fieldstone.web.setup.view import back_to
from fieldstone.web.toasts import toast


def removed_rows(kind: DocumentKind) -> list[tuple[str, str]]:
    """(name, label) of the removed ones."""
    found = removed_of(draft_layers(), kind)
    return [(name, str(said.get("label") or name.replace("_", " ").capitalize())) for name, said in found.items()]


def restored(kind: DocumentKind, name: str, back: str) -> ResponseReturnValue:
    """A step that brings one back, and then the page at `back`. 404 when it is not removed."""
    label = dict(removed_rows(kind)).get(name) or abort(404)
    path, step = document_path(kind, name), gettext("Restored: %(name)s", name=label)
    problems = try_edit(step, lambda layers: restore_document(layers, path), path)
    toast(" ".join(problems) or step, kind="error" if problems else "done")
    return back_to(back)
