"""Modules: name field, rules, duplicates, indexes, record types, relations."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.kernel.codes import declare
from fieldstone.metadata.builders.modules import NAME_TYPES
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.documents import MODULE
from fieldstone.metadata.nearest import nearest

NO_NAME_FIELD = declare("module.E011", "There is no field {name!r} to name records by.", "Closest fields: {known}.")
NAME_MISSING = declare(
    "module.E012", "No field can name the records.", "Add a text field, and name it with `name_field:`."
)
NAME_TYPE = declare(
    "module.E013", "A field of type {type} cannot name records.", "Choose a field of one of the types {known}."
)
NO_FIELD = declare("module.E014", "There is no field {name!r} in {module!r}.", "Closest fields: {known}.")
NO_GROUP = declare("module.E015", "There is no group {group!r}.", "Closest groups: {known}.")
NOT_A_PICKLIST = declare(
    "module.E016", "{field!r} is no picklist field, so a record type cannot limit its values.", "Name a picklist field."
)
NO_VALUE = declare("module.E017", "The picklist {picklist!r} has no value {value!r}.", "Closest values: {known}.")
NO_TARGET = declare("relation.E010", "There is no module {module!r} to relate to.", "Closest modules: {known}.")
REMOVED_TARGET = declare(
    "relation.E011",
    "The module {module!r} is removed, but this relation leads to it.",
    "Remove the relation too (`{relation}: null`), or keep the module out of sight with `hidden: true`.",
)
CANNOT_MATCH = declare(
    "module.E018",
    "Duplicates cannot be found by {name!r}, a field of type {type}.",
    "Choose a field with a plain value.",
)

_UNMATCHABLE = ("json", "secret", "formula", "rollup", "rich_text", "auto_number")


def check_module(context: CheckContext, name: str) -> None:
    module = context.modules[name]
    _check_name_field(context, name)
    if module.group and module.group not in context.model.app.groups:
        known = nearest(module.group, context.model.app.groups)
        context.report(NO_GROUP, MODULE, name, "group", group=module.group, known=known)
    for rule in module.rules.values():
        if rule.condition:
            scope = context.scope(name, old=True)
            context.check_expression(rule.condition, scope, MODULE, name, "rules", rule.name, "if", expected="boolean")
        if rule.field:
            _check_field_names(context, name, [rule.field], "rules", rule.name, "field")
    if module.duplicates:
        _check_field_names(context, name, module.duplicates.match, "duplicates", "match")
        for match in module.duplicates.match:
            field = module.fields.get(match)
            if field is not None and field.type in _UNMATCHABLE:
                context.report(CANNOT_MATCH, MODULE, name, "duplicates", "match", name=match, type=field.type)
    for position, index in enumerate(module.indexes):
        _check_field_names(context, name, index, "indexes", position)
    _check_record_types(context, name)
    _check_relations(context, name)


def _check_name_field(context: CheckContext, name: str) -> None:
    module = context.modules[name]
    field = module.fields.get(module.name_field)
    if not module.name_field:
        context.report(NAME_MISSING, MODULE, name, "module")
    elif field is None:
        known = nearest(module.name_field, module.fields)
        context.report(NO_NAME_FIELD, MODULE, name, "name_field", name=module.name_field, known=known)
    elif (field.result if field.type == "formula" else field.type) not in NAME_TYPES:
        context.report(NAME_TYPE, MODULE, name, "name_field", type=field.type, known=", ".join(NAME_TYPES))


def _check_field_names(context: CheckContext, module: str, names: Iterable[str], *steps: str | int) -> None:
    for position, name in enumerate(names):
        if context.find_field(module, name) is None:
            place = steps
            if context.documents.node(MODULE, module, *steps, position) is not None:
                place = (*steps, position)
            known = context.known_fields(module, name)
            context.report(NO_FIELD, MODULE, module, *place, name=name, module=module, known=known)


def _check_record_types(context: CheckContext, name: str) -> None:
    module = context.modules[name]
    for record_type in module.record_types.values():
        for field_name, values in record_type.picklists.items():
            steps = ("record_types", record_type.name, "picklists", field_name)
            field = module.fields.get(field_name)
            if field is None:
                known = context.known_fields(name, field_name)
                context.report(NO_FIELD, MODULE, name, *steps, name=field_name, module=name, known=known)
                continue
            if not field.picklist:
                context.report(NOT_A_PICKLIST, MODULE, name, *steps, field=field_name)
                continue
            picklist = context.picklists.get(field.picklist)
            for position, value in enumerate(values):
                if picklist is not None and value not in picklist.values:
                    known = nearest(value, picklist.values)
                    context.report(
                        NO_VALUE, MODULE, name, *steps, position, picklist=picklist.name, value=value, known=known
                    )


def _check_relations(context: CheckContext, name: str) -> None:
    for relation in context.modules[name].relations.values():
        declared = relation.kind == "many_to_many" and relation.inverse_of is None
        if not declared or not relation.to or relation.to in context.modules:
            continue
        if relation.to in context.documents.removed:
            place = (MODULE, name, "relations", relation.name, "to")
            context.report(REMOVED_TARGET, *place, module=relation.to, relation=relation.name)
        else:
            known = nearest(relation.to, context.modules)
            context.report(NO_TARGET, MODULE, name, "relations", relation.name, "to", module=relation.to, known=known)
