"""Workflows that trigger themselves for certain: caught here, before the depth limit has to."""

from __future__ import annotations

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.checks.workflows import scope_of
from fieldstone.metadata.checks.written_values import RECORD
from fieldstone.metadata.definitions import WorkflowDef
from fieldstone.metadata.documents import WORKFLOW

ENDLESS = declare(
    "workflow.E040",
    "The workflow triggers itself without end: it sets {field!r} from its own value and runs again when that changes.",
    "Add a condition, limit it with `fields:`, or let it run before the save with `when: before_save`.",
)
AGAIN = declare(
    "workflow.W001",
    "The workflow triggers itself: it sets {field!r} and runs again when that changes.",
    "Add a condition, limit it with `fields:`, or let it run before the save with `when: before_save`.",
)
BREEDS = declare(
    "workflow.E041",
    "The workflow triggers itself without end: each {module} it creates makes it create another one.",
    "Add a condition that does not hold for what it creates.",
)


def check_self_triggering(context: CheckContext, module: str, /) -> None:
    """Workflows after a save, without any condition, that set a field they are triggered by or create
    what they are triggered by."""
    for workflow in context.model.workflows[module].values():
        if not workflow.active or workflow.condition or workflow.before_save:
            continue
        if workflow.on in ("updated", "saved"):
            _check_fields(context, workflow)
        if workflow.on in ("created", "saved"):
            _check_records(context, workflow)


def _check_records(context: CheckContext, workflow: WorkflowDef) -> None:
    for position, step in enumerate(workflow.steps):
        if step.action != "create_record" or step.condition or not isinstance(step.options, dict):
            continue
        if step.options.get("module") == workflow.module:
            steps = ("workflows", workflow.name, "do", position, "create_record", "module")
            context.report(BREEDS, WORKFLOW, workflow.module, *steps, module=workflow.module)


def _check_fields(context: CheckContext, workflow: WorkflowDef) -> None:
    for position, step in enumerate(workflow.steps):
        if step.action != "set_fields" or step.condition or not isinstance(step.options, dict):
            continue
        for name, source in step.options.items():
            if RECORD in step.options or (workflow.fields and name not in workflow.fields):
                continue
            code = ENDLESS if _reads(context, workflow, name, str(source)) else AGAIN
            steps = ("workflows", workflow.name, "do", position, "set_fields", name)
            context.report(code, WORKFLOW, workflow.module, *steps, field=name)


def _reads(context: CheckContext, workflow: WorkflowDef, name: str, source: str) -> bool:
    try:
        compiled = compile_expression(source, scope_of(context, workflow))
    except ExpressionError:
        return False
    return (name,) in compiled.paths or ("old", name) in compiled.paths
