"""Values that are written on a field itself, as lines of a text: `label`, or `key = label`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.changes.editing.naming import name_from


def show_lines(values: Any) -> str:
    """One line for each value; keys are shown where they are not made from the label."""
    if not isinstance(values, Mapping):
        return ""
    lines = []
    for key, entry in values.items():
        label = str(entry.get("label", key) if isinstance(entry, Mapping) else entry)
        lines.append(label if name_from(label) == key else f"{key} = {label}")
    return "\n".join(lines)


def read_lines(text: str, before: Any) -> dict[str, Any] | None:
    """The values that the lines say, in their order; None when there are none.

    One whose key or label was there `before` keeps what else was said of it.
    """
    known: Mapping[str, Any] = before if isinstance(before, Mapping) else {}
    by_label = {str(each.get("label", key) if isinstance(each, Mapping) else each): key for key, each in known.items()}
    found: dict[str, Any] = {}
    for line in filter(None, (each.strip() for each in text.split("\n"))):
        key, sign, label = (part.strip() for part in line.partition("="))
        if not sign:
            key, label = by_label.get(line, ""), line
            key = key or name_from(line, (*known, *found))
        entry = known.get(key)
        found[key] = {**entry, "label": label} if isinstance(entry, Mapping) else {"label": label}
        if entry == label:
            found[key] = label
    return found or None
