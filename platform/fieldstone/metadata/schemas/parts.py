"""The pieces that all document schemas are made of."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def text(description: str, **more: Any) -> Schema:
    """Any scalar counts as text: `label: 2024` means the text."""
    return {"type": ["string", "number", "boolean"], "description": description, **more}


def label(description: str) -> Schema:
    """What something is called: it stands in a menu, above a column, on a button."""
    return text(description, maxLength=120)


def message(description: str) -> Schema:
    """A sentence said to people, such as that of a rule."""
    return text(description, maxLength=300)


def help_text(description: str) -> Schema:
    """What explains something, beside it."""
    return text(description, maxLength=400)


def expression(description: str) -> Schema:
    return text(description, format="expression")


def flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def whole(description: str, lowest: int, highest: int) -> Schema:
    return {"type": "integer", "minimum": lowest, "maximum": highest, "description": description}


def one_of(description: str, *choices: str) -> Schema:
    return {"enum": list(choices), "description": description}


def name(description: str) -> Schema:
    return {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$", "description": description}


def texts(description: str, **more: Any) -> Schema:
    return {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "description": description, **more}


def record(description: str, properties: dict[str, Schema], *, required: tuple[str, ...] = ()) -> Schema:
    """A mapping with known keys."""
    schema: Schema = {
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }
    if required:
        schema["required"] = list(required)
    return schema


def named(description: str, entry: Schema, *, keys: str = "^[a-z][a-z0-9_]{0,39}$") -> Schema:
    """A mapping of names to entries, in the order of the file."""
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": keys},
        "additionalProperties": entry,
    }
