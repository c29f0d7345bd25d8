"""What workflows write: fields that exist and may be written, with expressions of a fitting type."""

from __future__ import annotations

from typing import Any

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.choices import check_choices
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.checks.fields import expected_kind
from fieldstone.metadata.documents import WORKFLOW
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.scopes import ANY_MODULE, ModuleScope
from fieldstone.metadata.system_fields import find_any_field

NO_FIELD = declare("workflow.E030", "There is no field {name!r} in {module!r} to write.", "Closest fields: {known}.")
NOT_WRITABLE = declare(
    "workflow.E031", "{name!r} cannot be written: it is computed or kept by the system.", "Remove it."
)
NO_MODULE = declare(
    "workflow.E032", "There is no module {module!r} to create a record in.", "Closest modules: {known}."
)

NOT_ONE_RECORD = declare(
    "workflow.E033", "{name!r} is not a lookup to one module, so there is no record to change.", "Name another lookup."
)

RECORD = "record"
"""The option of set_fields that names a lookup: its record is changed instead."""
_WRITABLE_SYSTEM = ("owner", "record_type")


def check_written_values(
    context: CheckContext, module: str, scope: ModuleScope, steps: Steps, action: str, options: Any
) -> None:
    """The options of set_fields (field → expression) or create_record (module and values)."""
    if not isinstance(options, dict):
        return
    if action == "set_fields":
        changed = _changed_module(context, module, steps, options)
        if changed is not None:
            sources = {name: source for name, source in options.items() if name != RECORD}
            _check_values(context, module, changed, scope, steps, sources)
        return
    target = str(options.get("module", ""))
    if target not in context.modules:
        known = nearest(target, context.modules)
        context.report(NO_MODULE, WORKFLOW, module, *steps, "module", module=target, known=known)
        return
    values = options.get("values")
    if isinstance(values, dict):
        _check_values(context, module, target, scope, (*steps, "values"), values)


def _check_values(
    context: CheckContext, module: str, target: str, scope: ModuleScope, steps: Steps, values: dict[str, Any]
) -> None:
    for name, source in values.items():
        field = find_any_field(context.modules[target], name)
        if field is None:
            node = context.documents.node(WORKFLOW, module, *steps, name)
            known = context.known_fields(target, name)
            location = node.key_location if node else context.documents.location(WORKFLOW, module, *steps)
            context.problems.add(
                NO_FIELD, location, ".".join((module, *map(str, steps))), name=name, module=target, known=known
            )
            continue
        is_system = field.name not in context.modules[target].fields
        if context.field_types[field.type].computed or (is_system and field.name not in _WRITABLE_SYSTEM):
            context.report(NOT_WRITABLE, WORKFLOW, module, *steps, name, name=name)
            continue
        if isinstance(source, str):
            value_type = context.scope(target).find_type((field.name,))
            expected = expected_kind(value_type)
            compiled = context.check_expression(source, scope, WORKFLOW, module, *steps, name, expected=expected)
            if compiled is not None:
                check_choices(context, source, value_type, WORKFLOW, module, *steps, name)


def _changed_module(context: CheckContext, module: str, steps: Steps, options: dict[str, Any]) -> str | None:
    """The module whose record set_fields changes: its own, or that of the lookup named by `record`."""
    if RECORD not in options:
        return module
    name = str(options[RECORD])
    lookup = context.find_field(module, name)
    if lookup is None:
        known = context.known_fields(module, name)
        context.report(NO_FIELD, WORKFLOW, module, *steps, RECORD, name=name, module=module, known=known)
        return None
    if lookup.type != "lookup" or len(lookup.to) != 1 or lookup.to[0] == ANY_MODULE:
        context.report(NOT_ONE_RECORD, WORKFLOW, module, *steps, RECORD, name=name)
        return None
    return lookup.to[0] if lookup.to[0] in context.modules else None
