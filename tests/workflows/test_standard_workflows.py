"""The workflows that ship with the product, as far as steps, templates and recipients go."""

from __future__ import annotations

from fieldstone.fields.registry import built_in_field_types
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import standard_layer
from fieldstone.workflows.actions.registry import ACTION_SCHEMAS, built_in_actions
from fieldstone.workflows.compiled import WorkflowCompiler
from fieldstone.workflows.triggers import TRIGGERS, built_in_triggers


def test_every_workflow_of_the_standard_layer_can_run() -> None:
    model = compile_model(
        [standard_layer()],
        field_types=built_in_field_types(),
        catalogue=Catalogue(),
        actions=ACTION_SCHEMAS,
        triggers=TRIGGERS,
    ).get_model()
    compiler = WorkflowCompiler(built_in_triggers(), built_in_actions())
    definitions = [item for workflows in model.workflows.values() for item in workflows.values()]
    assert definitions
    for definition in definitions:
        workflow, problems = compiler.compile(model, definition)
        assert [f"{definition.module}.{definition.name}: {problem}" for problem in problems] == []
        assert workflow is not None
