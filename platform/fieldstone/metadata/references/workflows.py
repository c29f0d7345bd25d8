"""Where names stand in workflows: conditions, and the options of every action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fieldstone.metadata.builders.workflows import action_of
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode
from fieldstone.metadata.references.expressions import choices_of, expression, expression_giving
from fieldstone.metadata.references.mention import DECLARED, USED
from fieldstone.metadata.references.rules import Place, Rule, Walk, edit_entries, entries, items, keys, name, reworded
from fieldstone.metadata.references.templates import template

_RECORD = "record"
_TASK_PRIORITY = ("task", "priority")
"""Where the action create_task writes its option `priority`."""
_FIELD = name("field")


def _set_fields(walk: Walk, node: Node, place: Place) -> Node | None:
    """Field → expression; `record` names a lookup whose record is changed instead."""
    if not isinstance(node, MappingNode):
        return node
    lookup = node.text(_RECORD)
    target = walk.names.target(place.module, lookup) if lookup else place.module
    return _values(target, but=_RECORD)(walk, node, place)


def _values(target: str, but: str = "") -> Rule:
    def rule(walk: Walk, node: Node, place: Place) -> Node | None:
        if not isinstance(node, MappingNode):
            return node

        def edit(key: str, child: Node) -> tuple[str, Node]:
            there = place.at(key)
            if key == but:
                return key, _FIELD(walk, child, there) or child
            word = walk.ask("field", f"{target}.{key}", USED, child.key_location, there, key) if target else key
            value = expression_giving(choices_of(walk, target, key))(walk, child, there)
            return word or key, value or child

        return edit_entries(node, edit)

    return rule


def _create_record(walk: Walk, node: Node, place: Place) -> Node | None:
    target = node.text("module") if isinstance(node, MappingNode) else ""
    return keys({"module": name("module"), "values": _values(target)})(walk, node, place)


def _recipient(walk: Walk, node: Node, place: Place) -> Node | None:
    """owner, role:<name>, field:<name> and others that name nothing here."""
    if not isinstance(node, ScalarNode):
        return node
    kind, colon, word = node.text.strip().partition(":")
    if not colon or kind not in ("role", "field"):
        return node
    path = word if kind == "role" else f"{place.module}.{word}"
    answer = walk.ask(kind, path, USED, node.location, place, node.text)
    return reworded(node, node.text.replace(word, answer or word))


def _priority(walk: Walk, node: Node, place: Place) -> Node | None:
    picklist = walk.names.picklist(*_TASK_PRIORITY)
    return name("picklist_value")(walk, node, replace(place, picklist=picklist)) if picklist else node


_RECIPIENTS = items(_recipient)

ACTION_RULES: Mapping[str, Rule] = {
    "set_fields": _set_fields,
    "create_record": _create_record,
    "email": keys({"to": _RECIPIENTS, "template": name("email"), "subject": template, "body": template}),
    "notify": keys({"to": _RECIPIENTS, "message": template}),
    "create_task": keys({"subject": template, "assign": _recipient, "due_from": _FIELD, "priority": _priority}),
    "comment": keys({"text": template}),
    "create_event": keys({"subject": template, "assign": _recipient, "starts_from": _FIELD, "location": template}),
    "link": keys({"relation": name("relation"), "record": expression}),
    "tag": keys({"field": _FIELD}),
    "assign": keys({"to": _recipient, "round_robin": _RECIPIENTS, "least_busy": _RECIPIENTS, "counted": expression}),
    "wait": keys({"before": _FIELD, "after": _FIELD, "until": expression, "only_if": expression}),
    "approval": keys({"by": _RECIPIENTS, "escalate_to": _RECIPIENTS, "message": template}),
    "webhook": keys({"fields": items(_FIELD)}),
}
"""Action → where names stand in its options; those of other actions hold templates."""


def _step(walk: Walk, node: Node, place: Place) -> Node | None:
    if not isinstance(node, MappingNode):
        return node
    action = action_of(node)
    return keys({"if": expression, action: ACTION_RULES.get(action, template)})(walk, node, place)


def _stage(walk: Walk, node: Node, place: Place) -> Node | None:
    field = node.text("field") if isinstance(node, MappingNode) else ""
    picklist = walk.names.picklist(place.module, field) if field else ""
    values = items(name("picklist_value")) if picklist else _as_it_is
    inside = replace(place, picklist=picklist or "")
    return keys({"field": _FIELD, "to": values, "record_types": items(name("record_type"))})(walk, node, inside)


def _as_it_is(walk: Walk, node: Node, place: Place) -> Node | None:
    return node


def _fields_of_call(walk: Walk, node: Node, place: Place) -> Node | None:
    """Field → where its value stands in the body, which names nothing here."""
    if not isinstance(node, MappingNode):
        return node

    def edit(key: str, child: Node) -> tuple[str, Node]:
        word = walk.ask("field", f"{place.module}.{key}", USED, child.key_location, place.at(key), key)
        return word or key, child

    return edit_entries(node, edit)


WORKFLOW_RULE = keys(
    {
        "module": name("module", role=DECLARED),
        "workflows": entries(
            "workflow",
            keys(
                {
                    "fields": items(_FIELD),
                    "if": expression,
                    "schedule": keys({"field": _FIELD}),
                    "stage": _stage,
                    "relation": name("relation"),
                    "webhook": keys({"key": _FIELD, "values": _fields_of_call}),
                    "do": items(_step),
                }
            ),
        ),
    }
)
