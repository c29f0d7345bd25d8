"""Rules of a module's document: what blocks a save, what counts as a duplicate, which indexes are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Plain = dict[str, Any]


def with_rule(data: Mapping[str, Any], name: str, rule: Mapping[str, Any] | None) -> Plain:
    """The document with a validation rule, in its place or last; None takes it out."""
    rules: Plain = {key: value for key, value in (data.get("rules") or {}).items() if key != name or rule is not None}
    if rule is not None:
        rules[name] = {key: value for key, value in rule.items() if value != ""}
    return _with(data, "rules", rules)


def with_duplicates(data: Mapping[str, Any], match: Sequence[str], on_match: str) -> Plain:
    """The document with what makes a duplicate; no fields: nothing does."""
    said = {"match": list(dict.fromkeys(match)), "on_match": on_match} if match else None
    return _with(data, "duplicates", said)


def with_indexes(data: Mapping[str, Any], indexes: Sequence[Sequence[str]]) -> Plain:
    """The document with these indexes, those without fields left out."""
    return _with(data, "indexes", [list(dict.fromkeys(index)) for index in indexes if index])


def _with(data: Mapping[str, Any], key: str, value: Any) -> Plain:
    if value:
        return {**data, key: value}
    return {name: said for name, said in data.items() if name != key}
