"""What people call the things that a plan changes."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.metadata.addresses import find_address
from fieldstone.metadata.model import AppModel
from fieldstone.web.i18n import LANGUAGES, current_language

_NOUNS = {"fields": "field", "relations": "relation", "record_types": "record_type", "rules": "rule"}


def label_of_target(noun: str, target: str, models: Iterable[AppModel]) -> str:
    """The label of what `target` names ("lead.budget"), in the first of the models that has it; "" when none has."""
    return next((label for model in models if (label := _label(noun, target, model))), "")


def word_key(key: str, models: Iterable[AppModel]) -> str:
    """What stands at a dotted key (`modules.lead.fields.budget.label`): Lead: Budget › label."""
    address = find_address(key)
    if address is None:
        return key
    models = list(models)
    section, steps = address.kind.section, list(address.steps)
    if section == "modules" and len(steps) > 1 and steps[0] in _NOUNS:
        said, rest = label_of_target(_NOUNS[steps[0]], f"{address.name}.{steps[1]}", models), steps[2:]
        said = said or f"{address.name}: {steps[1]}"
    elif section in ("modules", "layouts"):
        said, rest = label_of_target("module", address.name, models) or address.name, steps
    elif section == "workflows" and len(steps) > 1:
        said, rest = label_of_target("workflow", f"{address.name}.{steps[1]}", models) or steps[1], steps[2:]
    elif section == "picklists":
        said, rest = label_of_target("picklist", address.name, models) or address.name, steps
    elif section == "roles" and len(steps) > 1:
        said, rest = label_of_target(steps[0].removesuffix("s"), steps[1], models) or steps[1], steps[2:]
    else:
        said, rest = (
            steps[0] if address.kind.file and steps else address.name,
            steps[1:] if address.kind.file else steps,
        )
    return " › ".join([said, *(step.replace("_", " ") for step in rest)])


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
