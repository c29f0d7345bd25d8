"""A module's document → a draft of its definition, complete but for the catalogue and other modules."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.builders.activities import build_activity, build_occurs, build_reminder
from fieldstone.metadata.builders.fields import build_field, inline_picklist
from fieldstone.metadata.builders.picklists import build_picklist
from fieldstone.metadata.builders.words import label_from, plural_of
from fieldstone.metadata.catalogue import Wanted
from fieldstone.metadata.definitions import (
    DuplicatesDef,
    ModuleDef,
    NumberDef,
    RecordTypeDef,
    RelationDef,
    RuleDef,
)
from fieldstone.metadata.nodes import MappingNode, SequenceNode

NAME_TYPES = ("text", "email", "phone", "url", "person_name", "auto_number", "long_text")
"""Types a name field may have: their main column is text that can be shown. A formula may be one
when its result is text."""


@dataclass(frozen=True, kw_only=True)
class ModuleDraft:
    """`module` lacks identities, physical names, results that must be inferred, and the relations that
    other modules bring; `wanted` is what it asks of the catalogue."""

    module: ModuleDef
    picklists: dict[str, PicklistDef]
    wanted: tuple[Wanted, ...]


def build_module(name: str, root: MappingNode, field_types: Registry[FieldType]) -> ModuleDraft:
    """The draft of the module `name` from its merged document."""
    nodes = dict(root.mapping("fields").mappings())
    name_field = root.text("name_field") or _choose_name_field(nodes)
    fields = {key: build_field(name, key, node, field_types, is_name=key == name_field) for key, node in nodes.items()}
    picklists = _inline_picklists(name, nodes)
    relations = {}
    for key, node in root.mapping("relations").mappings():
        relations[key] = _build_relation(name, key, node, field_types)
        picklists |= _inline_picklists(f"{name}_{key}", dict(node.mapping("attributes").mappings()))
    label = root.text("label") or label_from(name)
    module = ModuleDef(
        name=name,
        label=label,
        plural=root.text("plural") or plural_of(label),
        name_field=name_field,
        fields=fields,
        group=root.text("group"),
        icon=root.text("icon", "circle"),
        help=root.text("help"),
        number=_build_number(root),
        record_types={key: _build_record_type(key, node) for key, node in root.mapping("record_types").mappings()},
        relations=relations,
        rules={key: _build_rule(key, node) for key, node in root.mapping("rules").mappings()},
        duplicates=_build_duplicates(root),
        activity=build_activity(root),
        reminder=build_reminder(root),
        occurs=build_occurs(root),
        indexes=_build_indexes(root),
        searchable=root.flag("searchable", True),
        hidden=root.flag("hidden"),
    )
    return ModuleDraft(module=module, picklists=picklists, wanted=_wanted(module, picklists, field_types))


def _choose_name_field(nodes: dict[str, MappingNode]) -> str:
    if "name" in nodes:
        return "name"
    return next((key for key, node in nodes.items() if node.text("type") in NAME_TYPES), "")


def _inline_picklists(owner: str, nodes: dict[str, MappingNode]) -> dict[str, PicklistDef]:
    found = {}
    for key, node in nodes.items():
        if "values" in node.entries and "picklist" not in node.entries:
            picklist = inline_picklist(owner, key)
            values = MappingNode(node.file, node.line, node.column, {"values": node.entries["values"]})
            found[picklist] = build_picklist(picklist, values, label=node.text("label") or label_from(key))
    return found


def _build_relation(module: str, name: str, node: MappingNode, field_types: Registry[FieldType]) -> RelationDef:
    attributes = {
        key: build_field(f"{module}_{name}", key, child, field_types)
        for key, child in node.mapping("attributes").mappings()
    }
    return RelationDef(
        name=name,
        kind=node.text("kind", "many_to_many"),
        to=node.text("to"),
        label=node.text("label") or label_from(name),
        reverse=node.text("reverse") or f"{module}_{name}",
        attributes=attributes,
    )


def _build_number(root: MappingNode) -> NumberDef | None:
    node = root.find("number")
    if not isinstance(node, MappingNode):
        return None
    return NumberDef(prefix=node.text("prefix"), digits=node.whole("digits", 5))


def _build_record_type(name: str, node: MappingNode) -> RecordTypeDef:
    picklists = node.mapping("picklists")
    return RecordTypeDef(
        name=name,
        label=node.text("label") or label_from(name),
        picklists={field: picklists.texts(field) for field in picklists.entries},
        roles=node.texts("roles") if "roles" in node.entries else None,
    )


def _build_rule(name: str, node: MappingNode) -> RuleDef:
    return RuleDef(name=name, condition=node.text("if").strip(), message=node.text("message"), field=node.text("field"))


def _build_duplicates(root: MappingNode) -> DuplicatesDef | None:
    node = root.find("duplicates")
    if not isinstance(node, MappingNode):
        return None
    return DuplicatesDef(match=node.texts("match"), on_match=node.text("on_match", "warn"))


def _build_indexes(root: MappingNode) -> tuple[tuple[str, ...], ...]:
    node = root.find("indexes")
    if not isinstance(node, SequenceNode):
        return ()
    holder = MappingNode(node.file, node.line, node.column)
    found = []
    for item in node.items:
        holder.entries["index"] = item
        found.append(holder.texts("index"))
    return tuple(found)


def _wanted(module: ModuleDef, picklists: Collection[str], field_types: Registry[FieldType]) -> tuple[Wanted, ...]:
    def of_field(path: str, field: FieldDef) -> Iterator[Wanted]:
        suffixes = _suffixes(field, field_types)
        yield Wanted(kind="field", path=path, suffixes=suffixes)
        if field.picklist in picklists and field.picklist == path.replace(".", "_"):
            yield Wanted(kind="inline_picklist", path=path)

    wanted = [Wanted(kind="module", path=module.name)]
    wanted += [Wanted(kind="record_type", path=f"{module.name}.{name}") for name in module.record_types]
    for field in module.fields.values():
        wanted += of_field(f"{module.name}.{field.name}", field)
    for relation in module.relations.values():
        path = f"{module.name}.{relation.name}"
        wanted.append(Wanted(kind="relation", path=path))
        for field in relation.attributes.values():
            wanted += of_field(f"{path}.{field.name}", field)
    return tuple(wanted)


def _suffixes(field: FieldDef, field_types: Registry[FieldType]) -> tuple[str, ...]:
    """Of the columns a field has; computed fields have the one of their result."""
    if field_types[field.type].computed:
        return ()
    return tuple(column.suffix for column in field_types[field.type].columns(field) if column.suffix)
