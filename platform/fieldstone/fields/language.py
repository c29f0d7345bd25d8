"""A language by its code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale

from fieldstone.fields.code_list import CodeList, CodeType
from fieldstone.fields.definition import FieldDef, PicklistDef

_CODE = re.compile("[a-z]{2,3}(?:_[A-Za-z0-9]{2,4})?")
_NOT_LANGUAGES = frozenset({"mul", "und", "zxx", "root"})


class _Languages(CodeList):
    def read_codes(self) -> set[str]:
        known = {code for code in map(str, Locale("en").languages) if _CODE.fullmatch(code)}
        return known - _NOT_LANGUAGES | {"zh_CN", "zh_TW"}

    def read_names(self, locale: Locale) -> Mapping[str, str]:
        """With the spellings that software uses for the two written forms of Chinese."""
        names = dict(locale.languages)
        named = "{}（{}）" if locale.language == "zh" else "{} ({})"
        for code, place in (("zh_CN", "CN"), ("zh_TW", "TW")):
            names[code] = named.format(names["zh"], locale.territories[place])
        return names

    def read_aliases(self) -> Mapping[str, str]:
        return {code.replace("_", "-"): code for code in self.codes}


LANGUAGES = _Languages()


class LanguageType(CodeType):
    name = "language"
    label = "Language"
    help = "A language, by name or code (en, zh_CN)."
    codes = LANGUAGES

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        """A pattern: the list has over 600 entries."""
        return {"type": ["string", "null"], "pattern": f"^{_CODE.pattern}$"}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("en", "zh-CN", "German", "法语")
