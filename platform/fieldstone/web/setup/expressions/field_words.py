"""What fields are called that expressions name: those of the draft, and those that every module has."""

from __future__ import annotations

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.model import AppModel
from fieldstone.web.i18n import current_language
from fieldstone.web.setup.draft_words import field_label


def field_words(model: AppModel, module: str, field: FieldDef) -> str:
    """The label of a declared or a system field."""
    if field.name in model.modules[module].fields:
        return field_label(module, field.name)
    default = model.text(f"system.{field.name}", current_language(), field.label)
    return model.text(f"field.{module}.{field.name}.label", current_language(), default)
