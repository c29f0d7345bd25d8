"""What the properties of a field offer to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.fields.base import FieldType
from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.property_words import choice_words, yes_no
from fieldstone.web.setup.type_words import type_groups, type_label

Choices = Sequence[tuple[str, str]]

ANY_MODULE = "*"
_RESULTS = ("text", "integer", "decimal", "percent", "money", "checkbox", "date", "datetime", "duration")
"""What a formula mostly gives; the one that a field has already is offered besides."""


def property_choices(
    name: str,
    schema: Mapping[str, Any],
    field_type: FieldType,
    said: Mapping[str, Any],
    model: AppModel,
    module: str,
    field: str = "",
) -> Choices:
    """(value, words) of what may be chosen; () where the property is typed. What is said stays among them, so that
    showing a form and saving it changes nothing."""
    if name == "picklist":
        choices = _picklists(model, inline_picklist(module, field))
    else:
        choices = _choices(name, schema, field_type, said, model, module)
    kept = said.get(name)
    present = [str(each) for each in kept] if isinstance(kept, list) else [str(kept)] if isinstance(kept, str) else []
    known = {value for value, _words in choices}
    return [*choices, *((each, each) for each in present if each not in known)] if choices else ()


def _choices(
    name: str, schema: Mapping[str, Any], field_type: FieldType, said: Mapping[str, Any], model: AppModel, module: str
) -> Choices:
    if name == "type":
        return [(each.name, each.label) for group in type_groups(model) for each in group.types]
    if name == "searchable":
        return yes_no()
    if "enum" in schema:
        first = [] if name == "on_delete" else [("", "")]
        return [*first, *((str(each), choice_words(name, str(each))) for each in schema["enum"])]
    if name == "result":
        return [("", gettext("What the expression gives")), *((each, type_label(model, each)) for each in _RESULTS)]
    if name == "to":
        return [
            (ANY_MODULE, gettext("Any module")),
            *((each.name, _module(model, each)) for each in model.modules.values()),
        ]
    if name == "relation" and module in model.modules:
        return [("", "")] + [
            (each.name, model.relation_label(module, each, current_language()))
            for each in model.modules[module].relations.values()
        ]
    if name == "of" and module in model.modules:
        relation = model.modules[module].relations.get(str(said.get("relation", "")))
        target = model.modules.get(relation.to) if relation else None
        return [("", ""), *field_choices(model, target)] if target else ()
    if name == "default":
        return _defaults(field_type, said, model, module)
    return ()


def _picklists(model: AppModel, own: str) -> Choices:
    """`own` is what the list of values that stand on the field itself would be called."""
    return [("", gettext("Values of its own"))] + [
        (each.name, model.text(f"picklist.{each.name}.label", current_language(), each.label))
        for each in model.picklists.values()
        if each.name != own
    ]


def field_choices(model: AppModel, module: ModuleDef) -> list[tuple[str, str]]:
    """The fields of a module by their labels, the declared ones."""
    return [(name, field_words(model, module, name)) for name in module.fields]


def field_words(model: AppModel, module: ModuleDef, name: str) -> str:
    """The label of a field, a system field's too; the name where there is none."""
    field = find_any_field(module, name)
    if field is None:
        return name
    words = model.text(f"system.{name}", current_language(), field.label) if name not in module.fields else field.label
    return model.text(f"field.{module.name}.{name}.label", current_language(), words)


def _defaults(field_type: FieldType, said: Mapping[str, Any], model: AppModel, module: str) -> Choices:
    none = ("", gettext("none"))
    if field_type.control == "checkbox":
        return [none, ("true", gettext("Yes")), ("false", gettext("No"))]
    picklist = model.picklists.get(str(said.get("picklist", "")))
    if field_type.name != "picklist" or picklist is None:
        return ()
    return [none] + [
        (each.key, model.text(f"picklist.{picklist.name}.{each.key}", current_language(), each.label))
        for each in picklist.values.values()
    ]


def _module(model: AppModel, module: ModuleDef) -> str:
    return model.text(f"module.{module.name}.label", current_language(), module.label)
