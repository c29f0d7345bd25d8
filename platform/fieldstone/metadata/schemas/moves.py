"""The schema of moves: what became of names, values and contents, for sites that have the earlier ones."""

from __future__ import annotations

from fieldstone.metadata.schemas.parts import Schema, expression, one_of, record, text

MOVE_KINDS = (
    "module",
    "field",
    "relation",
    "picklist",
    "picklist_value",
    "role",
    "profile",
    "sharing_rule",
    "record_type",
)
SAID_KINDS = ("workflow", "email")
"""What only moves that say their kind are about: these names may be those of fields and others too."""
PATH = "^[a-z][a-z0-9_]{0,39}([.][a-z0-9][a-z0-9_]{0,39}){0,2}$"
ID = "^[a-z0-9][a-z0-9_.:-]{0,79}$"

_KIND = one_of("What is meant, where a name is used for several things.", *MOVE_KINDS, *SAID_KINDS)


def _from_to(description: str, old: str, new: str) -> Schema:
    properties = {
        "kind": _KIND,
        "from": text(old, pattern=PATH),
        "to": text(new, pattern=PATH),
    }
    return record(description, properties, required=("from", "to"))


MOVE: Schema = record(
    "One move: a rename, a replacement or a backfill.",
    {
        "id": text("Never changes and is never used again.", pattern=ID),
        "rename": _from_to(
            "The same thing under a new name; its records and history stay with it.",
            "The name until now, such as opportunity.next_step.",
            "The name from now on.",
        ),
        "replace": _from_to("Records that hold one thing get another.", "What they hold.", "What they get."),
        "backfill": record(
            "Records that exist get a value.",
            {
                "field": text("The field, such as opportunity.amount.", pattern=PATH),
                "value": expression("The value: an expression over the record."),
                "if": expression("Only records for which this holds."),
            },
            required=("field", "value"),
        ),
    },
    required=("id",),
) | {"minProperties": 2, "maxProperties": 2}

MOVES: Schema = record(
    "What became of names, values and contents. The list only grows; a site carries out the moves it has not seen.",
    {"moves": {"type": "array", "items": MOVE, "description": "In order, the latest last."}},
    required=("moves",),
)
