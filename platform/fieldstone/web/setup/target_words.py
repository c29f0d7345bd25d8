"""What people call the things that a plan changes."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.metadata.model import AppModel
from fieldstone.web.i18n import LANGUAGES, current_language


def label_of_target(noun: str, target: str, models: Iterable[AppModel]) -> str:
    """The label of what `target` names ("lead.budget"), in the first of the models that has it; "" when none has."""
    return next((label for model in models if (label := _label(noun, target, model))), "")


def _label(noun: str, target: str, model: AppModel) -> str:
    """A field, relation or value with what it belongs to: Lead: Budget."""
    language = current_language()
    name, _separator, last = target.partition(".")
    if noun == "texts":
        return LANGUAGES.get(target, "")
    if noun in ("role", "profile"):
        held = (model.roles if noun == "role" else model.profiles).get(target)
        return model.text(f"{noun}.{target}", language, held.label) if held else ""
    if noun == "sharing_rule":
        rule = model.sharing.rules.get(target)
        return rule.label if rule else ""
    if noun in ("picklist", "picklist_value"):
        picklist = model.picklists.get(target if noun == "picklist" else target.rpartition(".")[0])
        value = picklist.values.get(target.rpartition(".")[2]) if picklist and noun == "picklist_value" else None
        return value.label if value else ""
    module = model.modules.get(name)
    if module is None:
        return ""
    label = model.text(f"module.{name}.label", language, module.label)
    if not last:
        return label if noun in ("module", "layout", "index", "type") else ""
    inner = ""
    if noun == "workflow":
        flow = model.workflows.get(name, {}).get(last)
        inner = flow.label if flow else ""
    elif last in module.fields:
        inner = model.text(f"field.{name}.{last}.label", language, module.fields[last].label)
    elif last in module.relations:
        inner = module.relations[last].label
    elif last in module.record_types:
        inner = module.record_types[last].label
    return f"{label}: {inner}" if inner else ""
