"""What only the workflows package can check of a model: steps, templates, recipients, addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.diagnostics import NOWHERE, Diagnostic, Diagnostics
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.definitions import WorkflowDef
from fieldstone.metadata.model import AppModel
from fieldstone.workflows.action import Action
from fieldstone.workflows.compiled import WorkflowCompiler
from fieldstone.workflows.triggers import Trigger


def check_workflows(
    model: AppModel, triggers: Registry[Trigger], actions: Registry[Action], diagnostics: Diagnostics
) -> None:
    """Add every problem of every workflow, at the place of the workflow."""
    compiler = WorkflowCompiler(triggers, actions)
    for workflows in model.workflows.values():
        for definition in workflows.values():
            if definition.module not in model.modules:
                continue
            for place, problem in _placed(compiler, model, definition):
                causes = problem.problems if isinstance(problem, ExpressionError) else [problem]
                diagnostics.extend([_diagnostic(model, definition, place, each.code, each.params) for each in causes])


def _placed(
    compiler: WorkflowCompiler, model: AppModel, definition: WorkflowDef
) -> Iterator[tuple[str, FieldstoneError]]:
    """Each problem with where it is: "" for the workflow as a whole, ".do.0" for its first step."""
    if not compiler.compile(model, definition)[1]:
        return
    whole = compiler.compile(model, replace(definition, steps=()))[1]
    yield from (("", problem) for problem in whole)
    known = {(problem.code, str(problem.params)) for problem in whole}
    for position, step in enumerate(definition.steps):
        for problem in compiler.compile(model, replace(definition, condition="", steps=(step,)))[1]:
            if (problem.code, str(problem.params)) not in known:
                yield f".do.{position}", problem


def _diagnostic(
    model: AppModel, definition: WorkflowDef, place: str, code: str, params: Mapping[str, object]
) -> Diagnostic:
    origins = model.provenance.get(f"workflows.{definition.module}.workflows.{definition.name}")
    return Diagnostic(
        code=code,
        params=dict(params),
        location=origins[-1].location if origins else NOWHERE,
        path=f"{definition.module}.workflows.{definition.name}{place}",
    )
