"""Reading a plan before it is published, from whichever editor it comes."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.plan import Plan
from fieldstone.changes.rollback import SITE
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, InvalidInputError
from fieldstone.metadata.layers import Layer
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.document_diff import count_lines, side_by_side
from fieldstone.web.setup.listed import Listed
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.plan_words import word_changes
from fieldstone.web.setup.view import Page
from fieldstone.web.toasts import toast

MOVED = declare(
    "setup.E001",
    "Something else was published since you read this plan.",
    "Read what would change now, and publish that.",
)
NOT_EDITED = declare("setup.E002", "{path} is not edited here.", "Change it with the command line.")

EDITED = ("metadata/roles.yaml", "metadata/sharing.yaml", "metadata/app.yaml", "metadata/moves.yaml")
"""The documents that pages of Setup write."""


def review(
    view: Listed | Page,
    layer: Layer,
    *,
    message: str,
    back: str,
    notes: Sequence[str] = (),
    extra: Sequence[tuple[str, str]] = (),
) -> ResponseReturnValue:
    """The page of the plan of a changed site layer, of which only documents of EDITED may differ. `notes` are said
    above the changes; `extra` comes back with the form. Raises MetadataError when its documents have problems."""
    plan = current_site().publishing.plan(layer)
    if plan.is_empty:
        toast(gettext("Nothing is different from what is published"))
        return redirect(back, 303)
    before = _documents(current_site().publishing.published_site_layer())
    paths = [path for path in EDITED if before.get(path, "") != layer.documents.get(path, "")]
    written = [(path, layer.documents.get(path, "")) for path in paths]
    page = show_plan(
        view,
        plan,
        title=gettext("Review and publish"),
        action="/setup/revisions/publish",
        fields=[
            *(field for path, text in written for field in (("path", path), ("document", text))),
            ("back", back),
            *extra,
        ],
        documents=[(path, before.get(path, ""), text) for path, text in written],
        message=message,
        back=back,
        notes=notes,
    )
    return page, 200  # it comes as the answer to a form


def show_plan(
    view: Listed | Page,
    plan: Plan,
    *,
    title: str,
    action: str,
    fields: Sequence[tuple[str, str]],
    documents: list[tuple[str, str, str]],
    message: str,
    back: str,
    button: str = "",
    notes: Sequence[str] = (),
) -> str:
    """`documents`: (path, text now, text to be). The form brings `fields` back, and what names the plan."""
    diffs = [(path, rows, count_lines(rows)) for path, old, new in documents if (rows := side_by_side(old, new))]
    return view.render(
        "setup/plan.html",
        title=title,
        plan=plan,
        changes=word_changes(plan),
        rows=sum(change.rows for change in plan.changes),
        destructive=sum(change.destructive for change in plan.changes),
        action=action,
        fields=[*fields, ("version", str(plan.version)), ("hash", plan.hash)],
        diffs=diffs,
        message=message,
        back=back,
        button=button or gettext("Publish"),
        notes=notes,
    )


def documents_of(plan: Plan) -> list[tuple[str, str, str]]:
    """(path, text now, text to be) of every document of the site that a plan changes."""
    now = _documents(current_site().publishing.published_site_layer())
    then = _documents(next((layer for layer in plan.proposal.layers if layer.name == SITE), None))
    paths = sorted(now.keys() | then.keys())
    return [(path, now.get(path, ""), then.get(path, "")) for path in paths if now.get(path) != then.get(path)]


def posted_layer() -> Layer:
    """The site layer with the documents that the form of `review` brings back. Raises InvalidInputError setup.E002."""
    documents = _documents(current_site().publishing.published_site_layer())
    paths = request.form.getlist("path")
    for path, text in zip(paths or [""], request.form.getlist("document") or [""], strict=False):
        if path not in EDITED:
            raise InvalidInputError(NOT_EDITED, path=path[:80])
        documents.pop(path, None)
        if text:
            documents[path] = text.replace("\r\n", "\n")
    return Layer(name=SITE, documents=dict(sorted(documents.items())))


def publish_read(plan: Plan) -> int:
    """Publish the plan if it is the one that was read. Returns the revision.

    Raises ConflictError setup.E001 or as `Publishing.publish` does, InvalidInputError as that does.
    """
    if request.form.get("hash") != plan.hash or request.form.get("version") != str(plan.version):
        raise ConflictError(MOVED)
    site = current_site()
    message = request.form.get("message", "").strip()[:500]
    allow = request.form.get("allow") == "1"
    version = site.publishing.publish(plan, current_actor(), message=message, allow_destructive=allow)
    note("model.published", f"revision:{version}", kind=plan.proposal.kind, message=message)
    words = gettext("Published as revision %(number)s", number=version)
    if site.row_work.has_work(version):
        words += ". " + gettext("A job goes through the records now.")
    toast(words)
    return version


def _documents(layer: Layer | None) -> dict[str, str]:
    return dict(layer.documents) if layer else {}
