"""Which values of a picklist field may be chosen: beside each value of another one, and when something holds."""

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


def with_conditions(entry: Mapping[str, Any], said: Mapping[str, str]) -> Plain:
    """A field's entry whose values are offered when `said` holds: value → expression, "" always."""
    kept = {name: value for name, value in entry.items() if name != "options_when"}
    conditions = {key: source.strip() for key, source in said.items() if source.strip()}
    return kept | {"options_when": conditions} if conditions else kept


def ticked_options(entry: Mapping[str, Any], values: Sequence[str], keys: Sequence[str]) -> dict[str, list[str]]:
    """Value of the other field → the own keys that it offers, for every value."""
    said = (entry.get("depends_on") or {}).get("options") or {}
    return {value: [key for key in keys if value not in said or key in said[value]] for value in values}
