"""Backups: those the site keeps in its folder, one made now, and one each night."""

from __future__ import annotations

from typing import Any

from flask import abort, request, send_file
from flask.typing import ResponseReturnValue
from wtforms import Form, IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, Regexp

from fieldstone.jobs.job import OPEN_STATES
from fieldstone.runtime.backup.job import KIND, KeptBackup
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.columns import EMPTY, badge, moment
from fieldstone.web.setup.jobs import possible, progress_of, state_of
from fieldstone.web.setup.sizes import bytes_words
from fieldstone.web.setup.view import Page, back_to, change, form, told
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast


class ScheduleForm(Form):  # type: ignore[misc]
    nightly = StringField(
        _("Each night at"), [Regexp(r"(([01]\d|2[0-3]):[0-5]\d)?$", message=_("Write a time such as 02:30."))],
        render_kw={"type": "time"},
    )  # fmt: skip
    keep = IntegerField(
        _("Backups that stay"), [InputRequired(_("Write a number.")), NumberRange(1, 1000, _("From 1 to 1000."))],
        description=_("When there are more, the oldest go."),
    )  # fmt: skip


class BackupsView(Page):
    @form()
    def index(self) -> ResponseReturnValue:
        site = current_site()
        now = site.chosen.now()
        present = {"nightly": now["backups.nightly"], "keep": now["backups.keep"]}
        filled = ScheduleForm(request.form if request.method == "POST" else None, data=present)
        filled.nightly.description = gettext(
            "In the zone %(zone)s. Without a time there is none.", zone=current_model().app.zone
        )
        if request.method == "POST" and filled.validate():
            names = {"backups.nightly": filled.nightly.data, "backups.keep": filled.keep.data}
            wanted = {name: value for name, value in names.items() if not site.chosen.is_fixed(name)}
            told(lambda: site.chosen.choose(wanted, current_actor()), gettext("Saved. It holds at once."))
            return back_to(self.get_url(".index"))
        fixed = {name for name in ("backups.nightly", "backups.keep") if site.chosen.is_fixed(name)}
        open_jobs = [job for job in site.jobs.list(kind=KIND, limit=5) if job.state in OPEN_STATES]
        last = next(iter(site.jobs.list(kind=KIND, limit=1)), None)
        return self.render(
            "setup/backups.html", form=filled, fixed=fixed, rows=[_row(each) for each in site.backups.all()],
            jobs=[(job, state_of(job), progress_of(job), "cancel" in possible(job)) for job in open_jobs],
            failed=last if last is not None and last.error and not open_jobs else None,
            folder=str(site.backups.folder.absolute()),
            may_change=current_actor().is_admin,
        )  # fmt: skip

    @change("/make")
    def make(self) -> ResponseReturnValue:
        current_site().backups.order(current_actor())
        toast(gettext("The backup is being made"))
        return back_to(self.get_url(".index"))

    @change("/<name>/download")
    def download(self, name: str) -> ResponseReturnValue:
        """The file, piece by piece. It holds everything, the key of the site too: for administrators alone."""
        if not current_actor().is_admin:
            abort(403)
        site = current_site()
        file = site.backups.get(name)
        site.backups.note_download(name, current_actor())
        answer = send_file(file, "application/zip", as_attachment=True, download_name=name, etag=False)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @change("/<name>/remove")
    def remove(self, name: str) -> ResponseReturnValue:
        if not current_actor().is_admin:
            abort(403)
        told(lambda: current_site().backups.remove(name, current_actor()), gettext("The backup is removed"))
        return back_to(self.get_url(".index"))


def _row(kept: KeptBackup) -> dict[str, Any]:
    said = kept.manifest
    if said is None:
        state = badge(gettext("Damaged"), "red", "exclamation-octagon")
        return {
            "name": kept.name,
            "size": bytes_words(kept.size),
            "at": EMPTY,
            "by": EMPTY,
            "rows": EMPTY,
            "state": state,
        }
    return {
        "name": kept.name, "size": bytes_words(kept.size), "at": moment(said.origin.made_at),
        "by": said.origin.made_by or gettext("The system"), "rows": f"{said.rows:,}",
        "state": badge(gettext("Read back"), "green", "check-circle"),
    }  # fmt: skip


def backups_view() -> BackupsView:
    return BackupsView(_("Backups"), SITE, endpoint="backups", menu_icon_value="archive")
