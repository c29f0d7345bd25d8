"""What only the workflows package can check of a model: steps, templates, recipients, addresses."""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.diagnostics import NOWHERE, Diagnostic, Diagnostics
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
            for problem in compiler.compile(model, definition)[1]:
                causes = problem.problems if isinstance(problem, ExpressionError) else [problem]
                diagnostics.extend([_diagnostic(model, definition, cause.code, cause.params) for cause in causes])


def _diagnostic(model: AppModel, definition: WorkflowDef, code: str, params: Mapping[str, object]) -> Diagnostic:
    origins = model.provenance.get(f"workflows.{definition.module}.workflows.{definition.name}")
    return Diagnostic(
        code=code,
        params=dict(params),
        location=origins[-1].location if origins else NOWHERE,
        path=f"{definition.module}.workflows.{definition.name}",
    )
