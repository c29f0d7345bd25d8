"""Reading and wording references to records, users and teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.fields.base import FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.codes import NOT_A_REFERENCE, NOT_FOUND

_LARGEST_ID = 2**63 - 1


def is_id(raw: Any) -> bool:
    return type(raw) is int and 0 < raw <= _LARGEST_ID


def read_id(raw: Any, target: str, context: ParseContext) -> int | None:
    """The id that a number, digits, {"id": …} or (through the context) a name stands for.

    Digits are always an id, never looked up as a name. None when blank; raises FieldValueError.
    """
    if isinstance(raw, Mapping) and "id" in raw:
        raw = raw["id"]
    if raw is None or is_id(raw):
        return raw  # type: ignore[no-any-return]
    if isinstance(raw, float) and raw.is_integer() and is_id(int(raw)):
        return int(raw)
    if not isinstance(raw, str):
        raise FieldValueError(NOT_A_REFERENCE, value=excerpt(raw))
    text = read_line(raw)
    if not text:
        return None
    if text.isascii() and text.isdigit():
        number = int(text) if len(text) < 20 else 0
        if not is_id(number):
            raise FieldValueError(NOT_A_REFERENCE, value=excerpt(text))
        return number
    if context.resolve is None:
        raise FieldValueError(NOT_A_REFERENCE, value=excerpt(text))
    found = context.resolve(target, text)
    if found is None:
        raise FieldValueError(NOT_FOUND, value=excerpt(text), target=target)
    return found


def show_reference(target: str, record_id: int, context: ShowContext) -> str:
    """The label of the record, or its number where labels are not at hand."""
    return (context.label_of(target, record_id) if context.label_of else "") or f"#{record_id}"


def export_reference(target: str, record_id: int, context: ShowContext) -> str:
    """The label where it can be read back, else the id."""
    label = context.label_of(target, record_id) if context.label_of else ""
    return label if label and not label.isdigit() else str(record_id)


def reference_schema(**more: Any) -> dict[str, Any]:
    """{"id": 12}, to which the API adds the label; null when empty."""
    properties = {"id": {"type": "integer"}, "label": {"type": "string"}, **more}
    return {"type": ["object", "null"], "properties": properties, "required": ["id", *more]}
