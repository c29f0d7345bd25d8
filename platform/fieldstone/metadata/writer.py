"""Canonical YAML: the same data always gives the same bytes, and reading them gives the same data.

Mappings in block style, lists of short values in flow style; expressions quoted or, over several lines,
in literal style, so that neither ` #` nor a comma can cut them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fieldstone.metadata.loader import EXPRESSION_KEYS
from fieldstone.metadata.scalars import MAX_DIGITS, resolve_plain

MAX_WIDTH = 120
_PLAIN = re.compile(r"[^\W\d_][\w .()/·'+&%-]*", re.UNICODE)
_PLAIN_KEY = re.compile(r"[a-z_][a-z0-9_]*|[a-z]{2}_[A-Z]{2}")
_OTHER_MEANINGS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})
"""Words that other readers of YAML take for something else than text."""
_LITERAL = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*")
_EXPRESSION_KEYS = frozenset(EXPRESSION_KEYS)


def write_document(data: Mapping[str, Any]) -> str:
    """The YAML of plain data (dict, list, str, int, Decimal, bool, None), ending in a line break."""
    return "\n".join(_mapping(data, 0)) + "\n" if data else "{}\n"


def _mapping(data: Mapping[str, Any], depth: int, *, parent: str = "", expressions: bool = False) -> Iterator[str]:
    for key, value in data.items():
        head = f"{'  ' * depth}{_key(key)}:"
        if isinstance(value, Mapping) and value:
            holds_expressions = key in ("set_fields", "options_when") or (key == "values" and parent == "create_record")
            yield head
            yield from _mapping(value, depth + 1, parent=key, expressions=holds_expressions)
        elif _is_list(value) and value:
            yield from _list(head, value, depth)
        else:
            is_expression = expressions or key in _EXPRESSION_KEYS
            lines = _scalar_lines(value, "  " * (depth + 1), expression=is_expression)
            yield f"{head} {lines[0]}"
            yield from lines[1:]


def _list(head: str, items: Sequence[Any], depth: int) -> Iterator[str]:
    short = not any((isinstance(item, Mapping) or _is_list(item)) and item for item in items)
    if short and not any(isinstance(item, str) and "\n" in item for item in items):
        line = f"{head} [{', '.join(_flow_item(item) for item in items)}]"
        if len(line) <= MAX_WIDTH:
            yield line
            return
    yield head
    indent = "  " * (depth + 1)
    for item in items:
        if isinstance(item, Mapping) and item:
            lines = list(_mapping(item, depth + 2))
            yield f"{indent}- {lines[0].lstrip(' ')}"
            yield from lines[1:]
        elif _is_list(item) and item:
            yield from _list(f"{indent}-", item, depth + 1)
        else:
            lines = _scalar_lines(item, indent + "  ", expression=False)
            yield f"{indent}- {lines[0]}"
            yield from lines[1:]


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _flow_item(value: Any) -> str:
    text = _scalar_lines(value, "", expression=False)[0]
    # Inside brackets these would end a plain value.
    return _double_quoted(value) if isinstance(value, str) and text == value and set(value) & set("[]{},") else text


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else _double_quoted(key)


def _scalar_lines(value: Any, indent: str, *, expression: bool) -> list[str]:
    if isinstance(value, str):
        return _text_lines(value, indent, expression=expression)
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, Decimal):
        return [_number(value)]
    if isinstance(value, Mapping):
        return ["{}"]
    return ["[]"] if _is_list(value) else [str(value)]


def _number(value: Decimal) -> str:
    """Written out, or with an exponent when it would be too long to be read as a number."""
    text = format(value, "f")
    if not isinstance(resolve_plain(text), str):
        return "0" if text == "-0" else text  # a whole number has no negative zero
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    written = "".join(map(str, digits))
    for places in range(MAX_DIGITS + 1):
        padded = written.zfill(places + 1)
        whole, fraction = padded[: len(padded) - places], padded[len(padded) - places :]
        text = f"{'-' * sign}{whole}{'.' * bool(places)}{fraction}E{exponent + places}"
        if not isinstance(resolve_plain(text), str):
            return text
    raise ValueError(f"{value} is too long for a number")


def _text_lines(text: str, indent: str, *, expression: bool) -> list[str]:
    if "\n" in text and _fits_literal(text):
        body = text.removesuffix("\n")
        header = "|" if text.endswith("\n") else "|-"
        return [header, *(indent + line if line else "" for line in body.split("\n"))]
    if expression:
        return [_quoted(text)]
    return [text if _is_plain(text) else _quoted(text)]


def _fits_literal(text: str) -> bool:
    """Whether a literal block gives exactly this text back: no control characters, no blanks or empty lines
    at the edges."""
    first, last = text[0], text.removesuffix("\n")[-1:]
    return bool(_LITERAL.fullmatch(text)) and first not in " \n\t" and last not in ("", "\n")


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text) or text != text.strip() or text.lower() in _OTHER_MEANINGS:
        return False
    return not text.endswith("-") and isinstance(resolve_plain(text), str)


def _quoted(text: str) -> str:
    """Double quotes, or single ones where a double quote or backslash is inside and nothing needs an escape."""
    if ('"' in text or "\\" in text) and _LITERAL.fullmatch(text) and "\n" not in text and "\t" not in text:
        return "'" + text.replace("'", "''") + "'"
    return _double_quoted(text)


def _double_quoted(text: str) -> str:
    """JSON's quoting is YAML's, but for characters that YAML wants escaped and JSON does not."""
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda match: f"\\u{ord(match.group()):04x}", quoted)
