"""The words of one language, as its document says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Plain = dict[str, Any]


def with_field_words(data: Mapping[str, Any], module: str, field: str, words: Mapping[str, str]) -> Plain:
    """A language's document with other words for a field: part (label, help, placeholder) → text, "" takes it away.
    Parts that are not named stay."""
    modules = dict(data.get("modules") or {})
    of_module = dict(modules.get(module) or {})
    fields = dict(of_module.get("fields") or {})
    said = fields.get(field)
    present: Plain = dict(said) if isinstance(said, Mapping) else {} if said is None else {"label": said}
    present |= words
    kept = {part: text for part, text in present.items() if text}
    if kept.keys() == {"label"}:
        fields[field] = kept["label"]
    elif kept:
        fields[field] = kept
    else:
        fields.pop(field, None)
    return _placed(data, modules, module, {**of_module, "fields": fields})


def _placed(data: Mapping[str, Any], modules: Plain, module: str, of_module: Plain) -> Plain:
    modules[module] = {key: value for key, value in of_module.items() if value not in ({}, None)}
    if not modules[module]:
        del modules[module]
    wanted = {key: value for key, value in data.items() if key != "modules"}
    return {**wanted, "modules": modules} if modules else wanted
