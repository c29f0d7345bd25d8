"""What a trigger needs besides its name, as a form: stages, a related list, the fields that a call fills in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.web.current import current_actor
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.drafting import draft_model
from fieldstone.web.setup.people import all_users
from fieldstone.web.setup.workflows.drafted import field_name, fields_of, settable_choices

LINKS = ("linked", "unlinked")
MODES = ("create", "save", "find")
_KEYED = MODES[1:]
_KEY_TYPES = ("text", "email", "phone", "url", "integer", "decimal", "auto_number", "picklist", "date")

Plain = dict[str, Any]
Choices = Sequence[tuple[str, str]]


def trigger_choices(module: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What the page offers for the parts that the trigger of an entry has."""
    on = entry.get("on")
    if on == "stage_entered":
        stage = entry.get("stage") or {}
        return {
            "stage_fields": stage_fields(module), "stages": value_choices(module, str(stage.get("field", ""))),
            "record_types": record_type_choices(module),
        }  # fmt: skip
    if on in LINKS:
        return {"relations": relation_choices(module)}
    if on == "webhook":
        hook = entry.get("webhook") or {}
        values = hook.get("values") or {}
        known = {field.name: field for field in fields_of(module)}
        keys = [name for name in values if name not in known or known[name].type in _KEY_TYPES]
        return {
            "modes": mode_words(), "keyed": hook.get("mode", MODES[0]) in _KEYED,
            "users": [(f"user:{user.username}", user.label) for user in all_users() if user.active],
            "keys": [(name, field_name(module, name)) for name in keys], "call_fields": settable_choices(module),
            "rows": [(name, str(path)) for name, path in values.items()],
        }  # fmt: skip
    return {}


def starting_trigger(module: str, on: str) -> Plain:
    """A trigger to begin with: what its parts most likely are."""
    trigger: Plain = {"on": on}
    if on == "schedule":
        trigger["schedule"] = {"cron": "0 8 * * *"}
    elif on == "stage_entered":
        fields = [field for field in fields_of(module) if field.type == "picklist"]
        fields.sort(key=lambda field: not field.track_duration)
        trigger["stage"] = {"field": fields[0].name, "to": []} if fields else {}
    elif on in LINKS:
        relations = relation_choices(module)
        trigger["relation"] = relations[0][0] if relations else ""
    elif on == "webhook":
        found = draft_model().modules.get(module)
        user = next((user for user in all_users() if user.id == current_actor().user_id), None)
        trigger["webhook"] = {
            "as": f"user:{user.username}" if user else "",
            "values": {found.name_field: found.name_field} if found and found.name_field else {},
        }
    return trigger


def read_parts(module: str, before: Mapping[str, Any], form: MultiDict[str, str]) -> Plain:
    """The trigger that a sent form says, of those that have parts; what the form does not show begins anew."""
    on = form["on"]
    if on == "stage_entered" and "stage.field" in form:
        return {"on": on, "stage": _stage(before.get("stage") or {}, form)}
    if on in LINKS and "relation" in form:
        return {"on": on, "relation": form["relation"]}
    if on == "webhook" and "hook.as" in form:
        return {"on": on, "webhook": _hook(before.get("webhook") or {}, form)}
    return starting_trigger(module, on)


def _stage(before: Mapping[str, Any], form: MultiDict[str, str]) -> Plain:
    field, types = form["stage.field"], [name for name in form.getlist("stage.record_types") if name]
    # Of another field the values are others.
    values = [value for value in form.getlist("stage.to") if value] if field == before.get("field") else []
    return {"field": field, "to": values, **({"record_types": types} if types else {})}


def _hook(before: Mapping[str, Any], form: MultiDict[str, str]) -> Plain:
    mode = form.get("hook.mode", MODES[0])
    pairs = zip(form.getlist("hook.field"), form.getlist("hook.path"), strict=False)
    hook: Plain = {"as": form["hook.as"], "mode": mode, "key": form.get("hook.key", str(before.get("key", "")))}
    hook["values"] = {name: path.strip() or name for name, path in pairs if name}
    if mode == MODES[0] and "mode" not in before:
        hook.pop("mode")
    if mode not in _KEYED or not hook["key"]:
        hook.pop("key")
    return hook


def mode_words() -> dict[str, str]:
    return {
        "create": gettext("always creates a record"),
        "save": gettext("changes the record with the same key, or creates one"),
        "find": gettext("only finds the record with that key"),
    }


def stage_fields(module: str) -> Choices:
    return [(each.name, field_name(module, each.name)) for each in fields_of(module) if each.type == "picklist"]


def value_choices(module: str, name: str) -> Choices:
    """The values of a picklist field, in the words of the reader."""
    model = draft_model()
    field = next((each for each in fields_of(module) if each.name == name), None)
    picklist = model.picklists.get(field.picklist) if field is not None and field.picklist else None
    if picklist is None:
        return []
    return [
        (key, model.text(f"picklist.{picklist.name}.{key}", current_language(), value.label))
        for key, value in picklist.values.items()
    ]


def record_type_choices(module: str) -> Choices:
    model = draft_model()
    found = model.modules.get(module)
    return [
        (name, model.text(f"record_type.{module}.{name}", current_language(), each.label))
        for name, each in (found.record_types.items() if found else ())
    ]


def relation_choices(module: str) -> Choices:
    """The related lists of a module."""
    model = draft_model()
    found = model.modules.get(module)
    return [(name, relation_name(module, name)) for name in (found.relations if found else ())]


def relation_name(module: str, name: str) -> str:
    """What a related list is called."""
    model = draft_model()
    found = model.modules.get(module)
    relation = found.relations.get(name) if found else None
    if relation is None:
        return name
    return model.text(f"relation.{module}.{name}", current_language(), relation.label)
