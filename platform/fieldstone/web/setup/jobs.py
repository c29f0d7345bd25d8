"""Jobs: background work of the site, and the outbox, which is what waits to leave it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.jobs.job import CANCELLED, DONE, FAILED, PAUSED, QUEUED, RUNNING, STATES, Job
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.categories import AUTOMATION
from fieldstone.web.setup.columns import EMPTY, Column, badge, full_moment, moment, mono, someone
from fieldstone.web.setup.listed import Endless, Filter
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.people import names_of_users
from fieldstone.web.setup.view import back_to, change, show, told
from fieldstone.web.setup.view import later as _
from fieldstone.workflows.mail import EMAIL_KIND
from fieldstone.workflows.webhook import WEBHOOK_KIND

_LOOKS = {
    QUEUED: ("blue", "hourglass"), RUNNING: ("cyan", "play-circle"), PAUSED: ("amber", "pause-circle"),
    DONE: ("green", "check-circle"), FAILED: ("red", "exclamation-octagon"), CANCELLED: ("gray", "slash-circle"),
}  # fmt: skip


_OPEN = {EMAIL_KIND: ("id", "at"), WEBHOOK_KIND: ("event",)}
_OPEN_TO_ADMINISTRATORS = {EMAIL_KIND: ("id", "at", "to", "subject"), WEBHOOK_KIND: ("event", "url")}


def state_words() -> dict[str, str]:
    return {
        QUEUED: gettext("Waiting"), RUNNING: gettext("Running"), PAUSED: gettext("Paused"), DONE: gettext("Done"),
        FAILED: gettext("Failed"), CANCELLED: gettext("Cancelled"),
    }  # fmt: skip


def kind_words() -> dict[str, str]:
    return {
        "email.send": gettext("Send an e-mail"),
        "webhook.send": gettext("Call a webhook"),
        "import.run": gettext("Import"),
        "changes.rows": gettext("Bring records over"),
        "records.recompute": gettext("Recompute values"),
        "records.mass": gettext("Change many records"),
        "activity.reminders": gettext("Remind people"),
        "records.export_as_of": gettext("Export as of a past time"),
        "workflow.cron": gettext("Run a scheduled workflow"),
        "workflow.dates": gettext("Run workflows that follow dates"),
        "workflow.tidy": gettext("Delete old runs and jobs"),
        "accounts.tidy": gettext("Delete old log-ins"),
        "accounts.hand_over": gettext("Hand records over"),
        "workflow.rehearse": gettext("Rehearse a workflow"),
        "workflow.stand_ins": gettext("Ask in place of people who have left"),
        "workflow.resume": gettext("Go on with workflows that waited"),
        "shares.end": gettext("Clear away shares that have ended"),
        "site.backup": gettext("Back up the site"),
        "records.empty_bin": gettext("Empty the recycle bin"),
        "account.reset_mail": gettext("Mail a link for a new password"),
    }


def kind_label(kind: str) -> str:
    """What a kind of job does; a plugin's in its own words."""
    known = current_site().jobs.kinds.find(kind)
    return kind_words().get(kind) or (known.label if known and known.label else kind)


def state_of(job: Job) -> Markup:
    hue, icon = _LOOKS[job.state]
    words = state_words()[job.state]
    if job.state == RUNNING and job.cancel_requested:
        words = gettext("Stopping")
    elif job.state == RUNNING and job.pause_requested:
        words = gettext("Pausing")
    elif job.state == QUEUED and job.attempts:
        words = gettext("Tries again")
    return badge(words, hue, icon)


def progress_of(job: Job) -> Markup | str:
    if job.progress_total:
        words = gettext("%(done)s of %(total)s", done=f"{job.progress:,}", total=f"{job.progress_total:,}")
        return Markup('<progress class="fs-meter" max="{}" value="{}" aria-label="{}" title="{}"></progress>').format(
            job.progress_total, min(job.progress, job.progress_total), words, words
        )
    return f"{job.progress:,}" if job.progress else EMPTY


def _what(job: Job) -> Markup:
    return Markup('<a href="{}">{}</a>').format(f"/setup/jobs/{job.id}", kind_label(job.kind))


def _said(job: Job) -> Markup | str:
    text = job.error or job.message
    return Markup('<span title="{}">{}</span>').format(text, text[:120]) if text else EMPTY


def _given(job: Job) -> dict[str, Any]:
    """What a job was ordered with. The text of mail stays closed, since it may hold a link that lets somebody in,
    and so does what a webhook says; to whom they go is for administrators, who see every record anyway."""
    shown = (_OPEN_TO_ADMINISTRATORS if current_actor().is_admin else _OPEN).get(job.kind)
    return {name: value if shown is None or name in shown else "…" for name, value in job.payload.items()}


def possible(job: Job) -> list[str]:
    """What can be done with a job in its state."""
    if job.state == QUEUED:
        return ["pause", "cancel"]
    if job.state == RUNNING:
        return [] if job.cancel_requested else ["resume" if job.pause_requested else "pause", "cancel"]
    return {PAUSED: ["resume", "cancel"], FAILED: ["retry"], CANCELLED: ["retry"]}.get(job.state, [])


def verb_words() -> dict[str, str]:
    return {
        "pause": gettext("Pause"), "resume": gettext("Go on"), "cancel": gettext("Cancel the job"),
        "retry": gettext("Try again"),
    }  # fmt: skip


class JobsView(Endless):
    icon = "gear"
    about = _("What the site does in the background")
    empty_title = _("No jobs")
    empty_text = _(
        "Imports, mail, workflows on a schedule and work on many records are done by jobs. They stay here for a while."
    )
    row_template = "setup/job_tools.html"
    list_template = "setup/jobs.html"
    kinds: ClassVar[Sequence[str]] = ()
    columns: ClassVar[Sequence[Column]] = (
        Column(name="kind", label=_("What"), slot="title", show=_what),
        Column(name="state", label=_("State"), slot="status", width="w-10", show=state_of),
        Column(name="progress", label=_("Progress"), slot="person", width="w-10", show=progress_of),
        Column(name="attempts", label=_("Attempts"), slot="figure", width="w-8",
               show=lambda j: gettext("%(count)s of %(most)s", count=j.attempts, most=j.max_attempts)),
        Column(name="said", label=_("Message"), slot="sub", show=_said),
        Column(name="due", label=_("Due"), slot="date", width="w-9", show=lambda j: moment(j.run_at)),
    )  # fmt: skip

    def filters(self) -> Sequence[Filter]:
        states = [(state, state_words()[state]) for state in STATES]
        kinds = [(name, kind_label(name)) for name in self.kinds or sorted(current_site().jobs.kinds.names)]
        return Filter("state", gettext("State"), states), Filter("kind", gettext("What"), kinds)

    def find_before(self, before: int | None, limit: int) -> list[Job]:
        state, kind = (choice.value for choice in self.filters())
        return list(current_site().jobs.list(state=state, kind=kind, among=self.kinds, limit=limit, before=before))

    def find_one(self, key: Any) -> Job | None:
        number = find_number(str(key))
        return None if number is None else current_site().jobs.find(number)

    def render(self, template: str, **values: Any) -> str:
        values |= {"possible": possible, "verbs": verb_words(), "counts": current_site().jobs.counts()}
        return super().render(template, states=state_words(), **values)

    @show("/<int:number>")
    def one(self, number: int) -> ResponseReturnValue:
        job: Job = self.get_one(number)
        facts = [
            (gettext("State"), state_of(job)),
            (gettext("Progress"), progress_of(job)),
            (gettext("Message"), job.message or EMPTY),
            (gettext("Attempts"), gettext("%(count)s of %(most)s", count=job.attempts, most=job.max_attempts)),
            (gettext("Due"), full_moment(job.run_at)),
            (gettext("Ordered by"), someone(job.created_by, names_of_users())),
            (gettext("Ordered"), full_moment(job.created_at)),
            (gettext("Finished"), full_moment(job.finished_at)),
            (gettext("Kind"), mono(job.kind)),
        ]
        given = json.dumps(_given(job), ensure_ascii=False, indent=2)
        return self.render("setup/job.html", job=job, title=kind_label(job.kind), facts=facts, given=given)

    @change("/<int:number>/<verb>")
    def act(self, number: int, verb: str) -> ResponseReturnValue:
        jobs = current_site().jobs
        verbs: dict[str, tuple[Callable[[int], Job], str]] = {
            "pause": (jobs.pause, gettext("The job pauses")),
            "resume": (jobs.resume, gettext("The job goes on")),
            "cancel": (jobs.cancel, gettext("The job is cancelled")),
            "retry": (jobs.retry, gettext("The job is tried again")),
        }
        if verb not in verbs:
            abort(404)
        work, done = verbs[verb]
        if told(lambda: work(number), done):
            note(f"job.{verb}", f"job:{number}")
        back = request.form.get("back", "")
        return back_to({"one": f"/setup/jobs/{number}", "outbox": "/setup/outbox/"}.get(back, "/setup/jobs/"))


class OutboxView(JobsView):
    icon = "send"
    about = _("Mail and webhooks on their way out of the site")
    empty_title = _("Nothing is on its way")
    empty_text = _(
        "Mail and calls of webhooks that workflows order are listed here until they have left, and a while after."
    )
    kinds = (EMAIL_KIND, WEBHOOK_KIND)


def jobs_view() -> JobsView:
    return JobsView(Job, _("Jobs"), endpoint="jobs", category=AUTOMATION)


def outbox_view() -> OutboxView:
    return OutboxView(Job, _("Outbox"), endpoint="outbox", category=AUTOMATION)
