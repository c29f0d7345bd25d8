"""Workflows: conditions, schedules, and steps with the options of their actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.kernel.codes import declare
from fieldstone.metadata.builders.workflows import (
    APPROVAL,
    EXPRESSION_OPTIONS,
    PAUSING,
    STEP_PARTS,
    action_of,
    step_options,
)
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.checks.templates import check_template_names
from fieldstone.metadata.checks.trigger_parts import LINKS, NO_FIELD, check_trigger_parts
from fieldstone.metadata.checks.written_values import check_written_values
from fieldstone.metadata.definitions import StepDef, WorkflowDef
from fieldstone.metadata.documents import WORKFLOW
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.nodes import MappingNode
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.metadata.validation import make_validator, validate_node

NO_MODULE = declare("workflow.E010", "There is no module {module!r}.", "Closest modules: {known}.")
NO_ACTION = declare("workflow.E012", "There is no action {action!r}.", "Closest actions: {known}.")
ONE_ACTION = declare(
    "workflow.E013",
    "A step has exactly one action, and may have `if` and `answer`.",
    "Write each action as a step of its own.",
)
NEEDS_SCHEDULE = declare(
    "workflow.E014", "A scheduled workflow says when it runs.", "Add `schedule: {{cron: …}}` or a field and days."
)
BAD_SCHEDULE = declare(
    "workflow.E015",
    "The schedule is neither a cron expression nor a date field with one distance.",
    'Write `{{cron: "0 8 * * 1-5"}}` or `{{field: close_date, days_before: 3}}`.',
)
BAD_CRON = declare(
    "workflow.E016", "{cron!r} is not a cron expression: {reason}.", 'Write five parts, such as "0 8 * * 1-5".'
)
NOT_A_DATE = declare("workflow.E017", "{name!r} is not a date field.", "Name a field of type date or datetime.")
CONDITION_MISSING = declare(
    "workflow.E018", "becomes_true needs the condition that becomes true.", "Add `if:` with the condition."
)
NOT_BEFORE_SAVE = declare(
    "workflow.E019",
    "{action!r} cannot run before the save: only set_fields can.",
    "Remove `when: before_save`, or move the step to a workflow of its own.",
)
NOT_LIMITED = declare(
    "workflow.E020", "`fields:` belongs to the trigger updated, not to {on}.", "Remove it, or use `on: updated`."
)
NO_TEMPLATE = declare("workflow.E021", "There is no e-mail template {template!r}.", "Closest templates: {known}.")
NO_ANSWER = declare(
    "workflow.E022",
    "No approval before this step asks for an answer.",
    "Remove `answer:`, or put an approval before it.",
)
BAD_ANSWER = declare("workflow.E023", "An answer is approved or rejected, not {answer!r}.")
GONE = declare(
    "workflow.E024",
    "{action!r} would come back to a record that is deleted.",
    "Remove the step, or use another trigger than deleted.",
)

ANSWERS = ("approved", "rejected")
_DISTANCES = ("days_before", "days_after", "hours_before", "hours_after")
_WITHOUT_OLD = ("schedule", "manual", "linked", "unlinked", "webhook")


def check_workflows(context: CheckContext, module: str, /) -> None:
    """Every workflow of a module that exists."""
    for workflow in context.model.workflows[module].values():
        steps: Steps = ("workflows", workflow.name)
        _check_trigger(context, workflow, steps)
        if workflow.condition:
            scope = scope_of(context, workflow)
            context.check_expression(workflow.condition, scope, WORKFLOW, module, *steps, "if", expected="boolean")
        for position, step in enumerate(workflow.steps):
            earlier = [each.action for each in workflow.steps[:position]]
            _check_answer(context, workflow, step, earlier, (*steps, "do", position))
            _check_step(context, workflow, step, earlier, (*steps, "do", position))


def check_orphans(context: CheckContext) -> None:
    """Workflows of modules that do not exist."""
    for document in context.documents.of_kind(WORKFLOW):
        if document.name not in context.modules:
            known = nearest(document.name, context.modules)
            context.report(NO_MODULE, WORKFLOW, document.name, "module", module=document.name, known=known)


def scope_of(context: CheckContext, workflow: WorkflowDef, *, later: bool = False) -> ModuleScope:
    """What its expressions may name: the values before a save, where there is one, and the other end of a link. Steps
    that run `later`, after a wait, know neither."""
    if later:
        return context.scope(workflow.module)
    relation = context.modules[workflow.module].relations.get(workflow.relation)
    other = relation.to if relation and workflow.on in LINKS else ""
    return context.scope(workflow.module, old=workflow.on not in _WITHOUT_OLD, other=other)


def _check_trigger(context: CheckContext, workflow: WorkflowDef, steps: Steps) -> None:
    module = workflow.module
    if workflow.fields and workflow.on != "updated":
        context.report(NOT_LIMITED, WORKFLOW, module, *steps, "fields", on=workflow.on)
    for position, name in enumerate(workflow.fields):
        if context.find_field(module, name) is None:
            known = context.known_fields(module, name)
            context.report(
                NO_FIELD, WORKFLOW, module, *steps, "fields", position, name=name, module=module, known=known
            )
    if workflow.on == "becomes_true" and not workflow.condition:
        context.report(CONDITION_MISSING, WORKFLOW, module, *steps, "on")
    check_trigger_parts(context, workflow, steps)
    if workflow.on == "schedule" and not workflow.schedule:
        context.report(NEEDS_SCHEDULE, WORKFLOW, module, *steps, "on")
    elif workflow.schedule:
        _check_schedule(context, workflow, (*steps, "schedule"))


def _check_schedule(context: CheckContext, workflow: WorkflowDef, steps: Steps) -> None:
    schedule, module = workflow.schedule, workflow.module
    distances = [key for key in _DISTANCES if key in schedule]
    is_cron = "cron" in schedule and len(schedule) == 1
    is_field = "field" in schedule and len(distances) == 1 and len(schedule) == 2
    if not is_cron and not is_field:
        context.report(BAD_SCHEDULE, WORKFLOW, module, *steps)
    elif is_cron:
        reason = _cron_problem(str(schedule["cron"]))
        if reason:
            context.report(BAD_CRON, WORKFLOW, module, *steps, "cron", cron=schedule["cron"], reason=reason)
    else:
        name = str(schedule["field"])
        value_type = context.scope(module).find_type((name,))
        if value_type is None:
            known = context.known_fields(module, name)
            context.report(NO_FIELD, WORKFLOW, module, *steps, "field", name=name, module=module, known=known)
        elif value_type.kind not in ("date", "datetime"):
            context.report(NOT_A_DATE, WORKFLOW, module, *steps, "field", name=name)


def _cron_problem(cron: str) -> str:
    from datetime import UTC, datetime

    from cronsim import CronSim, CronSimError

    if len(cron.split()) != 5:
        return "it does not have five parts"
    try:
        CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        return str(error) or "a part is out of range"
    return ""


def _check_answer(
    context: CheckContext, workflow: WorkflowDef, step: StepDef, earlier: Sequence[str], steps: Steps
) -> None:
    if step.answer and step.answer not in ANSWERS:
        context.report(BAD_ANSWER, WORKFLOW, workflow.module, *steps, "answer", answer=step.answer)
    elif step.answer and APPROVAL not in earlier:
        context.report(NO_ANSWER, WORKFLOW, workflow.module, *steps, "answer")


def _check_step(
    context: CheckContext, workflow: WorkflowDef, step: StepDef, earlier: Sequence[str], steps: Steps
) -> None:
    module = workflow.module
    node = context.documents.node(WORKFLOW, module, *steps)
    if not isinstance(node, MappingNode) or len([key for key in node.entries if key not in STEP_PARTS]) != 1:
        context.report(ONE_ACTION, WORKFLOW, module, *steps)
        return
    # What a step that comes later reads is the record of then: what it was before the save is not kept.
    scope = scope_of(context, workflow, later=any(action in PAUSING for action in earlier))
    if step.condition:
        context.check_expression(step.condition, scope, WORKFLOW, module, *steps, "if", expected="boolean")
    action = action_of(node)
    schema = context.vocabulary.actions.get(action)
    if schema is None:
        known = nearest(action, context.vocabulary.actions)
        context.problems.add(NO_ACTION, node.entries[action].key_location, module, action=action, known=known)
        return
    if workflow.before_save and action != "set_fields":
        context.report(NOT_BEFORE_SAVE, WORKFLOW, module, *steps, action, action=action)
    if workflow.on == "deleted" and action in PAUSING:
        context.report(GONE, WORKFLOW, module, *steps, action, action=action)
    options = node.entries[action]
    data = step_options(action, options)
    path = (module, *map(str, steps), action)
    if not validate_node(options, make_validator(schema), "workflow", path, context.problems, data):
        return
    if action in EXPRESSION_OPTIONS:
        check_written_values(context, module, scope, (*steps, action), action, data)
    if action == "wait":
        _check_wait(context, module, (*steps, action), data)
    _check_template(context, module, (*steps, action), data)
    check_template_names(context, module, options, path)


def _check_wait(context: CheckContext, module: str, steps: Steps, options: Mapping[str, Any]) -> None:
    scope = context.scope(module)
    if "until" in options:
        context.check_expression(str(options["until"]), scope, WORKFLOW, module, *steps, "until")
    if "only_if" in options:
        context.check_expression(
            str(options["only_if"]), scope, WORKFLOW, module, *steps, "only_if", expected="boolean"
        )


def _check_template(context: CheckContext, module: str, steps: Steps, options: Any) -> None:
    template = options.get("template") if isinstance(options, dict) else None
    if isinstance(template, str) and template not in context.model.emails:
        known = nearest(template, context.model.emails)
        context.report(NO_TEMPLATE, WORKFLOW, module, *steps, "template", template=template, known=known)
