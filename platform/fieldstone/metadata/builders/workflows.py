"""A workflow document → definitions."""

from __future__ import annotations

from typing import Any

from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.definitions import StepDef, WorkflowDef
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode

EXPRESSION_OPTIONS = {"set_fields": (), "create_record": ("values",)}
"""Actions with a mapping of field → expression, and where it stands in their options."""

STEP_PARTS = ("if", "answer")
"""What a step may say besides its action."""

APPROVAL = "approval"
PAUSING = ("wait", APPROVAL)
"""Actions after which the rest of the run comes later."""


def build_workflows(module: str, root: MappingNode) -> dict[str, WorkflowDef]:
    """The workflows of a module, in order."""
    return {name: _build_workflow(module, name, node) for name, node in root.mapping("workflows").mappings()}


def _build_workflow(module: str, name: str, node: MappingNode) -> WorkflowDef:
    steps = node.find("do")
    items = steps.items if isinstance(steps, SequenceNode) else []
    return WorkflowDef(
        name=name,
        module=module,
        label=node.text("label") or label_from(name),
        on=node.text("on"),
        steps=tuple(_build_step(item) for item in items if isinstance(item, MappingNode)),
        condition=node.text("if").strip(),
        fields=node.texts("fields"),
        schedule=node.mapping("schedule").data(),
        stage=node.mapping("stage").data(),
        relation=node.text("relation"),
        webhook=node.mapping("webhook").data(),
        active=node.flag("active", True),
        before_save=node.text("when") == "before_save",
    )


def action_of(step: MappingNode) -> str:
    """The name of the step's action: its one key that is none of STEP_PARTS; "" without one."""
    return next((key for key in step.entries if key not in STEP_PARTS), "")


def _build_step(node: MappingNode) -> StepDef:
    action = action_of(node)
    options = node.find(action)
    return StepDef(
        action=action,
        options=None if options is None else step_options(action, options),
        condition=node.text("if").strip(),
        answer=node.text("answer").strip(),
    )


def step_options(action: str, node: Node) -> Any:
    """The plain options of a step; values that are expressions come as the text that was written."""
    place = EXPRESSION_OPTIONS.get(action)
    data = node.data()
    if place is None or not isinstance(node, MappingNode):
        return data
    holder, target = node, data
    for key in place:
        if not isinstance(holder.find(key), MappingNode):
            return data
        holder, target = holder.mapping(key), target[key]
    for key, child in holder.entries.items():
        if isinstance(child, ScalarNode):
            target[key] = "None" if child.is_null else child.text.strip()
    return data
