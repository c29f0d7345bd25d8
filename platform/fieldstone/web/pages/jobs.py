"""The person's own jobs: what is being done to many records, how far it is, what was left out; stop, go on, undo."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import ConflictError
from fieldstone.records.mass.service import KIND
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import ngettext
from fieldstone.web.mass_view import problem_rows, view_of
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

page = Blueprint("jobs", __name__)


@page.get("/jobs")
def mine() -> ResponseReturnValue:
    site, actor = current_site(), current_actor()
    return render_template("mass/jobs.html", here="jobs", jobs=[view_of(each) for each in site.masses.list(actor)])


@page.get("/jobs/<int:mass_id>")
def show(mass_id: int) -> ResponseReturnValue:
    return render_template("mass/job.html", **_context(mass_id))


@page.get("/jobs/<int:mass_id>/progress")
def progress(mass_id: int) -> ResponseReturnValue:
    """What the page asks for every second while it runs."""
    return render_template("mass/progress.html", **_context(mass_id))


@page.post("/jobs/<int:mass_id>/cancel")
def cancel(mass_id: int) -> ResponseReturnValue:
    current_site().masses.cancel(current_actor(), mass_id)
    return redirect(f"/jobs/{mass_id}", 303)


@page.post("/jobs/<int:mass_id>/resume")
def resume(mass_id: int) -> ResponseReturnValue:
    try:
        current_site().masses.resume(current_actor(), mass_id)
    except ConflictError as error:
        toast(explain(error), kind="error")
    return redirect(f"/jobs/{mass_id}", 303)


@page.post("/jobs/<int:mass_id>/undo")
def undo(mass_id: int) -> ResponseReturnValue:
    site, actor = current_site(), current_actor()
    mass = site.masses.get(actor, mass_id)
    try:
        undone = site.masses.undo(actor, mass_id)
    except ConflictError as error:
        toast(explain(error), kind="error")
        return redirect(f"/jobs/{mass_id}", 303)
    count = undone.removed + undone.reverted
    toast(
        ngettext("Undone: %(num)s record is as it was before", "Undone: %(num)s records are as they were before", count)
    )
    return redirect(f"/m/{mass.module}" if mass.module else "/jobs", 303)


def _context(mass_id: int) -> dict[str, object]:
    site, actor = current_site(), current_actor()
    mass = site.masses.get(actor, mass_id)
    ending = not mass.is_open and site.activity.job_ends.is_ending(KIND, {"mass": mass_id})
    job = view_of(mass, active=mass.is_open or ending)
    if not job.active:
        site.activity.job_ends.watched(actor, f"/jobs/{mass_id}")
    return {
        "job": job,
        "here": job.mass.module,
        "problems": problem_rows(job.module, site.masses.problems(actor, mass_id)),
    }
