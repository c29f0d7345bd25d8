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
            "active": flag("False switches the workflow off."),
            "do": {
                "type": "array",
                "items": {"type": "object", "minProperties": 1},
                "minItems": 1,
                "description": "The steps: each names one action, and may have its own `if`.",
            },
        },
        required=("on", "do"),
    )
    return record(
        "The workflows of a module.",
        {"module": name("The module, and the name of the file."), "workflows": named("In order.", workflow)},
        required=("module", "workflows"),
    )
