"""Free labels put on a record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.codes import TAG_SEPARATOR, TAG_TOO_LONG, TOO_MANY_ITEMS, WRONG_KIND
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.listing import load_list, show_list, store_list
from fieldstone.kernel.folding import fold

MAX_TAGS = 50
MAX_LENGTH = 50
_COLUMNS = (ColumnSpec(),)
_SEPARATOR = re.compile(r"[,，、;；\n]")
_LIST = ValueType(kind="list")


class TagsType(FieldType):
    """A tuple of tags in the order given; of two that differ only in case the first is kept."""

    name = "tags"
    label = "Tags"
    help = "Free labels, separated by commas."
    control = "tags"
    operators = operators.LIST
    searchable = True
    sortable = False

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return _LIST

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None:
            return None
        if isinstance(raw, str):
            raw = _SEPARATOR.split(raw)
        elif not isinstance(raw, list | tuple):
            raise FieldValueError(WRONG_KIND, type="a list", value=excerpt(raw), expected="a list of texts")
        tags: dict[str, str] = {}
        for item in raw:
            tag = " ".join(read_line(item).split())
            if len(tag) > MAX_LENGTH:
                raise FieldValueError(TAG_TOO_LONG, value=excerpt(tag), limit=MAX_LENGTH)
            if _SEPARATOR.search(tag):
                raise FieldValueError(TAG_SEPARATOR, value=excerpt(tag))
            if tag:
                tags.setdefault(fold(tag), tag)
        if len(tags) > MAX_TAGS:
            raise FieldValueError(TOO_MANY_ITEMS, count=len(tags), limit=MAX_TAGS)
        return tuple(tags.values()) or None

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        return {"": store_list(value)}

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        return load_list(columns[""])

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else show_list(value, context.language)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return ", ".join(value or ())

    def to_json(self, field: FieldDef, value: Any) -> Any:
        return list(value or ())

    def search_text(self, field: FieldDef, value: Any) -> str:
        return " ".join(value or ())

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "maxLength": MAX_LENGTH}, "maxItems": MAX_TAGS}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("vip, Berlin ,VIP", ["重要客户", "fair 2026"], ("a",), "一，二、三")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return (["a,b"], "x" * 51, [f"tag {n}" for n in range(51)], {"a": 1}, ["\x1f"], 5)
