"""Structured data that programs keep with a record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.codes import CONTROL_CHARACTER, JSON_TOO_DEEP, JSON_TOO_LARGE, NOT_JSON
from fieldstone.fields.definition import FieldDef, PicklistDef

MAX_LENGTH = 100_000
MAX_DEPTH = 20
_COLUMNS = (ColumnSpec(),)
_JSON = ValueType(kind="json")
_REFUSED = re.compile("[\x00\ud800-\udfff]")


class JsonType(FieldType):
    """An object or a list; text is read as JSON. Kept as its canonical text."""

    name = "json"
    label = "JSON"
    help = "An object or list of structured data, for programs."
    control = "json"
    sortable = False

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return _JSON

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None:
            return None
        if isinstance(raw, str):
            if not raw or raw.isspace():
                return None
            raw = _decode(raw)
        if not isinstance(raw, dict | list):
            raise FieldValueError(NOT_JSON)
        value = _plain(raw, MAX_DEPTH)
        if len(_encode(value)) > MAX_LENGTH:
            raise FieldValueError(JSON_TOO_LARGE, limit=MAX_LENGTH)
        return value

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        return {"": None if value is None else _encode(value)}

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        return None if columns[""] is None else json.loads(columns[""])

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else json.dumps(value, ensure_ascii=False)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else _encode(value)

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["object", "array", "null"]}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ('{"size": 3, "sizes": [1, 2.5, null, true], "名": "值"}', [1, {"a": []}], {}, [])

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("{", '"text"', 5, "[NaN]", "[" * 30 + "]" * 30, "[" * 90_000, {1: 2}, ["\x00"], [float("inf")],
                {"a": {1, 2}}, ["x" * 100_001], "[1e999]", ["\ud800"], [10**5000])  # fmt: skip


def _encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _decode(text: str) -> Any:
    if len(text) > 2 * MAX_LENGTH:
        raise FieldValueError(JSON_TOO_LARGE, limit=MAX_LENGTH)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise FieldValueError(NOT_JSON) from None


def _plain(value: Any, depth: int) -> Any:
    """The value in JSON's own types. Raises FieldValueError for what JSON or a database cannot hold."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if _REFUSED.search(value):
            raise FieldValueError(CONTROL_CHARACTER, character="U+0000 or half a surrogate pair")
        return value
    if isinstance(value, int):
        if value.bit_length() > 64:
            raise FieldValueError(NOT_JSON)
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        if number - number != 0:
            raise FieldValueError(NOT_JSON)
        return number
    if depth == 0:
        raise FieldValueError(JSON_TOO_DEEP, limit=MAX_DEPTH)
    if isinstance(value, list | tuple):
        return [_plain(item, depth - 1) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {_plain(key, depth): _plain(item, depth - 1) for key, item in value.items()}
    raise FieldValueError(NOT_JSON)
