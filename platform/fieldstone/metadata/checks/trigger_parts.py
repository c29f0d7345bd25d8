"""What a trigger needs besides its name: the stages of stage_entered, the relation of linked, what a webhook takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.definitions import WorkflowDef
from fieldstone.metadata.documents import WORKFLOW
from fieldstone.metadata.nearest import nearest

LINKS = ("linked", "unlinked")

NO_FIELD = declare("workflow.E011", "There is no field {name!r} in {module!r}.", "Closest fields: {known}.")
NEEDS_PART = declare("workflow.E050", "The trigger {on} needs `{part}:`.", "Add it: {example}.")
ODD_PART = declare("workflow.E051", "`{part}:` belongs to another trigger than {on}.", "Remove it.")
NO_STAGES = declare("workflow.E052", "{name!r} has no stages.", "Name a picklist field of the module.")
NO_STAGE = declare("workflow.E053", "{field!r} has no value {value!r}.", "Closest values: {known}.")
NO_RECORD_TYPE = declare("workflow.E054", "{module!r} has no record type {name!r}.", "Closest record types: {known}.")
NO_RELATION = declare("workflow.E055", "{module!r} has no related list {name!r}.", "Closest related lists: {known}.")
NOT_A_USER = declare("workflow.E056", "{value!r} is not a user.", "Write user: and the name of a user: user:anna.")
NOT_WRITABLE = declare("workflow.E057", "{name!r} cannot be set by a call.", "Name a field that people can fill in.")
NEEDS_KEY = declare(
    "workflow.E058", "A webhook that finds a record needs a key among its values.", "Add `key:` with one of {known}."
)
NOT_A_KEY = declare(
    "workflow.E059",
    "Records cannot be found by {name!r}.",
    "Name a field of text, number, date, choice, e-mail, telephone or URL.",
)
FOUND_ONLY = declare(
    "workflow.E060", "With `mode: find` nothing is written, so {name!r} has no use.", "Keep only the key in `values`."
)

_PARTS = {
    "stage": (("stage_entered",), "`stage: {field: stage, to: [won]}`"),
    "relation": (LINKS, "`relation: contacts`"),
    "webhook": (("webhook",), "`webhook: {as: user:anna, values: {name: name}}`"),
}
_KEY_TYPES = ("text", "email", "phone", "url", "integer", "decimal", "auto_number", "picklist", "date")


def check_trigger_parts(context: CheckContext, workflow: WorkflowDef, steps: Steps) -> None:
    """Each part is there for its trigger, and only for that; and what it names is in the model."""
    said = {"stage": workflow.stage, "relation": workflow.relation, "webhook": workflow.webhook}
    for part, (triggers, example) in _PARTS.items():
        if workflow.on in triggers and not said[part]:
            context.report(
                NEEDS_PART, WORKFLOW, workflow.module, *steps, "on", on=workflow.on, part=part, example=example
            )
        elif said[part] and workflow.on not in triggers:
            context.report(ODD_PART, WORKFLOW, workflow.module, *steps, part, on=workflow.on, part=part)
    if workflow.stage:
        _check_stage(context, workflow, (*steps, "stage"))
    if workflow.relation:
        relations = context.modules[workflow.module].relations
        if workflow.relation not in relations:
            known = nearest(workflow.relation, relations)
            where = (*steps, "relation")
            context.report(
                NO_RELATION, WORKFLOW, workflow.module, *where, module=workflow.module, name=workflow.relation,
                known=known,
            )  # fmt: skip
    if workflow.webhook:
        _check_webhook(context, workflow, (*steps, "webhook"))


def _check_stage(context: CheckContext, workflow: WorkflowDef, steps: Steps) -> None:
    module, name = workflow.module, str(workflow.stage.get("field", ""))
    field = context.find_field(module, name)
    if field is None or field.type != "picklist":
        context.report(NO_STAGES, WORKFLOW, module, *steps, "field", name=name)
    else:
        picklist = context.picklists.get(field.picklist)
        for position, value in enumerate(workflow.stage.get("to") or ()):
            if picklist is not None and value not in picklist.values:
                known = nearest(str(value), picklist.values)
                context.report(NO_STAGE, WORKFLOW, module, *steps, "to", position, field=name, value=value, known=known)
    types = context.modules[module].record_types
    for position, each in enumerate(workflow.stage.get("record_types") or ()):
        if each not in types:
            known = nearest(str(each), types)
            context.report(
                NO_RECORD_TYPE, WORKFLOW, module, *steps, "record_types", position, module=module, name=each,
                known=known,
            )  # fmt: skip


def _check_webhook(context: CheckContext, workflow: WorkflowDef, steps: Steps) -> None:
    module, said = workflow.module, workflow.webhook
    values: Mapping[str, Any] = said["values"] if isinstance(said.get("values"), dict) else {}
    kind, _, user = str(said.get("as", "")).partition(":")
    if kind != "user" or not user:
        context.report(NOT_A_USER, WORKFLOW, module, *steps, "as", value=said.get("as", ""))
    for name in values:
        field = context.find_field(module, name)
        if field is None:
            known = context.known_fields(module, name)
            context.report(NO_FIELD, WORKFLOW, module, *steps, "values", name, name=name, module=module, known=known)
        elif field.read_only or field.type == "secret" or context.field_types[field.type].computed:
            context.report(NOT_WRITABLE, WORKFLOW, module, *steps, "values", name, name=name)
    mode, key = said.get("mode", "create"), str(said.get("key", ""))
    if mode == "create" and not key:
        return
    if key not in values:
        context.report(NEEDS_KEY, WORKFLOW, module, *steps, known=", ".join(values))
        return
    field = context.find_field(module, key)
    if field is not None and field.type not in _KEY_TYPES:
        context.report(NOT_A_KEY, WORKFLOW, module, *steps, "key", name=key)
    if mode == "find":
        for name in values:
            if name != key:
                context.report(FOUND_ONLY, WORKFLOW, module, *steps, "values", name, name=name)
