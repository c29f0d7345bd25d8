"""A postal address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields.base import FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt, read_block, read_line
from fieldstone.fields.codes import NOT_PARTS, TOO_LONG
from fieldstone.fields.composite import CompositeType
from fieldstone.fields.country import COUNTRIES
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.nearest import no_such_choice
from fieldstone.fields.part_text import join_parts, split_parts

_MAX_LENGTH = {"street": 255, "city": 100, "state": 100, "postal_code": 20}
_SEPARATOR = ";"


class AddressType(CompositeType):
    """`country` is an ISO code. As one text: the five parts in order, separated by semicolons."""

    name = "address"
    label = "Address"
    help = "Street, city, state, postal code and country."
    control = "address"
    sortable = False
    part_names = ("street", "city", "state", "postal_code", "country")

    def parts(self, field: FieldDef) -> Mapping[str, ValueType]:
        return {**super().parts(field), "country": ValueType(kind="choice", choices=COUNTRIES.codes)}

    def read_part(self, part: str, raw: Any, context: ParseContext) -> str | None:
        if raw is None:
            return None
        text = read_block(raw).strip() if part == "street" else read_line(raw)
        if not text:
            return None
        if part == "country":
            code = COUNTRIES.find(text)
            if code is None:
                raise no_such_choice(text, COUNTRIES.known_names())
            return code
        if len(text) > _MAX_LENGTH[part]:
            raise FieldValueError(TOO_LONG, length=len(text), limit=_MAX_LENGTH[part])
        return text

    def read_whole(self, text: str) -> Mapping[str, Any]:
        parts = split_parts(text, _SEPARATOR)
        if len(parts) != len(self.part_names):
            raise FieldValueError(
                NOT_PARTS, value=excerpt(text), parts=", ".join(self.part_names), separator=_SEPARATOR
            )
        return dict(zip(self.part_names, parts, strict=True))

    def line(self, value: Mapping[str, str | None]) -> str:
        street = (value["street"] or "").replace("\n", ", ")
        place = " ".join(filter(None, (value["state"], value["postal_code"])))
        return ", ".join(filter(None, (street, value["city"], place, value["country"])))

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        if value is None:
            return ""
        country = COUNTRIES.name(value["country"], context.language) if value["country"] else None
        if context.language.startswith("zh"):
            street = (value["street"] or "").replace("\n", " ")
            whole = filter(None, (country, value["state"], value["city"], street, value["postal_code"]))
            return " ".join(whole)
        return self.line({**value, "country": country})

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return join_parts((value[part] or "" for part in self.part_names), _SEPARATOR) if value else ""

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return (
            {"street": "1 Main St\nSuite 5; rear", "city": "Springfield", "state": "IL", "postal_code": "62701",
             "country": "United States"},
            {"city": "上海", "country": "CN"},
            "1 Main St; Springfield; IL; 62701; US",
        )  # fmt: skip

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("1 Main St, Springfield", {"town": "x"}, {"country": "Nowhere at all"}, {"city": "x" * 101}, 7)
