"""What a module says of activity, reminders and when it happens: the fields are there, and of the right type."""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.documents import MODULE

NO_FIELD = declare("module.E020", "There is no field {name!r} in {module!r}.", "Closest fields: {known}.")
WRONG_TYPE = declare(
    "module.E021", "{name!r} is of type {type}, which cannot be used for `{key}`.", "Name a field of type {types}."
)

_TYPES: Mapping[str, tuple[str, ...]] = {
    "about": ("lookup",),
    "text": ("text", "long_text", "rich_text"),
    "done": ("datetime",),
    "reply_to": ("lookup",),
    "edited_at": ("datetime",),
    "pinned": ("checkbox",),
    "at": ("date", "datetime"),
    "before": ("duration",),
    "start": ("date", "datetime"),
    "end": ("date", "datetime"),
    "all_day": ("checkbox",),
    "zone": ("text",),
    "repeat": ("recurrence",),
    "series": ("lookup",),
}


def check_activities(context: CheckContext, name: str) -> None:
    module = context.modules[name]
    if module.activity is not None:
        for key in ("about", "text", "done", "reply_to", "edited_at", "pinned"):
            _check_field(context, name, "activity", key, getattr(module.activity, key))
    if module.occurs is not None:
        for key in ("start", "end", "all_day", "zone", "repeat", "series"):
            _check_field(context, name, "occurs", key, getattr(module.occurs, key))
    if module.reminder is not None:
        for key in ("at", "before"):
            _check_field(context, name, "reminder", key, getattr(module.reminder, key))
        if module.reminder.condition:
            place = (MODULE, name, "reminder", "if")
            context.check_expression(module.reminder.condition, context.scope(name), *place, expected="boolean")


def _check_field(context: CheckContext, module: str, section: str, key: str, name: str) -> None:
    if not name:
        return
    field = context.modules[module].fields.get(name)
    if field is None:
        known = context.known_fields(module, name)
        context.report(NO_FIELD, MODULE, module, section, key, name=name, module=module, known=known)
    elif field.type not in _TYPES[key]:
        types = ", ".join(_TYPES[key])
        context.report(WRONG_TYPE, MODULE, module, section, key, name=name, type=field.type, key=key, types=types)
