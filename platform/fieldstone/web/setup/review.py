"""Reading a plan before it is published, from whichever editor it comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import request

from fieldstone.changes.drafts.covered import require_covered
from fieldstone.changes.plan import Plan
from fieldstone.changes.site_patch import site_of
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, ForbiddenError
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.setup_reach import SetupReach, reach_of_role, reach_of_roles
from fieldstone.records.accounts.codes import BEYOND_YOU
from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.rights import setup_reach
from fieldstone.web.setup.document_diff import DiffRow, count_lines, side_by_side
from fieldstone.web.setup.listed import Listed
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.plan_words import word_changes
from fieldstone.web.setup.view import Page
from fieldstone.web.toasts import toast
from fieldstone.web.words import word_diagnostic_whole

Diff = tuple[str, list[DiffRow], tuple[int, int]]

_SHOWN = 20

MOVED = declare(
    "setup.E001",
    "This is not the plan that you have read any more.",
    "The draft, or what is published, has changed. Read what would change now, and publish that.",
)


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
    clashes: int = 0,
    conflicts: int = 0,
    export_url: str = "",
) -> str:
    """`documents`: (path, text now, text to be). The form brings `fields` back, and what names the plan. `notes` are
    said above the changes. Nothing is published while there are `clashes` to decide; `conflicts` of an
    upgrade wait as they like. `export_url` gives the documents as files."""
    return view.render(
        "setup/plan.html",
        title=title,
        plan=plan,
        changes=word_changes(plan),
        rows=sum(change.rows for change in plan.changes),
        destructive=sum(change.destructive for change in plan.changes),
        action=action,
        fields=[*fields, ("version", str(plan.version)), ("hash", plan.hash)],
        diffs=diffs_of(documents),
        message=message,
        back=back,
        button=button or gettext("Publish"),
        notes=notes,
        warnings=[word_diagnostic_whole(each) for each in plan.warnings if each.severity != "error"][:_SHOWN],
        clashes=clashes,
        conflicts=conflicts,
        export_url=export_url,
    )


def diffs_of(documents: Iterable[tuple[str, str, str]]) -> list[Diff]:
    """(path, rows, (lines added, lines removed)) of what differs, from (path, text before, text after)."""
    return [(path, rows, count_lines(rows)) for path, old, new in documents if (rows := side_by_side(old, new))]


def documents_of(plan: Plan) -> list[tuple[str, str, str]]:
    """(path, text now, text to be) of every document of the site that a plan changes."""
    return changed_documents(current_site().publishing.published_site_layer(), site_of(plan.proposal.layers))


def changed_documents(before: Layer | None, after: Layer | None) -> list[tuple[str, str, str]]:
    """(path, text before, text after) of every document that differs."""
    old, new = (dict(layer.documents) if layer else {} for layer in (before, after))
    paths = sorted(old.keys() | new.keys())
    return [(path, old.get(path, ""), new.get(path, "")) for path in paths if old.get(path) != new.get(path)]


def _require_no_more(plan: Plan, reach: SetupReach) -> None:
    """Raises ForbiddenError account.E047 when a role would let into more of Setup than it does, and than the person
    may enter."""
    before = current_published().model.roles
    for name, role in plan.model.roles.items():
        if not reach_of_role(role).within(reach | reach_of_roles(before, [name])):
            raise ForbiddenError(BEYOND_YOU)


def publish_read(plan: Plan) -> int:
    """Publish the plan if it is the one that was read. Returns the revision.

    Raises ConflictError setup.E001, ForbiddenError draft.E004 or account.E047 for what the person may not change, or
    as `Publishing.publish` does, InvalidInputError as that does.
    """
    if request.form.get("hash") != plan.hash or request.form.get("version") != str(plan.version):
        raise ConflictError(MOVED)
    site, reach = current_site(), setup_reach(current_published(), current_actor())
    published = site.publishing.published_layers
    require_covered(reach, site_of(published()), site_of(plan.proposal.layers), site.publishing.layers_under, published)
    _require_no_more(plan, reach)
    message = request.form.get("message", "").strip()[:500]
    allow = request.form.get("allow") == "1"
    version = site.publishing.publish(plan, current_actor(), message=message, allow_destructive=allow)
    note("model.published", f"revision:{version}", kind=plan.proposal.kind, message=message)
    words = gettext("Published as revision %(number)s", number=version)
    if site.row_work.has_work(version):
        words += ". " + gettext("A job goes through the records now.")
    toast(words)
    return version
