"""Workflows made ready to run: once per module and version of the model."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.definitions import ModuleDef, StepDef, WorkflowDef
from fieldstone.metadata.model import AppModel
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.triggers import Trigger

log = logging.getLogger(__name__)

declare("workflow.E125", "There is no action {name}.", "Did you mean {nearest}?")
declare("workflow.E126", "There is no trigger {name}.", "Did you mean {nearest}?")
declare("workflow.E127", "A workflow that is set off by {trigger} cannot run before the save.")
declare("workflow.E128", "The action {action} cannot run before the save; only the record's own values can be set.")


@dataclass(frozen=True, kw_only=True)
class CompiledStep:
    action: Action
    plan: Any
    condition: CompiledExpression | None
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class CompiledWorkflow:
    """`reads` are the record's own fields that the condition looks at; `via` names it in the history."""

    definition: WorkflowDef
    module: ModuleDef
    trigger: Trigger
    condition: CompiledExpression | None
    reads: frozenset[str]
    steps: tuple[CompiledStep, ...]

    @property
    def name(self) -> str:
        return f"{self.module.name}.{self.definition.name}"

    @property
    def via(self) -> str:
        return f"workflow:{self.name}"


@dataclass(frozen=True, kw_only=True)
class ModuleWorkflows:
    """The active workflows of a module, in order, by when they run."""

    before: tuple[CompiledWorkflow, ...]
    after: tuple[CompiledWorkflow, ...]
    by_name: Mapping[str, CompiledWorkflow]


class WorkflowCompiler:
    """Compiles with the registries that plugins add to."""

    def __init__(self, triggers: Registry[Trigger], actions: Registry[Action]) -> None:
        self._triggers = triggers
        self._actions = actions

    def schema_of(self, action: str) -> Schema | None:
        """The JSON Schema of an action's options; None for an action that is not there."""
        found = self._actions.find(action)
        return None if found is None else found.schema

    def of_module(self, published: PublishedModel, module: str) -> ModuleWorkflows:
        """Kept with the model. A workflow that does not compile is left out and logged: a plugin that is
        missing in this process must not stop people from saving."""
        key = ("workflows", module)
        found: ModuleWorkflows | None = published.cache.get(key)
        if found is None:
            found = published.cache[key] = self._compile_module(published.model, module)
        return found

    def _compile_module(self, model: AppModel, module: str) -> ModuleWorkflows:
        compiled = []
        for definition in model.workflows.get(module, {}).values():
            if not definition.active:
                continue
            workflow, problems = self.compile(model, definition)
            if workflow is None:
                for problem in problems:
                    log.error("workflow %s.%s does not run: %s", module, definition.name, problem.message)
            else:
                compiled.append(workflow)
        in_saves = [item for item in compiled if item.trigger.picks is not None]
        return ModuleWorkflows(
            before=tuple(item for item in in_saves if item.definition.before_save),
            after=tuple(item for item in in_saves if not item.definition.before_save),
            by_name={item.definition.name: item for item in compiled},
        )

    def compile(
        self, model: AppModel, definition: WorkflowDef
    ) -> tuple[CompiledWorkflow | None, list[FieldstoneError]]:
        """The workflow, or None with every problem it has."""
        module = model.modules[definition.module]
        relation = module.relations.get(definition.relation)
        other = relation.to if relation else ""
        scope = StepScope(model=model, module=module, action="", before_save=definition.before_save, other=other)
        trigger = self._triggers.find(definition.on)
        condition = None
        if trigger is None:
            scope.refuse("workflow.E126", name=definition.on, nearest=self._triggers.nearest(definition.on))
        elif definition.before_save and not trigger.before_save:
            scope.refuse("workflow.E127", trigger=definition.on)
        if definition.condition:
            try:
                condition = scope.expression(definition.condition, expected="boolean")
            except FieldstoneError as error:
                scope.problems.append(error)
        steps = [self._compile_step(scope, step) for step in definition.steps]
        if trigger is None or scope.problems:
            return None, scope.problems
        workflow = CompiledWorkflow(
            definition=definition,
            module=module,
            trigger=trigger,
            condition=condition,
            reads=_own_fields(condition),
            steps=tuple(step for step in steps if step is not None),
        )
        return workflow, []

    def _compile_step(self, scope: StepScope, step: StepDef) -> CompiledStep | None:
        action = self._actions.find(step.action)
        if action is None:
            scope.refuse("workflow.E125", name=step.action, nearest=self._actions.nearest(step.action))
            return None
        if scope.before_save and not action.before_save:
            scope.refuse("workflow.E128", action=step.action)
            return None
        scope.action = step.action
        try:
            condition = scope.expression(step.condition, expected="boolean") if step.condition else None
            plan = action.compile(scope, step.options)
            return CompiledStep(action=action, plan=plan, condition=condition, answer=step.answer)
        except FieldstoneError as error:
            scope.problems.append(error)
        return None


def _own_fields(condition: CompiledExpression | None) -> frozenset[str]:
    if condition is None:
        return frozenset()
    return frozenset(path[1] if path[0] == "old" and len(path) > 1 else path[0] for path in condition.paths)
