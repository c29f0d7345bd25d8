"""Published lists of codes with localised names (countries, currencies, languages), and their type."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from babel import Locale

from fieldstone.expressions.types import ValueType
from fieldstone.fields import operators
from fieldstone.fields.base import ColumnSpec, FieldType, ParseContext, ShowContext
from fieldstone.fields.characters import read_line
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.nearest import no_such_choice
from fieldstone.kernel.folding import fold, sort_key

_COLUMNS = (ColumnSpec(),)


@lru_cache(maxsize=8)
def locale_of(language: str) -> Locale:
    """Babel's data for one of our languages; they are read once, at first use."""
    return Locale.parse("zh_CN" if language.startswith("zh") else "en")


class CodeList(ABC):
    """Codes and their names, read from Babel when first asked for. Subclasses say which."""

    @abstractmethod
    def read_codes(self) -> set[str]: ...

    @abstractmethod
    def read_names(self, locale: Locale) -> Mapping[str, str]:
        """Code → name; may hold more than the codes of the list."""

    def read_aliases(self) -> Mapping[str, str]:
        """Other spellings that name exactly one code."""
        return {}

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(self.read_codes())

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {
            language: {code: names.get(code, code) for code in self.codes}
            for language in ("en", "zh_CN")
            for names in [self.read_names(locale_of(language))]
        }

    @cached_property
    def _by_text(self) -> dict[str, str]:
        found = {fold(alias): code for alias, code in self.read_aliases().items() if code in self.codes}
        for names in self._names.values():
            found.update((fold(name), code) for code, name in names.items())
        found.update((fold(code), code) for code in self.codes)
        return found

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def name(self, code: str, language: str) -> str:
        return self._names["zh_CN" if language.startswith("zh") else "en"].get(code, code)

    def find(self, text: str) -> str | None:
        """The code that a code or a name, in any of our languages, stands for."""
        return self._by_text.get(fold(text))

    def choices(self, language: str, first: Sequence[str] = ()) -> list[tuple[str, str]]:
        """(code, name) ordered by name, after those that come `first`."""
        named = {code: self.name(code, language) for code in self.codes}
        ahead = [(code, named.pop(code)) for code in first if code in named]
        return ahead + sorted(named.items(), key=lambda choice: sort_key(choice[1]))

    def known_names(self) -> tuple[str, ...]:
        return tuple(self._names["en"].values())


class CodeType(FieldType):
    """A choice from a published list. The value is the code."""

    control = "select"
    slot = "sub"
    operators = operators.CHOICE
    codes: CodeList

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return ValueType(kind="choice", choices=self.codes.codes)

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if raw is None or (type(raw) is str and raw in self.codes):
            return raw
        text = read_line(raw)
        if not text:
            return None
        code = self.codes.find(text)
        if code is None:
            raise no_such_choice(text, self.codes.known_names())
        return code

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return "" if value is None else self.codes.name(value, context.language)

    def choices(self, context: ShowContext) -> list[tuple[str, str]]:
        """(code, name) in the person's language, for the select control."""
        return self.codes.choices(context.language)

    def search_text(self, field: FieldDef, value: Any) -> str:
        """The names in both languages, since a code is not what people look for."""
        return "" if value is None else f"{self.codes.name(value, 'en')} {self.codes.name(value, 'zh_CN')}"

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {"type": ["string", "null"], "enum": [*sorted(self.codes.codes), None]}

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("Nowhere at all", "??", ["US"])
