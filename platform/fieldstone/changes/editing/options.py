"""Which values of one picklist field may be chosen beside each value of another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

Plain = dict[str, Any]


def with_options(
    entry: Mapping[str, Any], source: str, ticked: Mapping[str, Collection[str]], keys: Sequence[str]
) -> Plain:
    """A field's entry that depends on `source`: of its own `keys` those that are ticked for each value of that one.

    A value that offers all is not said. With source "" it depends on nothing.
    """
    kept = {name: value for name, value in entry.items() if name != "depends_on"}
    if not source:
        return kept
    options = {
        value: [key for key in keys if key in chosen]
        for value, chosen in ticked.items()
        if not set(keys) <= set(chosen)
    }
    return kept | {"depends_on": {"field": source, "options": options}}


def ticked_options(entry: Mapping[str, Any], values: Sequence[str], keys: Sequence[str]) -> dict[str, list[str]]:
    """Value of the other field → the own keys that it offers, for every value."""
    said = (entry.get("depends_on") or {}).get("options") or {}
    return {value: [key for key in keys if value not in said or key in said[value]] for value in values}
