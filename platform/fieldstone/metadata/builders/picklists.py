"""Picklists, from their own documents or from values written directly on a field."""

from __future__ import annotations

from fieldstone.fields.definition import PicklistDef, PicklistValueDef
from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode


def build_picklist(name: str, node: MappingNode, *, label: str = "") -> PicklistDef:
    """`node` holds `values`, and maybe `label` and `default`; `label` stands in for a missing one."""
    values = {key: _build_value(key, child) for key, child in node.mapping("values").entries.items()}
    return PicklistDef(
        name=name, label=node.text("label") or label or label_from(name), values=values, default=node.text("default")
    )


def _build_value(key: str, node: Node) -> PicklistValueDef:
    if isinstance(node, ScalarNode):
        return PicklistValueDef(key=key, label=node.text)
    if not isinstance(node, MappingNode):
        return PicklistValueDef(key=key, label=label_from(key))
    probability = node.value("probability")
    return PicklistValueDef(
        key=key,
        label=node.text("label") or label_from(key),
        colour=node.text("colour", "gray"),
        active=node.flag("active", True),
        meaning=node.text("meaning"),
        probability=probability if isinstance(probability, int) else None,
        roles=node.texts("roles") if "roles" in node.entries else None,
    )
