"""The name of a person, in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.fields.base import FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.codes import NOT_PARTS, TOO_LONG
from fieldstone.fields.composite import CompositeType
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.part_text import join_parts, split_parts
from fieldstone.kernel.folding import has_cjk

_MAX_LENGTH = 100
_SEPARATOR = ","
_SALUTATIONS = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof"})


class PersonNameType(CompositeType):
    """As one text: "Anna Snelling" (the last word is the last name) or "Snelling, Anna, Ms".

    A Chinese name written in one piece is kept in one piece, as the last name: nothing is guessed.
    """

    name = "person_name"
    label = "Person name"
    help = "Salutation, first name and last name."
    control = "person_name"
    slot = "title"
    part_names = ("salutation", "first_name", "last_name")

    def read_part(self, part: str, raw: Any, context: ParseContext) -> str | None:
        text = "" if raw is None else read_line(raw)
        if len(text) > _MAX_LENGTH:
            raise FieldValueError(TOO_LONG, length=len(text), limit=_MAX_LENGTH)
        return text or None

    def read_whole(self, text: str) -> Mapping[str, Any]:
        parts = split_parts(text, _SEPARATOR)
        if len(parts) > 3:
            names = "last name, first name, salutation"
            raise FieldValueError(NOT_PARTS, value=excerpt(text), parts=names, separator=_SEPARATOR)
        if len(parts) > 1:
            return dict(zip(("last_name", "first_name", "salutation"), parts, strict=False))
        words = parts[0].split()
        salutation = words.pop(0) if len(words) > 1 and words[0].rstrip(".").lower() in _SALUTATIONS else None
        return {"salutation": salutation, "first_name": " ".join(words[:-1]), "last_name": words[-1]}

    def line(self, value: Mapping[str, str | None]) -> str:
        first, last = value["first_name"] or "", value["last_name"] or ""
        salutation = value["salutation"]
        if has_cjk(first + last) and not (first + last).isascii() and _all_cjk(first + last):
            return f"{last}{first}{salutation or ''}"
        return " ".join(filter(None, (salutation, first, last)))

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else self.line(value)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        """As people write it where that reads back to the same parts, else last name first."""
        if value is None:
            return ""
        shown = self.line(value)
        if _SEPARATOR not in shown and "\\" not in shown:
            read = self.read_whole(shown)
            if all((read[part] or None) == value[part] for part in self.part_names):
                return shown
        return join_parts((value[part] or "" for part in ("last_name", "first_name", "salutation")), _SEPARATOR)

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return (
            {"first_name": "Anna", "last_name": "Snelling"},
            {"salutation": "Dr", "first_name": "Vincent", "last_name": "van der Berg, Jr."},
            "Ms. Cecily Lampkin",
            "王小明",
            {"last_name": "王", "first_name": "小明", "salutation": "先生"},
            "Cher",
        )

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("a, b, c, d", {"middle_name": "x"}, {"last_name": "x" * 101}, 7, {"last_name": "a\nb"})


def _all_cjk(text: str) -> bool:
    return all(has_cjk(char) for char in text)
