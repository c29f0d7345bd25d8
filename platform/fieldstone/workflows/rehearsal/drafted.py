"""A workflow as a draft says it, compiled with the model that is in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import FieldstoneError, InvalidInputError
from fieldstone.metadata.builders.workflows import build_workflows
from fieldstone.metadata.definitions import WorkflowDef
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.validation import make_validator
from fieldstone.metadata.writer import write_document
from fieldstone.workflows.compiled import CompiledWorkflow, WorkflowCompiler

declare(
    "workflow.E160",
    "The module {module} is not published yet.",
    "Publish it first: only then there are records to try the workflow on.",
)
declare("workflow.E161", "Step {step} is not complete.", "Fill in what it needs.")
declare("workflow.E162", "The workflow runs only when somebody presses its button.", "Test it on a record instead.")
declare("workflow.E163", "The workflow runs only when another system calls it.", "Test it on a record instead.")


class UnfinishedWorkflowError(InvalidInputError):
    """A workflow that cannot be tried as it is. `causes` are all problems, this one among them."""

    def __init__(self, causes: list[FieldstoneError]) -> None:
        super().__init__(causes[0].code, **causes[0].params)
        self.causes = causes


def definition_of(module: str, name: str, entry: Mapping[str, Any]) -> WorkflowDef:
    """The definition that the entry of a workflow's document says, which need not be in order."""
    text = write_document({"module": module, "workflows": {name: dict(entry)}})
    root = parse_document(text, f"workflows/{module}.yaml", Diagnostics())
    assert root is not None, "it was written by us"
    return build_workflows(module, root)[name]


def compile_drafted(compiler: WorkflowCompiler, model: AppModel, definition: WorkflowDef) -> CompiledWorkflow:
    """Ready to run. Raises UnfinishedWorkflowError with all that is wrong with it: what names a module or a field
    that is not published yet among them."""
    if definition.module not in model.modules:
        raise UnfinishedWorkflowError([InvalidInputError("workflow.E160", module=definition.module)])
    unfinished: list[FieldstoneError] = [
        InvalidInputError("workflow.E161", step=number)
        for number, step in enumerate(definition.steps, 1)
        if (schema := compiler.schema_of(step.action)) is not None and not make_validator(schema).is_valid(step.options)
    ]
    if unfinished:
        raise UnfinishedWorkflowError(unfinished)
    compiled, problems = compiler.compile(model, definition)
    if compiled is None:
        causes = [
            cause
            for problem in problems
            for cause in (problem.problems if isinstance(problem, ExpressionError) else [problem])
        ]
        raise UnfinishedWorkflowError([InvalidInputError(each.code, **each.params) for each in causes])
    return compiled
