"""Revisions: every state that was published, and the way back to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.changes.rollback import SITE as SITE_LAYER
from fieldstone.changes.site_patch import site_of
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import ConflictError, FieldstoneError, InvalidInputError
from fieldstone.storage.revisions import Revision, find_revision, load_layers
from fieldstone.storage.steps import OPEN, steps_of
from fieldstone.web.current import current_published, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.persons import person
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.columns import EMPTY, Column, badge, full_moment, moment
from fieldstone.web.setup.listed import Endless
from fieldstone.web.setup.plan_words import ChangeWords, word_difference
from fieldstone.web.setup.review import changed_documents, diffs_of, documents_of, publish_read, show_plan
from fieldstone.web.setup.view import back_to, form, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain


def _number(revision: Revision) -> Markup:
    return Markup('<a href="/setup/revisions/{}">{}</a>').format(
        revision.id, gettext("Revision %(number)s", number=revision.id)
    )


def _who(revision: Revision) -> Markup | str:
    if revision.by:
        return person(revision.by, revision.by_label)
    return gettext("The system") if revision.by_label == SYSTEM.name else revision.by_label or EMPTY


def _kind(revision: Revision) -> Markup:
    if revision.id == current_published().version:
        return badge(gettext("In force"), "green", "check-circle")
    if revision.kind == "rollback":
        return badge(gettext("Way back"), "blue", "arrow-counterclockwise")
    return badge(gettext("Earlier"), "gray")


class RevisionsView(Endless):
    icon = "clock-history"
    about = _("Every published state of modules, layouts, workflows and access")
    empty_title = _("Nothing has been published")
    empty_text = _("Each publish is kept here, and can be gone back to.")
    list_template = "setup/revisions.html"
    columns: ClassVar[Sequence[Column]] = (
        Column(name="id", label=_("Revision"), slot="title", width="w-12", show=_number),
        Column(name="message", label=_("Message"), slot="sub", show=lambda r: r.message or EMPTY),
        Column(name="by", label=_("By"), slot="person", show=_who),
        Column(name="kind", label=_("State"), slot="status", width="w-9", show=_kind),
        Column(name="at", label=_("When"), slot="date", width="w-10", show=lambda r: moment(r.at)),
    )

    def find_before(self, before: int | None, limit: int) -> list[Revision]:
        return current_site().publishing.revisions(limit=limit, before=before)

    def render(self, template: str, **values: Any) -> str:
        if template == self.list_template:
            with current_site().database.read() as conn:
                values["work"] = [step for step in steps_of(conn, current_published().version) if step.state == OPEN]
        return super().render(template, **values)

    @show("/<int:number>")
    def one(self, number: int) -> ResponseReturnValue:
        site = current_site()
        with site.database.read() as conn:
            revision = find_revision(conn, number) or abort(404)
            steps = steps_of(conn, number)
            layers = load_layers(conn, number)
            earlier = load_layers(conn, number - 1) if find_revision(conn, number - 1) else []
        facts = [
            (gettext("State"), _kind(revision)),
            (gettext("Message"), revision.message or EMPTY),
            (gettext("By"), _who(revision)),
            (gettext("When"), full_moment(revision.at)),
            (gettext("Plugins with code"), ", ".join(f"{n} {v}" for n, v in revision.plugins.items()) or EMPTY),
        ]
        title = gettext("Revision %(number)s", number=number)
        newest = revision.id == current_published().version
        return self.render(
            "setup/revision.html", revision=revision, title=title, facts=facts, steps=steps, newest=newest,
            changes=_changes(number) if earlier else [],
            diffs=diffs_of(changed_documents(site_of(earlier), site_of(layers))),
            below=[layer.name for layer in layers if layer.name != SITE_LAYER and layer not in earlier],
            earlier=number - 1 if earlier else 0, later=0 if newest else number + 1,
        )  # fmt: skip

    @form("/<int:number>/back")
    def go_back(self, number: int) -> ResponseReturnValue:
        """What going back would change; by the form of it, going back."""
        plan = current_site().publishing.plan_rollback(number)
        if plan.is_empty:
            toast(gettext("The site's own documents are those of revision %(number)s already", number=number))
            return redirect(f"/setup/revisions/{number}", 303)
        if request.method == "POST":
            try:
                publish_read(plan)
            except (ConflictError, InvalidInputError) as error:
                toast(explain(error), kind="error")
                return back_to(f"/setup/revisions/{number}/back")
            return back_to("/setup/revisions/")
        return show_plan(
            self,
            plan,
            title=gettext("Back to revision %(number)s", number=number),
            action=f"/setup/revisions/{number}/back",
            fields=(),
            documents=documents_of(plan),
            message=gettext("Back to revision %(number)s", number=number),
            back=f"/setup/revisions/{number}",
            button=gettext("Go back"),
        )


def _changes(number: int) -> list[ChangeWords]:
    """What a revision changed, in words; nothing where one of the two models cannot be used here any more."""
    past = current_site().publishing.past
    try:
        return word_difference(past(number - 1).model, past(number).model)
    except (FieldstoneError, LookupError, ValueError):
        return []


def revisions_view() -> RevisionsView:
    return RevisionsView(Revision, _("Revisions"), endpoint="revisions", category=SITE)
