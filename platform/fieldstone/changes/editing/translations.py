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


def with_words(data: Mapping[str, Any], module: str, part: str, name: str, text: str) -> Plain:
    """A language's document with other words for a block, a tab, a view, a relation … of a module: `part` is the key
    under which the document has them; "" takes them away."""
    modules = dict(data.get("modules") or {})
    of_module = dict(modules.get(module) or {})
    entries = {key: value for key, value in (of_module.get(part) or {}).items() if key != name or text}
    if text:
        entries[name] = text
    return _placed(data, modules, module, {**of_module, part: entries})


def _placed(data: Mapping[str, Any], modules: Plain, module: str, of_module: Plain) -> Plain:
    modules[module] = {key: value for key, value in of_module.items() if value not in ({}, None)}
    if not modules[module]:
        del modules[module]
    wanted = {key: value for key, value in data.items() if key != "modules"}
    return {**wanted, "modules": modules} if modules else wanted


def with_value_words(data: Mapping[str, Any], picklist: str, words: Mapping[str, str]) -> Plain:
    """A language's document with other labels for values of a picklist: key → text, "" takes it away. Keys that are
    not named stay."""
    picklists = dict(data.get("picklists") or {})
    own = dict(picklists.get(picklist) or {})
    said = {key: str(text) for key, text in (own.get("values") or {}).items()} | dict(words)
    own["values"] = {key: text for key, text in said.items() if text}
    picklists[picklist] = {key: value for key, value in own.items() if value not in ({}, None)}
    if not picklists[picklist]:
        del picklists[picklist]
    wanted = {key: value for key, value in data.items() if key != "picklists"}
    return {**wanted, "picklists": picklists} if picklists else wanted
