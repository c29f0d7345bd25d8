"""A field's node → its definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode

STAND_IN = "text"
"""The type of a field whose own type is missing or unknown, so that references to it still resolve."""

SELF = "self"
"""As the target of a lookup: the module itself."""


def _text(node: Node) -> str | None:
    return node.text.strip("\n") if isinstance(node, ScalarNode) else None


def _flag(node: Node) -> bool | None:
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, bool) else None


def _whole(node: Node) -> int | None:
    value = node.value if isinstance(node, ScalarNode) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _names(node: Node) -> tuple[str, ...] | None:
    if isinstance(node, SequenceNode):
        return tuple(item.text for item in node.items if isinstance(item, ScalarNode))
    return (node.text,) if isinstance(node, ScalarNode) else None


def _data(node: Node) -> Any:
    return node.data()


_READERS: Mapping[str, Callable[[Node], Any]] = {
    **dict.fromkeys(
        ("label", "help", "placeholder", "default_expression", "pattern", "pattern_message", "picklist", "on_delete",
         "reverse", "reverse_label", "result", "expression", "relation", "function", "of", "where", "prefix",
         "currency", "visible_when", "required_when", "read_only_when"),
        _text,
    ),
    **dict.fromkeys(
        ("required", "unique", "read_only", "read_only_after_create", "index", "searchable", "track_duration",
         "quick_create", "mass_edit", "importable", "exportable", "audited", "copy", "personal", "reveals",
         "grouping"),
        _flag,
    ),
    **dict.fromkeys(("min_length", "max_length", "decimals", "digits"), _whole),
    **dict.fromkeys(("default", "min", "max"), _data),
    "to": _names,
}  # fmt: skip


def build_field(
    owner: str, name: str, node: MappingNode, field_types: Registry[FieldType], *, is_name: bool = False
) -> FieldDef:
    """The definition of a field of `owner` (a module, or "<module>_<relation>" for an attribute of a link).

    Identity and column come later, from the catalogue; so does the result of a computed field that
    does not say it.
    """
    type_name = node.text("type")
    attributes: dict[str, Any] = {}
    for key, child in node.entries.items():
        reader = _READERS.get(key)
        value = reader(child) if reader is not None else None
        if value is not None:
            attributes[key] = value
    attributes.setdefault("label", label_from(name))
    if "values" in node.entries and "picklist" not in attributes:
        attributes["picklist"] = inline_picklist(owner, name)
    depends = node.mapping("depends_on")
    if depends.text("field"):
        options = depends.mapping("options")
        attributes["depends_on"] = depends.text("field")
        attributes["options"] = {key: options.texts(key) for key in options.entries}
    when = node.mapping("options_when")
    if when.entries:
        attributes["options_when"] = {key: when.text(key).strip("\n") for key in when.entries if when.text(key).strip()}
    if type_name == "lookup":
        attributes.setdefault("reverse", f"{owner}_{name}")
        attributes["to"] = tuple(owner if target == SELF else target for target in attributes.get("to", ()))
    known = type_name in field_types and (type_name != "lookup" or attributes["to"])
    return FieldDef(name=name, type=type_name if known else STAND_IN, is_name=is_name, **attributes)


def inline_picklist(owner: str, field: str) -> str:
    """The name of the picklist made of values written directly on a field."""
    return f"{owner}_{field}"
