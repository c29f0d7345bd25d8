"""Text: what finds goes over the folded key column, what changes text is exact on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.function import MAX_TEXT
from fieldstone.expressions.letters import counterparts
from fieldstone.expressions.sql.numbers import NumberWriter
from fieldstone.expressions.sql.values import Constant, Element, Operand, Value
from fieldstone.expressions.types import TEXT
from fieldstone.kernel.folding import fold


class TextWriter(NumberWriter):
    def key(self, value: Operand) -> Element:
        """The folded text. A column without a key is folded row by row."""
        if isinstance(value, Constant):
            return sa.literal(None if value.value is None else fold(value.value), sa.Text())
        if value.key is not None:
            return value.key
        if value.type.kind == "choice" and value.is_column:
            return self.element(value)  # keys of picklists are small letters
        if self.sqlite:
            return sa.func.fs_fold(value.sql, type_=sa.Text())
        return sa.collate(_fold(value.sql), "C")

    def contains(self, text: Operand, part: Operand) -> Element:
        if self._is_empty(text) or self._is_empty(part):
            return sa.false()
        key = self.key(text)
        if self.sqlite:
            return sa.func.instr(key, self.key(part)) > 0
        if isinstance(part, Constant):
            return key.like(f"%{escape_like(fold(part.value))}%", escape="\\")
        return sa.func.strpos(key, self.key(part)) > 0

    def starts_with(self, text: Operand, part: Operand) -> Element:
        """With a written part a range of keys, so that their index serves it."""
        if self._is_empty(text) or self._is_empty(part):
            return sa.false()
        key, prefix = self.key(text), self.key(part)
        if not isinstance(part, Constant):
            return self._substring(key, 1, sa.func.length(prefix)) == prefix
        folded = fold(part.value)
        end = next_prefix(folded)
        from_start = key >= folded
        return from_start if end is None else sa.and_(from_start, key < end)

    def ends_with(self, text: Operand, part: Operand) -> Element:
        if self._is_empty(text) or self._is_empty(part):
            return sa.false()
        key, suffix = self.key(text), self.key(part)
        if self.sqlite:
            return sa.func.substr(key, -sa.func.length(suffix)) == suffix
        return sa.func.right(key, sa.func.length(suffix)) == suffix

    def concat(self, values: Sequence[Operand]) -> Value:
        joined: Element = sa.literal("", sa.Text())
        for value in values:
            joined = joined.concat(sa.func.coalesce(self.show(value), ""))
        return _text(sa.func.fs_normalise(joined) if self.sqlite else sa.func.normalize(joined, sa.text("NFC")))

    def show(self, value: Operand) -> Element:
        """The value inside a text: plain numbers, ISO dates."""
        kind = value.type.kind
        if kind == "number":
            number = self.number(value)
            if self.sqlite:
                return sa.func.fs_show(number, type_=sa.Text())
            return sa.cast(sa.func.trim_scale(number), sa.Text())
        if kind == "date" and not self.sqlite:
            return sa.func.to_char(self.element(value), "YYYY-MM-DD", type_=sa.Text())
        return sa.type_coerce(self.element(value), sa.Text())

    def change_case(self, name: str, text: Operand) -> Value:
        """lower or upper."""
        element = self.element(text)
        if self.sqlite:
            return _text(getattr(sa.func, f"fs_{name}")(element))
        return _text(sa.func.translate(element, *counterparts(str.lower if name == "lower" else str.upper)))

    def trim(self, text: Operand, characters: str) -> Value:
        function = sa.func.trim if self.sqlite else sa.func.btrim
        return _text(function(self.element(text), characters))

    def length(self, text: Operand) -> Value:
        return self.whole(sa.func.coalesce(sa.func.length(self.element(text)), 0))

    def cut(self, name: str, text: Operand, count: Operand) -> Value:
        """left or right."""
        function = getattr(sa.func, f"fs_{name}" if self.sqlite else name)
        return _text(function(self.element(text), self.integer(count, 0, MAX_TEXT)))

    def substring(self, text: Operand, start: Operand, count: Operand) -> Value:
        first, length = self.integer(start, 1, MAX_TEXT), self.integer(count, 0, MAX_TEXT)
        return _text(self._substring(self.element(text), first, length))

    def replace(self, text: Operand, old: Operand, new: Operand) -> Value:
        """Only what cannot make the text longer: nobody could bound the growth inside the database."""
        if (
            not isinstance(old, Constant)
            or not isinstance(new, Constant)
            or len(new.value or "") > len(old.value or "")
        ):
            raise self.refuse("replace() with a longer or computed text")
        if old.value is None:
            return _text(self.element(text))
        return _text(sa.func.replace(self.element(text), old.value, new.value or ""))

    def _substring(self, text: Element, first: Any, length: Any) -> Element:
        return sa.func.substr(text, first, length)

    def _is_empty(self, value: Operand) -> bool:
        return isinstance(value, Constant) and value.value is None


def next_prefix(text: str) -> str | None:
    """The first text after all that begin with `text`; None when there is none."""
    while text:
        last = ord(text[-1]) + 1
        if last == 0xD800:
            last = 0xE000
        if last <= 0x10FFFF:
            return text[:-1] + chr(last)
        text = text[:-1]
    return None


def _fold(text: Element) -> Element:
    """kernel.folding.fold on PostgreSQL: decomposed, no letter but ß folds into several."""
    folded = sa.func.translate(sa.func.normalize(text, sa.text("NFKD")), *counterparts(str.casefold))
    return sa.func.normalize(sa.func.replace(sa.func.replace(folded, "ẞ", "ss"), "ß", "ss"), sa.text("NFKC"))


def escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _text(sql: Element) -> Value:
    """A computed text; one without characters is empty."""
    return Value(sql=sa.func.nullif(sql, "", type_=sa.Text()), type=TEXT)
