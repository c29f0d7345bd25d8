"""The words of a language, changed by the keys of `metadata.texts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.metadata.texts import words_path

Plain = dict[str, Any]


def with_texts(data: Mapping[str, Any], words: Mapping[str, str]) -> Plain:
    """A language's document, as plain data, with other words: key → text, "" takes it away. Those of other keys stay.
    Raises KeyError for what is no key."""
    wanted = dict(data)
    for key, text in words.items():
        wanted = _with(wanted, words_path(key), text, is_field=key.startswith("field."))
    return wanted


def _with(data: Mapping[str, Any], path: tuple[str, ...], text: str, *, is_field: bool) -> Plain:
    step, rest = path[0], path[1:]
    wanted = dict(data)
    if not rest:
        value: Any = text
    else:
        inner = wanted.get(step)
        if is_field and len(rest) == 1:  # a field whose label alone is translated may be a text
            inner = inner if isinstance(inner, Mapping) else {} if inner in (None, "") else {"label": inner}
        value = _with(inner or {}, rest, text, is_field=is_field)
        if is_field and len(rest) == 1 and value.keys() == {"label"}:
            value = value["label"]
    if value in ("", {}):
        wanted.pop(step, None)
    else:
        wanted[step] = value
    return wanted
