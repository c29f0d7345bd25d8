"""Runs of workflows: what each did, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask import abort, g
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.setup.categories import AUTOMATION
from fieldstone.web.setup.columns import EMPTY, Column, badge, full_moment, link, moment, someone
from fieldstone.web.setup.listed import Endless, Filter
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.people import names_of_users, profile_label, role_label
from fieldstone.web.setup.view import back_to, change, show, told
from fieldstone.web.setup.view import later as _
from fieldstone.web.setup.words import module_label, module_plural
from fieldstone.web.setup.workflows.reasons import word_reason
from fieldstone.workflows.runs import SiteRun, find_run, list_site_runs
from fieldstone.workflows.trace import CANCELLED, DONE, FAILED, SKIPPED, WAITING


def outcome_words() -> dict[str, str]:
    return {
        DONE: gettext("Done"), SKIPPED: gettext("Skipped"), FAILED: gettext("Failed"), WAITING: gettext("Waiting"),
        CANCELLED: gettext("Cancelled"),
    }  # fmt: skip


def outcome_of(outcome: str) -> Markup:
    looks = {
        DONE: ("green", "check-circle"), SKIPPED: ("gray", "dash-circle"), CANCELLED: ("gray", "slash-circle"),
        WAITING: ("blue", "hourglass-split"),
    }  # fmt: skip
    hue, icon = looks.get(outcome, ("red", "exclamation-octagon"))
    return badge(outcome_words().get(outcome, outcome), hue, icon)


def module_of(run: SiteRun) -> str:
    """The present name of its module; "" when it is gone."""
    return next((each.name for each in current_model().modules.values() if each.identity == run.module), "")


def workflow_label(run: SiteRun) -> str:
    module = module_of(run)
    flow = current_model().workflows.get(module, {}).get(run.workflow)
    known = flow.label if flow else run.workflow
    return current_model().text(f"workflow.{module}.{run.workflow}", current_language(), known)


def trigger_words(name: str) -> str:
    words = {
        "created": gettext("a record was created"), "updated": gettext("a record was changed"),
        "saved": gettext("a record was saved"), "becomes_true": gettext("the condition came true"),
        "deleted": gettext("a record was deleted"), "restored": gettext("a record was restored"),
        "schedule": gettext("on schedule"), "manual": gettext("somebody pressed the button"),
        "stage_entered": gettext("a record entered a stage"), "linked": gettext("a record was linked"),
        "unlinked": gettext("a record was unlinked"), "webhook": gettext("another system called"),
    }  # fmt: skip
    return words.get(name, name)


def _labels(runs: Iterable[SiteRun]) -> dict[tuple[str, int], str]:
    """(module, id) → the name of the records of runs that the person may see."""
    references = {(module_of(run), run.record_id) for run in runs if run.record_id is not None}
    return find_labels([(module, number) for module, number in references if module and number is not None])


def _record(run: SiteRun) -> Markup:
    """The record by its name; by its number when it is gone, or out of the person's reach."""
    module = module_of(run)
    if not module or run.record_id is None:
        return Markup(EMPTY)
    label: str | None = g.get("setup_labels", {}).get((module, run.record_id))
    if label is not None:
        return link(f"/m/{module}/{run.record_id}", label)
    return Markup('<span class="fs-quiet">{} {}</span>').format(module_label(module), run.record_id)


def _name(run: SiteRun) -> Markup:
    return Markup('<a href="/setup/runs/{}">{}</a>').format(run.id, workflow_label(run))


class RunsView(Endless):
    icon = "lightning-charge"
    about = _("What workflows did, and why")
    empty_title = _("No workflow has run yet")
    empty_text = _("Each run of a workflow is kept here with its condition, and with what every action did.")
    columns: ClassVar[Sequence[Column]] = (
        Column(name="workflow", label=_("Workflow"), slot="title", show=_name),
        Column(name="record", label=_("Record"), slot="sub", show=_record),
        Column(name="trigger", label=_("Because"), show=lambda r: trigger_words(r.trigger)),
        Column(name="actor", label=_("Set off by"), slot="person", show=lambda r: someone(r.actor, names_of_users())),
        Column(name="outcome", label=_("Outcome"), slot="status", width="w-9", show=lambda r: outcome_of(r.outcome)),
        Column(name="at", label=_("When"), slot="date", width="w-9", show=lambda r: moment(r.at)),
    )

    def filters(self) -> Sequence[Filter]:
        modules = [(name, module_plural(name)) for name in current_model().workflows if name in current_model().modules]
        outcomes = [(name, outcome_words()[name]) for name in (DONE, WAITING, FAILED, CANCELLED)]
        module = Filter("module", gettext("Module"), modules)
        flows = current_model().workflows.get(module.value, {})
        labels = [(flow.name, flow.label or flow.name) for flow in flows.values()]
        workflow = [Filter("workflow", gettext("Workflow"), labels)] if flows else []
        return module, *workflow, Filter("outcome", gettext("Outcome"), outcomes)

    def find_before(self, before: int | None, limit: int) -> list[SiteRun]:
        chosen = {choice.name: choice.value for choice in self.filters()}
        module = current_model().modules.get(chosen["module"])
        with current_site().database.read() as conn:
            found = list_site_runs(
                conn,
                module=module.identity if module else "",
                workflow=chosen.get("workflow", ""),
                outcome=chosen["outcome"],
                limit=limit,
                before=before,
            )
        g.setup_labels = _labels(found)
        return found

    @show("/<int:number>")
    def one(self, number: int) -> ResponseReturnValue:
        with current_site().database.read() as conn:
            run = find_run(conn, number) or abort(404)
        g.setup_labels = _labels([run])
        open_to = current_actor().is_admin or bool(g.setup_labels)
        facts = [
            (gettext("Outcome"), outcome_of(run.outcome)),
            (gettext("Record"), _record(run)),
            (gettext("Because"), trigger_words(run.trigger)),
            (gettext("Set off by"), someone(run.actor, names_of_users())),
            (gettext("When"), full_moment(run.at)),
            (gettext("Led here by"), " › ".join(map(str, run.trace.get("path", ()))) or EMPTY),
        ]
        rights = run.trace.get("rights") or run.trace.get("rights_of")
        if rights:
            facts.append((gettext("With the rights of"), _rights(rights)))
        steps = [_step(step, open_to) for step in run.trace.get("steps", ())]
        waiting = current_site().workflows.waiting.find([number]).get(number)
        return self.render(
            "setup/run.html", title=workflow_label(run), facts=facts, steps=steps, run=run, waiting=waiting,
            condition=run.trace.get("condition", ""), until=full_moment(waiting.until) if waiting else "",
            outcomes=outcome_words(),
        )  # fmt: skip

    @change("/<int:number>/<verb>")
    def act(self, number: int, verb: str) -> ResponseReturnValue:
        runs, actor = current_site().workflows.waiting, current_actor()
        if verb == "cancel":
            if told(lambda: runs.cancel(number, actor.name), gettext("The run is cancelled")):
                note("run.cancel", f"run:{number}")
        elif verb == "continue":
            if told(lambda: runs.continue_now(number, actor.user_id), gettext("The run goes on")):
                note("run.continue", f"run:{number}")
        else:
            abort(404)
        return back_to(f"/setup/runs/{number}")


def _rights(rights: Mapping[str, Any]) -> str:
    """In whose name a run acted, and which roles and profiles that was."""
    if rights.get("kind") == "system":
        return gettext("The system")
    if rights.get("all"):
        return gettext("%(name)s, who passes every right", name=rights.get("name", ""))
    given = [*map(role_label, rights.get("roles", ())), *map(profile_label, rights.get("profiles", ()))]
    return f"{rights.get('name', '')} ({', '.join(given) or EMPTY})"


def _step(step: dict[str, Any], open_to: bool) -> dict[str, Any]:
    """`open_to`: the person may see the record, and so what was said about it."""
    details = [
        (name.replace("_", " "), _plain(name, value) if open_to else "…")
        for name, value in step.items()
        if name not in ("action", "outcome") and value not in (None, "", [])
    ]
    return {"action": step.get("action", ""), "outcome": step.get("outcome", ""), "details": details}


def _plain(name: str, value: Any) -> str:
    if name == "until" and isinstance(value, str):
        return full_moment(datetime.fromisoformat(value))
    if isinstance(value, str):
        return word_reason(value) if name == "reason" else value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def runs_view() -> RunsView:
    return RunsView(SiteRun, _("Workflow runs"), endpoint="runs", category=AUTOMATION)
