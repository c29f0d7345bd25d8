"""Plugins add actions and triggers by the route that the built-in ones take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldstone.extensions.host import PluginHost
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.hooks import hookimpl
from fieldstone.metadata.definitions import StepDef, WorkflowDef
from fieldstone.workflows.action import Action
from fieldstone.workflows.actions.registry import built_in_actions
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.checking import check_workflows
from fieldstone.workflows.compiled import WorkflowCompiler
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.triggers import Trigger, built_in_triggers
from workflows.conftest import compile_sales

Open = Callable[..., Any]


class Shout(Action):
    name = "shout"
    label = "Shout"
    help = "Notes the name in the trace."
    schema = {"type": "object"}  # noqa: RUF012

    def compile(self, scope: StepScope, options: Any) -> Any:
        return options

    def run(self, batch: Batch, plan: Any) -> None:
        for row in batch.rows:
            batch.note(row, said=row.values["name"].upper())


class Plugin:
    @hookimpl
    def register_actions(self) -> list[Action]:
        return [Shout()]

    @hookimpl
    def register_triggers(self) -> list[Trigger]:
        return [Trigger(name="grown", label="Grown", help="The amount grew.", picks=lambda workflow, row: row.created)]


def test_a_plugins_action_and_trigger(open_sales: Open) -> None:
    host = PluginHost()
    host.register("shouting", Plugin())
    sales = open_sales()
    host.register_into("register_actions", sales.engine.actions)
    host.register_into("register_triggers", sales.engine.triggers)
    assert host.disabled == {}
    definition = WorkflowDef(
        name="loud", module="opportunity", label="Loud", on="grown", steps=(StepDef(action="shout", options={}),)
    )
    model = sales.models.current.model
    problems = Diagnostics()
    check_workflows(model, sales.engine.triggers, sales.engine.actions, problems)
    assert not problems.errors
    compiled, refused = WorkflowCompiler(sales.engine.triggers, sales.engine.actions).compile(model, definition)
    assert (refused, compiled is not None) == ([], True)


def test_a_plugin_that_takes_a_name_is_switched_off() -> None:
    class Twice:
        @hookimpl
        def register_actions(self) -> list[Action]:
            return [built_in_actions()["email"]]

    host = PluginHost()
    host.register("twice", Twice())
    host.register_into("register_actions", built_in_actions())
    assert list(host.disabled) == ["twice"]


def test_a_workflow_whose_plugin_is_missing_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is kept from saving."""
    from dataclasses import replace

    model = compile_sales("  say: {on: created, do: [comment: {text: x}]}")
    broken = WorkflowDef(
        name="loud", module="opportunity", label="Loud", on="created", steps=(StepDef(action="shout", options={}),)
    )
    workflows = {**model.workflows, "opportunity": {**model.workflows["opportunity"], "loud": broken}}
    compiler = WorkflowCompiler(built_in_triggers(), built_in_actions())

    class Published:
        cache: dict[Any, Any] = {}  # noqa: RUF012

    published: Any = Published()
    published.model = replace(model, workflows=workflows)
    found = compiler.of_module(published, "opportunity")
    assert list(found.by_name) == ["say"]
    assert "loud" in caplog.text
    assert compiler.of_module(published, "opportunity") is found
