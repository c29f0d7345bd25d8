"""Modules and fields as the draft of whoever is logged in names them."""

from __future__ import annotations

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.model import AppModel
from fieldstone.web.i18n import current_language


def module_words(model: AppModel, name: str) -> str:
    """One record of a module: Opportunity. The name itself where there is no such module."""
    module = model.modules.get(name)
    return model.text(f"module.{name}.label", current_language(), module.label) if module else name


def plural_words(model: AppModel, name: str) -> str:
    """A module as a whole: Opportunities."""
    module = model.modules.get(name)
    return model.text(f"module.{name}.plural", current_language(), module.plural) if module else name


def field_words(model: AppModel, module: str, field: FieldDef) -> str:
    """The label of a declared or a system field."""
    declared = field.name in model.modules[module].fields
    default = field.label if declared else model.text(f"system.{field.name}", current_language(), field.label)
    return model.text(f"field.{module}.{field.name}.label", current_language(), default)
