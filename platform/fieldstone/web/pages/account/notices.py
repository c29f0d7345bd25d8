"""Where one wants to be told of what."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.activity.choices import DEFAULTS, FOLLOWING, Choice
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.pages.account.blueprint import page
from fieldstone.web.toasts import toast


@page.get("/account/notices")
def notices_page() -> ResponseReturnValue:
    chosen = current_site().activity.choices.of(current_actor().user_id or 0)
    labels = {
        "mention": (_("Somebody mentions me"), _("In a comment on a record that I may see.")),
        "comment": (_("Comments"), _("On records that I follow.")),
        "change": (_("Stage and owner"), _("Of records that I follow.")),
        "assigned": (_("I am made the owner"), _("Of a record that somebody else had, or made for me.")),
        "reminder": (_("Reminders"), _("Of tasks and events, and those I set myself.")),
        "job": (_("A job of mine ends"), _("An import or a change of many records, unless I watch it end.")),
    }
    rows = [(kind, *labels[kind], chosen[kind]) for kind in DEFAULTS]
    return render_template("account/notices.html", rows=rows, following=chosen[FOLLOWING].app)


@page.post("/account/notices")
def save_notices() -> ResponseReturnValue:
    form = request.form
    choices = {kind: Choice(app=f"app.{kind}" in form, mail=f"mail.{kind}" in form) for kind in DEFAULTS}
    choices[FOLLOWING] = Choice(app="following" in form, mail=False)
    current_site().activity.choices.save(current_actor().user_id or 0, choices)
    toast(_("Your choice is saved"))
    return redirect("/account/notices", 303)
