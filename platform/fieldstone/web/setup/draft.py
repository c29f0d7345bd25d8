"""The draft of whoever is logged in: read as a plan, published, undone, discarded."""

from __future__ import annotations

from flask import Response, g, redirect, request, session
from flask.typing import ResponseReturnValue

from fieldstone.changes.drafts.draft import Draft
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.kernel.errors import ConflictError, ForbiddenError, InvalidInputError, MetadataError
from fieldstone.metadata.bundle import pack_documents
from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.rights import setup_reach
from fieldstone.web.security import local_path
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.clashes import decided_conflicts, open_conflicts
from fieldstone.web.setup.draft_bar import HOME, MOVED
from fieldstone.web.setup.drafting import current_draft, user_of_draft
from fieldstone.web.setup.editors import editor_of_problem
from fieldstone.web.setup.follow_ups import do_follow_up, word_follow_ups
from fieldstone.web.setup.guarded_parts import may_open
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.review import documents_of, publish_read, show_plan
from fieldstone.web.setup.view import Page, back_to, change, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain, word_diagnostic_whole

_SHOWN = 50


class DraftView(Page):
    @show()
    def index(self) -> ResponseReturnValue:
        """What publishing the draft would do; what keeps it from being published, when something does."""
        draft = current_draft()
        if not draft.counting:
            return self.render("setup/draft_empty.html", title=gettext("Review and publish"), same=False)
        problems = [each for each in _compiled(draft) if each.severity == "error"]
        if not problems:
            try:
                return self._show(draft)
            except MetadataError as error:
                problems = list(error.diagnostics)
            except ConflictError as error:
                return self.render("setup/draft_problems.html", problems=[(explain(error), "")], draft=draft)
        found = [(word_diagnostic_whole(each), editor_of_problem(each)) for each in problems[:_SHOWN]]
        return self.render("setup/draft_problems.html", problems=found, draft=draft)

    @show("/yaml")
    def export(self) -> ResponseReturnValue:
        """The site's documents with the draft, as far as the person shapes them, as a folder for git or `plan`."""
        reach = setup_reach(current_published(), current_actor())
        documents = {path: text for path, text in current_draft().site.documents.items() if reach.covers(path)}
        answer = Response(pack_documents(documents), mimetype="application/zip")
        answer.headers["Content-Disposition"] = 'attachment; filename="draft.zip"'
        return answer

    @change("/publish")
    def publish(self) -> ResponseReturnValue:
        """What was read on the page of the review."""
        draft, site = current_draft(), current_site()
        if not draft.counting:
            return back_to(HOME)
        try:
            draft.require_decided()
            plan = site.publishing.plan(draft.site)
            if plan.is_empty:
                return back_to(HOME)
            publish_read(plan)
        except (ConflictError, ForbiddenError, InvalidInputError, MetadataError) as error:
            toast(explain(error), kind="error")
            return back_to(HOME)
        site.drafts.finish(draft)
        for step in draft.counting:
            for each in step.follow_up:
                do_follow_up(each)
        reach = setup_reach(current_published(), current_actor())
        return back_to("/setup/revisions/" if may_open("revisions", reach) else "/setup/")

    @change("/undo")
    def undo(self) -> ResponseReturnValue:
        return self._moved(current_site().drafts.undo(user_of_draft()))

    @change("/redo")
    def redo(self) -> ResponseReturnValue:
        return self._moved(current_site().drafts.redo(user_of_draft()))

    @change("/discard")
    def discard(self) -> ResponseReturnValue:
        """Forget the whole draft."""
        steps = len(current_site().drafts.get(user_of_draft()).counting)
        current_site().drafts.discard(user_of_draft())
        note("draft.discarded", f"draft:{user_of_draft()}", steps=steps)
        toast(gettext("The draft is discarded"))
        return self._moved(None)

    def _moved(self, draft: Draft | None) -> ResponseReturnValue:
        g.pop("draft", None)
        session[MOVED] = True
        return redirect(local_path(request.form.get("back"), HOME), 303)

    def _show(self, draft: Draft) -> str:
        plan = current_site().publishing.plan(draft.site)
        if plan.is_empty:
            return self.render("setup/draft_empty.html", title=gettext("Review and publish"), same=True)
        labels = list(dict.fromkeys(step.label for step in draft.counting))
        return show_plan(
            self,
            plan,
            title=gettext("Review and publish"),
            action=f"{HOME}publish",
            fields=(),
            documents=documents_of(plan),
            message="; ".join(labels)[:500],
            back="/setup/",
            notes=word_follow_ups(draft),
            clashes=len(draft.clashes),
            export_url=f"{HOME}yaml",
            conflicts=len([each for each in open_conflicts() if each.id not in decided_conflicts(draft)]),
        )


def _compiled(draft: Draft) -> list[Diagnostic]:
    try:
        return list(current_site().drafts.compile(draft).diagnostics)
    except MetadataError as error:
        return list(error.diagnostics)


def draft_view() -> DraftView:
    return DraftView(
        _("Review and publish"), SITE, endpoint="draft", menu_icon_type="bi", menu_icon_value="rocket-takeoff"
    )
