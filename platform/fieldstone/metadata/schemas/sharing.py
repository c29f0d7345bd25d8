"""The schema of sharing: what is in reach beyond the scopes of rights."""

from __future__ import annotations

from fieldstone.metadata.rights import SHARED, SHARED_ACCESS
from fieldstone.metadata.schemas.parts import Schema, expression, label, name, named, one_of, record, text

_STEP = "[a-z][a-z0-9_]{0,39}"
_PATH = f"^{_STEP}([.]{_STEP})*$"


def _party(description: str) -> Schema:
    properties = {
        "role": name("Those who have the role."),
        "subtree": name("Those who have the role or one below it."),
        "team": text("The members of the team and of the teams below it.", pattern=r"^\S(.{0,198}\S)?$"),
    }
    return record(description, properties) | {"minProperties": 1, "maxProperties": 1}


_RULE = record(
    "Records that are in reach of more people.",
    {
        "label": label("How people call the rule."),
        "module": name("Whose records are shared."),
        "from": _party("The owners of the records; without it, everybody."),
        "where": expression("Which of their records: an expression over their own fields; without it, all."),
        "to": {"type": "array", "minItems": 1, "items": _party("Some people."), "description": "With whom."},
        "access": one_of(
            "What they may do, where they have the right: read (the default), or edit too.", *SHARED_ACCESS
        ),
    },
    required=("module", "to"),
)
_PORTAL_PATH = {"type": "string", "pattern": _PATH}


def _by_module(description: str, entry: Schema) -> Schema:
    return {"type": "object", "description": description, "additionalProperties": entry}


SHARING: Schema = record(
    "What is in reach of people beyond the scopes of their rights.",
    {
        "defaults": _by_module(
            'By module, "*" for those that are not named: what everybody reaches who has the right on the module.',
            one_of("private (nothing more), read (view all records) or edit (view and edit all).", *SHARED),
        ),
        "rules": named("Rules by name.", _RULE),
        "inherit": _by_module(
            "Module → its lookup to the record that brings it into reach in the same way.",
            name("A lookup of the module."),
        ),
        "portal": _by_module(
            "Module → how its records lead to the record that a user of a portal stands for, for the scope related.",
            _PORTAL_PATH
            | {
                "type": ["string", "array"],
                "items": _PORTAL_PATH,
                "minItems": 1,
                "uniqueItems": True,
                "description": "self, or a path of lookups; or several.",
            },
        ),
    },
)
