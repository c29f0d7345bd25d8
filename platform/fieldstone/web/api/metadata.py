"""GET /metadata: the modules, fields and picklists that the caller may see, worded in its language."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from fieldstone.fields.definition import FieldDef, PicklistDef, PicklistValueDef
from fieldstone.metadata.definitions import ModuleDef, RecordTypeDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.offering import heads_of, is_for
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.access import (
    RIGHTS,
    can_edit_field,
    can_read_field,
    has_right,
    readable_names,
    readable_relations,
    viewable_modules,
)
from fieldstone.records.access.fields import may_read_inputs
from fieldstone.web.api.parameters import accepts
from fieldstone.web.api.schemas import is_writable
from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.forms.conditions import offerings
from fieldstone.web.i18n import LANGUAGES

_ATTRIBUTES = ("help", "required", "unique", "min", "max", "max_length", "decimals", "currency", "expression", "result")


def add_routes(api: Blueprint) -> None:
    @api.get("/metadata")
    @accepts()
    def metadata() -> Response:
        published, actor = current_published(), current_actor()
        model, language = published.model, chosen_language()
        modules = [model.modules[name] for name in viewable_modules(published, actor)]
        app = model.app
        response = jsonify(
            version=published.version,
            app={"name": app.name, "currency": app.currency, "zone": app.zone},
            modules=[_module(model, module, language) for module in modules],
            picklists={name: _picklist(model, each, language) for name, each in model.picklists.items()},
        )
        response.headers["Content-Language"] = language.replace("_", "-")
        response.vary.add("Accept-Language")
        return response


def chosen_language() -> str:
    """What Accept-Language asks for, else the caller's own."""
    tags = {language.replace("_", "-"): language for language in LANGUAGES} | {"zh": "zh_CN"}
    found = request.accept_languages.best_match(tags)
    return tags[found] if found else current_actor().language


def _module(model: AppModel, module: ModuleDef, language: str) -> dict[str, Any]:
    published, actor, key = current_published(), current_actor(), f"module.{module.name}"
    return {
        "name": module.name,
        "label": model.text(f"{key}.label", language, module.label),
        "plural": model.text(f"{key}.plural", language, module.plural),
        "help": model.text(f"{key}.help", language, module.help) or None,
        "name_field": module.name_field,
        "rights": [right for right in RIGHTS if has_right(published, actor, module.name, right)],
        "record_types": [
            {"name": name, "label": model.text(f"record_type.{module.name}.{name}", language, each.label)}
            | {"offers": {field: list(keys) for field, keys in each.picklists.items()}, **_choosers(each)}
            for name, each in module.record_types.items()
        ],
        "fields": [_field(model, module, name, language) for name in readable_names(published, actor, module.name)],
        "relations": [
            {"name": each.name, "label": model.relation_label(module.name, each, language)}
            | {"kind": each.kind, "to": each.to}
            for each in readable_relations(published, actor, module.name)
            if has_right(published, actor, each.to, "view")
        ],
        "actions": [
            {"name": each.name, "label": model.text(f"workflow.{module.name}.{each.name}", language, each.label)}
            for each in current_site().workflows.manual_workflows(module.name)
        ],
    }


def _field(model: AppModel, module: ModuleDef, name: str, language: str) -> dict[str, Any]:
    field = find_any_field(module, name)
    assert field is not None
    declared = name in module.fields
    waits = current_published().waiting.get(field.identity, "")
    key = f"field.{module.name}.{name}.label" if declared else f"system.{name}"
    shown: dict[str, Any] = {
        "name": name,
        "label": model.text(key, language, field.label),
        "type": field.type,
        "system": not declared,
        "writable": is_writable(model, module, name)
        and can_edit_field(current_published(), current_actor(), module.name, name)
        and waits != "values",
        # False while a job brings the values of the records over from an earlier definition.
        "ready": not waits,
    }
    return shown | {key: value for key, value in _attributes(model, module, field, language).items() if value}


def _attributes(model: AppModel, module: ModuleDef, field: FieldDef, language: str) -> dict[str, Any]:
    """Those that are set."""
    found = {name: getattr(field, name) for name in _ATTRIBUTES}
    if not may_read_inputs(current_published(), current_actor(), module.name, field.name):
        found["expression"] = ""
    found["help"] = model.text(f"field.{module.name}.{field.name}.help", language, field.help)
    found |= {name: str(found[name]) for name in ("min", "max") if found[name] is not None}
    return found | {"to": list(field.to), "picklist": field.picklist} | _offered(module, field)


def _offered(module: ModuleDef, field: FieldDef) -> dict[str, Any]:
    """What decides which values may be chosen. Of what the caller may not read only the values are told."""
    published, actor = current_published(), current_actor()

    def may_read(name: str) -> bool:
        return can_read_field(published, actor, module.name, name)

    depends = {"field": field.depends_on, "options": {key: list(keys) for key, keys in field.options.items()}}
    offering = offerings(published, module.name).get(field.name)
    when = {
        key: compiled.source if all(map(may_read, heads_of(compiled))) else None
        for key, compiled in (offering.when.items() if offering else ())
    }
    return {"depends_on": depends if field.depends_on and may_read(field.depends_on) else None, "options_when": when}


def _choosers(thing: PicklistValueDef | RecordTypeDef) -> dict[str, Any]:
    """The roles of those who may choose it, null for everybody, and whether the caller may."""
    actor = current_actor()
    roles = None if thing.roles is None else list(thing.roles)
    return {"roles": roles, "may_choose": is_for(thing, None if actor.is_admin else actor.roles)}


def _picklist(model: AppModel, picklist: PicklistDef, language: str) -> dict[str, Any]:
    key = f"picklist.{picklist.name}"
    return {
        "label": model.text(f"{key}.label", language, picklist.label),
        "values": [
            {"value": each.key, "label": model.text(f"{key}.{each.key}", language, each.label)}
            | {"colour": each.colour, "meaning": each.meaning or None, "active": each.active, **_choosers(each)}
            for each in picklist.values.values()
        ],
    }
