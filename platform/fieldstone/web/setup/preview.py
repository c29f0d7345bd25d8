"""The way into the preview of a draft, and out of it."""

from __future__ import annotations

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import MetadataError
from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.draft_preview import enter_preview, leave_preview
from fieldstone.web.i18n import gettext
from fieldstone.web.rights import setup_reach
from fieldstone.web.security import local_path
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.draft_words import role_label
from fieldstone.web.setup.drafting import current_draft, draft_model
from fieldstone.web.setup.preview_places import places_of, resolved
from fieldstone.web.setup.view import Page, back_to, change, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast


class PreviewView(Page):
    """Not in the menu: the bar of the draft leads to it."""

    def is_visible(self) -> bool:
        return False

    @show()
    def index(self) -> ResponseReturnValue:
        """What to look at, and as whom; an editor names the page to begin with as `to`."""
        model, to = draft_model(), local_path(request.args.get("to"), "/")
        return self.render(
            "setup/preview.html", title=gettext("Preview of your draft"),
            places=places_of(to),
            roles=[
                (name, role_label(name))
                for name in (model.roles if setup_reach(current_published(), current_actor()).has("access") else ())
            ],
            to=to, back=local_path(request.args.get("back"), "/setup/"),
        )  # fmt: skip

    @change("/enter")
    def enter(self) -> ResponseReturnValue:
        """Look at the page `to`, as somebody with the role `role` or as oneself; leaving leads `back`."""
        back = local_path(request.form.get("back"), "/setup/")
        if current_actor().impersonator is not None:
            toast(gettext("Nobody looks at a draft in the place of somebody else"), kind="error")
            return back_to(back)
        try:
            current_site().publishing.preview(current_draft().site)
        except MetadataError:
            toast(gettext("The draft has problems, so it cannot be looked at"), kind="error")
            return back_to("/setup/draft/")
        role = request.form.get("role", "")
        if role and not setup_reach(current_published(), current_actor()).has("access"):
            abort(403)  # a role may see what this person may not
        enter_preview(role, back)
        return redirect(resolved(local_path(request.form.get("to"), "/")), 303)

    @change("/leave")
    def leave(self) -> ResponseReturnValue:
        return back_to(leave_preview())


def preview_view() -> PreviewView:
    return PreviewView(_("Preview of your draft"), SITE, endpoint="preview", menu_icon_value="eye")
