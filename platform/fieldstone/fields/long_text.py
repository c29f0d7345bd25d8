"""Text of several lines, plain or written in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.fields.characters import read_block
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.text import TextLikeType


class LongTextType(TextLikeType):
    name = "long_text"
    label = "Long text"
    help = "Text of several lines, up to 100,000 characters."
    control = "textarea"
    slot = "extra"
    sortable = False
    max_length = 100_000

    def read(self, raw: Any) -> str:
        return read_block(raw)

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("First line\r\n  second line\n", "一行")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("nul\x00", "bell\x07", "x" * 100_001, {"a": 1})


class RichTextType(LongTextType):
    """Kept as its Markdown source; `web` renders and sanitises it."""

    name = "rich_text"
    label = "Rich text"
    help = "Text with headings, lists and links, written in Markdown."
    control = "markdown"

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("# Title\n\n- **bold**", "plain")
