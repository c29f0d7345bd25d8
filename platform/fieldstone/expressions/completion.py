"""What may be typed next in an expression that is being written, which need not be readable yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = ("and", "or", "not", "in", "if", "else", "True", "False", "None")
"""The words of the language that are neither names nor functions."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
_TYPED = re.compile(r"[^\W\d]\w*(?:\.\w*)*\Z|\Z")
_COMPARED = re.compile(rf"({_NAME})\s*[=!]=\s*\Z")
_LISTED = re.compile(rf"({_NAME})\s+(?:not\s+)?in\s*[(\[]\s*(?:'[^']*'\s*,\s*)*\Z")
_CALLED = re.compile(rf"\b(?:has|changed_to|changed_from)\(\s*({_NAME})\s*,\s*\Z")
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*\Z")


@dataclass(frozen=True, kw_only=True)
class Spot:
    """The place where something is typed: characters `start` to `end` of the source are what it would replace.

    `kind` is name (what may follow `path`, () for a first name), choice (a value of what `path` names) or nothing.
    `typed` is what stands there so far, without the path and without a quote. `call` is the function whose
    parentheses are open around it, "" for none.
    """

    kind: str
    start: int
    end: int
    path: tuple[str, ...] = ()
    typed: str = ""
    call: str = ""


def find_spot(source: str, cursor: int) -> Spot:
    """Where the cursor stands, `cursor` characters after the beginning."""
    cursor = max(0, min(cursor, len(source)))
    before = source[:cursor]
    opened = _open_quote(before)
    if opened is not None:
        path = _valued(before[:opened])
        if path is None:
            return Spot(kind="nothing", start=cursor, end=cursor)
        end = cursor
        while end < len(source) and (source[end].isalnum() or source[end] == "_"):
            end += 1
        end += source[end : end + 1] == before[opened]
        return Spot(kind="choice", start=opened, end=end, path=path, typed=before[opened + 1 :])
    found = _TYPED.search(before)
    typed = found.group() if found else ""
    rest = re.match(r"\w*", source[cursor:])
    end = cursor + (rest.end() if rest else 0)
    start = cursor - len(typed)
    *path_names, last = typed.split(".")
    call = _open_call(before[:start])
    path = None if path_names else _valued(before[:start])
    if path is not None:
        return Spot(kind="choice", start=start, end=end, path=path, typed=typed, call=call)
    if not typed and before[-1:].isdigit():
        return Spot(kind="nothing", start=cursor, end=cursor)
    return Spot(kind="name", start=cursor - len(last), end=end, path=tuple(path_names), typed=last, call=call)


def _valued(before: str) -> tuple[str, ...] | None:
    """The path whose value has to stand next, None where anything may."""
    for pattern in (_COMPARED, _LISTED, _CALLED):
        found = pattern.search(before)
        if found:
            return tuple(found.group(1).split("."))
    return None


def _open_quote(before: str) -> int | None:
    """Where the text literal begins that is not closed yet."""
    rest = _LITERAL.sub(lambda found: " " * len(found.group()), before)
    places = [place for sign in "'\"" if (place := rest.find(sign)) >= 0]
    return min(places) if places else None


def _open_call(before: str) -> str:
    """The function whose parentheses are still open."""
    rest = _LITERAL.sub(lambda found: " " * len(found.group()), before)
    for place in _open_parentheses(rest):
        found = _CALL.search(rest[:place])
        if found and found.group(1) not in WORDS:
            return found.group(1)
    return ""


def _open_parentheses(text: str) -> Iterator[int]:
    """The innermost first."""
    closed = 0
    for place in range(len(text) - 1, -1, -1):
        if text[place] == ")":
            closed += 1
        elif text[place] == "(":
            if closed == 0:
                yield place
            closed = max(closed - 1, 0)
