"""A phone number, kept as written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.codes import NOT_A_PHONE
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.text import TextLikeType

_NUMBER = re.compile(r"\+?[0-9() ./-]+(?:(?:ext\.?|x|转|#|,) ?[0-9]{1,8})?", re.IGNORECASE)


class PhoneType(TextLikeType):
    name = "phone"
    label = "Phone"
    help = "A phone number as people write it, with an extension if there is one (x12)."
    control = "tel"
    max_length = 50

    def read(self, raw: Any) -> str:
        text = read_line(raw)
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text).replace("–", "-")
        digits = sum(map(str.isdigit, text))
        if text and not (3 <= digits <= 25 and len(text) <= 50 and _NUMBER.fullmatch(text)):
            raise FieldValueError(NOT_A_PHONE, value=excerpt(text))
        return text

    def search_text(self, field: FieldDef, value: Any) -> str:
        """As written and as bare digits, so that both spellings find it."""
        return "" if value is None else f"{value} {''.join(filter(str.isdigit, value))}"

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("+1 (555) 010-0199", "010-8888 6666 转 12", "＋８６ １３８００１３８０００", 5550100)

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("call me", "12", "555-0100; drop table", "+" + "1" * 40)
