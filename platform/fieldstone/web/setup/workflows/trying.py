"""The page on which a workflow of the draft is tested on a record, and rehearsed over the last days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.changes.editing.workflows import action_of, find_workflow, steps_of, with_steps, workflow_path
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.web.current import current_actor, current_model, current_published, current_site
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.forms.resolve import resolve
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import find_labels, value_labels
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.columns import full_moment, someone
from fieldstone.web.setup.drafting import draft_document
from fieldstone.web.setup.people import names_of_users
from fieldstone.web.setup.view import Guarded, back_to, change, show
from fieldstone.web.setup.workflows.drafted import field_name, module_name, workflow_title
from fieldstone.web.setup.workflows.problems import problems_of
from fieldstone.web.setup.workflows.reasons import word_reason
from fieldstone.web.setup.workflows.words import action_labels, answer_words
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain, word
from fieldstone.workflows.rehearsal.drafted import UnfinishedWorkflowError
from fieldstone.workflows.rehearsal.service import MOST_DAYS, StoredRehearsal
from fieldstone.workflows.rehearsal.trial import Trial

SPANS = (1, 7, 30, MOST_DAYS)


class TryingPages(Guarded):
    @show("/<module>/<workflow>/test")
    def test(self, module: str, workflow: str) -> ResponseReturnValue:
        entry = find_workflow(draft_document(workflow_path(module)), workflow) or abort(404)
        text = request.args.get("t.record", "").strip()[:200]
        record = find_number(request.args.get("record", ""))
        if record is None and text and module in current_model().modules:
            record = resolve(module, text) or find_number(text)
        trial, problems = None, list[str]()
        found = problems_of(module, workflow)
        if record is not None and not found.count:
            trial, problems = _tried(module, workflow, entry, record)
        elif text and record is None:
            problems = [gettext("There is no record of that name.")]
        kept = find_number(request.args.get("rehearsal", ""))
        rehearsal = current_site().workflows.rehearsals.find(kept) if kept is not None else None
        if rehearsal is not None and (rehearsal.workflow, rehearsal.module) != (workflow, _identity(module)):
            abort(404)
        label = find_labels([(module, record)]).get((module, record), "") if record and trial else text
        return self.render(
            "setup/workflows/test.html", module=module, workflow=workflow, record=record, text=label or text,
            trial=trial, problems=problems, wrong=found.count, spans=SPANS, days=rehearsal.days if rehearsal else 7,
            told=_told(module, rehearsal) if rehearsal else None, is_known=module in current_model().modules,
            title=workflow_title(module, workflow, entry), noun=module_name(module),
        )  # fmt: skip

    @change("/<module>/<workflow>/rehearse")
    def rehearse(self, module: str, workflow: str) -> ResponseReturnValue:
        entry = find_workflow(draft_document(workflow_path(module)), workflow) or abort(404)
        page = f"/setup/workflows/{module}/{workflow}/test"
        if problems_of(module, workflow).count:
            return back_to(page)
        days = find_number(request.form.get("days", "")) or 7
        try:
            made = current_site().workflows.rehearsals.rehearse(
                current_actor(), module, workflow, _with_letters(entry), days
            )
        except FieldstoneError as error:
            toast(" ".join(_why(error)), kind="error")
            return back_to(page)
        return back_to(f"{page}?rehearsal={made}#rehearsal")


def _tried(
    module: str, workflow: str, entry: Mapping[str, Any], record: int
) -> tuple[dict[str, Any] | None, list[str]]:
    try:
        trial = current_site().workflows.rehearsals.try_record(
            current_actor(), module, workflow, _with_letters(entry), record
        )
    except FieldstoneError as error:
        return None, _why(error)
    told = _trial_words(module, trial)
    letters = dict(_letters(module, entry, record)) if trial.steps else {}
    for position, words in zip(trial.positions, told["steps"], strict=True):
        words["mail"] = letters.get(position)
    return told, []


def _letters(module: str, entry: Mapping[str, Any], record: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The mail of each step that sends one, with the step's position, as it is about the record now; those left out
    that cannot be written."""
    for position, step in enumerate(steps_of(entry)):
        options = step.get("email")
        if action_of(step) != "email" or not isinstance(options, Mapping):
            continue
        said = draft_document(f"metadata/emails/{options['template']}.yaml") if options.get("template") else options
        try:
            mail = current_site().workflows.rehearsals.write_letter(
                current_actor(), module, record, str(said.get("subject", "")), str(said.get("body", ""))
            )
        except FieldstoneError as error:
            if error.status >= 500:
                raise
        else:
            yield position, {"subject": mail.subject, "html": Markup(mail.html)}  # sanitised where it is made


def _with_letters(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The workflow with the texts of its templates as the draft has them: what is published may not know them."""
    steps = []
    for step in steps_of(entry):
        options = step.get("email")
        if action_of(step) == "email" and isinstance(options, Mapping) and options.get("template"):
            name = str(options["template"])
            drafted = draft_document(f"metadata/emails/{name}.yaml")
            known = current_model().emails.get(name)
            said = (drafted.get("subject"), str(drafted.get("body", "")).strip())
            if drafted and (known is None or (known.subject, known.body.strip()) != said):
                kept = {key: value for key, value in options.items() if key != "template"}
                step = {**step, "email": {**kept, "subject": drafted.get("subject"), "body": drafted.get("body")}}
        steps.append(step)
    return with_steps(entry, steps)


def _why(error: FieldstoneError) -> list[str]:
    """What keeps a workflow from being tried. The draft has no problem with it: what is not known is not published."""
    if error.status >= 500:
        raise error
    if not isinstance(error, UnfinishedWorkflowError):
        return [explain(error)]
    words = [explain(each) for each in error.causes]
    unpublished = gettext("It needs what is only in your draft so far. Publish that first, then try the workflow:")
    return [unpublished, *dict.fromkeys(words)]


def _trial_words(module: str, trial: Trial) -> dict[str, Any]:
    described = describe(current_published(), module, current_actor())
    shower = Shower(current_model(), current_actor())
    values = [(name, value) for part in trial.parts for name, value in part.reads.items()]
    values += [(name, value) for name, ends in trial.changes.items() for value in ends]
    known = [(described.find(name.removeprefix("old.")), value) for name, value in values]
    shower.with_labels(value_labels([(field, value) for field, value in known if field is not None]))

    def worded(name: str, value: Any) -> tuple[str, str]:
        return _value_words(described, shower, name, value)

    last = trial.last
    return {
        "holds": trial.holds, "picked": trial.picked, "held_before": trial.held_before,
        "last": _event(last.kind, last.at) if last else "", "due": full_moment(trial.due) if trial.due else "",
        "parts": [(part.source, part.holds, [worded(*read) for read in part.reads.items()]) for part in trial.parts],
        "steps": _step_words(trial.steps, open_to=True),
        "changes": [
            (worded(name, before)[0], worded(name, before)[1], worded(name, after)[1])
            for name, (before, after) in trial.changes.items()
        ],
        "refused": explain(trial.refused) if trial.refused else "",
    }  # fmt: skip


def _value_words(described: DescribedModule, shower: Shower, name: str, value: Any) -> tuple[str, str]:
    """What a name of an expression is called, and its value in words."""
    old = name.startswith("old.")
    path = name.removeprefix("old.")
    field = described.find(path)
    label = field.label if field else field_name(described.name, path)
    if old:
        label = gettext("%(field)s before", field=label)
    if value in (None, ""):
        return label, gettext("empty")
    try:
        return label, (shower.text(field, value) if field is not None else str(value)) or str(value)
    except (TypeError, ValueError, AttributeError):  # expressions know some values in another form than fields
        return label, str(value)


def _event(kind: str, at: datetime) -> str:
    words = {
        "created": gettext("created"), "updated": gettext("changed"), "deleted": gettext("deleted"),
        "restored": gettext("restored"), "schedule": gettext("on schedule"), "linked": gettext("linked"),
        "unlinked": gettext("unlinked"),
    }  # fmt: skip
    return gettext("%(what)s %(when)s", what=words.get(kind, kind), when=full_moment(at))


def _step_words(steps: Iterable[Mapping[str, Any]], *, open_to: bool) -> list[dict[str, Any]]:
    """`open_to`: the person may see the record, and so what would be said about it."""
    return [
        {
            "label": action_labels().get(str(step.get("action")), step.get("action")), "outcome": step.get("outcome"),
            "mail": None, "answer": answer_words().get(str(step.get("if_answer", "")), ""),
            "details": [
                (_detail_name(name), _detail(name, value) if open_to else "…")
                for name, value in step.items()
                if name not in ("action", "outcome", "event", "if_answer") and value not in (None, "", [])
            ],
        }
        for step in steps
    ]  # fmt: skip


def _detail_name(name: str) -> str:
    words = {
        "to": gettext("To"), "subject": gettext("Subject"), "fields": gettext("Fields"), "record": gettext("Record"),
        "relation": gettext("Related list"), "tags": gettext("Tags"),
        "reason": gettext("Because"), "owner": gettext("Owner"), "until": gettext("Until"), "asked": gettext("Asked"),
        "message": gettext("Message"), "instead_of": gettext("Instead of"),
    }  # fmt: skip
    return words.get(name, name.replace("_", " "))


def _detail(name: str, value: Any) -> str:
    if name == "record" and isinstance(value, str):  # its number was taken back with it
        return module_name(value.partition(":")[0])
    if name == "until" and isinstance(value, str):
        return full_moment(datetime.fromisoformat(value))
    if name == "reason" and isinstance(value, str):
        return word_reason(value)
    if name == "owner" and isinstance(value, int):
        return names_of_users().get(value, str(value))
    return gettext(", ").join(map(str, value)) if isinstance(value, list) else str(value)


def _identity(module: str) -> str:
    found = current_model().modules.get(module)
    return found.identity if found else ""


def _told(module: str, rehearsal: StoredRehearsal) -> dict[str, Any]:
    """A rehearsal in words; without a result while its job is at work."""
    job = current_site().jobs.find(rehearsal.job) if rehearsal.job is not None else None
    waiting = rehearsal.result is None and job is not None and job.state in ("queued", "running", "paused")
    told: dict[str, Any] = {
        "id": rehearsal.id, "days": rehearsal.days, "waiting": waiting, "at": full_moment(rehearsal.at),
        "failed": rehearsal.result is None and not waiting, "done": job.progress if job else 0,
        "total": (job.progress_total or 0) if job else 0,
    }  # fmt: skip
    if rehearsal.result is None:
        return told
    result = rehearsal.result
    labels = find_labels([(module, run["record"]) for run in result["runs"]])
    told |= {key: result[key] for key in ("examined", "whole", "matched", "records")}
    told["runs"] = [
        {
            "record": run["record"], "label": labels.get((module, run["record"]), ""),
            "event": _event(run["kind"], datetime.fromisoformat(run["at"])),
            "by": someone(run["by"], names_of_users()) if run["by"] is not None else "", "gone": run["gone"],
            "steps": None
            if run["steps"] is None
            else _step_words(run["steps"], open_to=(module, run["record"]) in labels),
            "refused": word(run["refused"]["code"], run["refused"]["params"]) if run["refused"] else "",
        }
        for run in result["runs"]
    ]  # fmt: skip
    return told
