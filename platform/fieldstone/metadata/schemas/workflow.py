"""The schema of workflows. The options of a step are checked with the schema of its action."""

from __future__ import annotations

from collections.abc import Collection

from fieldstone.metadata.schemas.parts import (
    Schema,
    expression,
    flag,
    label,
    name,
    named,
    one_of,
    record,
    text,
    texts,
    whole,
)

WEBHOOK_PATH = r"^[^.\s]{1,100}(\.[^.\s]{1,100}){0,9}$"
"""Keys of objects and positions in lists, with dots between them."""

SCHEDULE = record(
    "When a scheduled workflow runs.",
    {
        "cron": text("A cron expression with five fields."),
        "field": name("A date or date-time field of the module."),
        "days_before": whole("Days before the date.", 0, 3660),
        "days_after": whole("Days after the date.", 0, 3660),
        "hours_before": whole("Hours before the time.", 0, 87840),
        "hours_after": whole("Hours after the time.", 0, 87840),
    },
)

STAGE = record(
    "Which stages set the workflow off.",
    {
        "field": name("A picklist field of the module."),
        "to": texts("Its values: entered when a record is created in one, or moved to one.", minItems=1),
        "record_types": texts("Only records of these types.", minItems=1),
    },
    required=("field", "to"),
)

WEBHOOK = record(
    "What a call of the workflow's secret address does before the steps.",
    {
        "as": text("Whose rights hold: user:<name>."),
        "mode": one_of(
            "create (the default): always a new record; save: the record with the same key is changed, or a new one "
            "created; find: nothing is written, the steps run for the record with that key.",
            "create",
            "save",
            "find",
        ),
        "key": name("The field by which a record is found; one of `values`."),
        "values": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,39}$"},
            "additionalProperties": {"type": "string", "pattern": WEBHOOK_PATH},
            "description": "Field → where its value stands in the JSON body: `contact.email`, `lines.0.amount`.",
        },
    },
    required=("as", "values"),
)


def workflow_schema(triggers: Collection[str]) -> Schema:
    """The schema of a workflow document; `triggers` are the registered ones."""
    workflow = record(
        "A trigger, a condition and actions.",
        {
            "label": label("How people call the workflow."),
            "on": one_of("The trigger.", *sorted(triggers)),
            "fields": texts("Only when one of these fields was updated.", minItems=1),
            "if": expression("Only when this holds."),
            "when": one_of("Before the record is written, or after.", "before_save", "after_save"),
            "schedule": SCHEDULE,
            "stage": STAGE,
            "relation": name("The related list that linked and unlinked are about."),
            "webhook": WEBHOOK,
            "active": flag("False switches the workflow off."),
            "do": {
                "type": "array",
                "items": {"type": "object", "minProperties": 1},
                "minItems": 1,
                "description": "The steps: each names one action, and may have its own `if`; `answer` (approved or "
                "rejected) limits it to what the approval before it came to.",
            },
        },
        required=("on", "do"),
    )
    return record(
        "The workflows of a module.",
        {"module": name("The module, and the name of the file."), "workflows": named("In order.", workflow)},
        required=("module", "workflows"),
    )
