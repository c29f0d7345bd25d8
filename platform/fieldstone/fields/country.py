"""A country by its ISO 3166 code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale
from babel.core import get_global

from fieldstone.fields.code_list import CodeList, CodeType
from fieldstone.fields.definition import FieldDef

_ALPHA_2 = re.compile("[A-Z]{2}")
# In CLDR, but not countries of ISO 3166: unions, exceptional reservations, private use (XK, Kosovo, is kept).
_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
_SPOKEN = {"UK": "GB", "U.K.": "GB", "U.S.": "US", "U.S.A.": "US", "United States of America": "US",
           "Great Britain": "GB", "Russian Federation": "RU", "Hong Kong": "HK", "Macau": "MO", "Macao": "MO",
           "Czech Republic": "CZ", "Turkey": "TR", "Viet Nam": "VN"}  # fmt: skip


class _Countries(CodeList):
    def read_codes(self) -> set[str]:
        return {code for code in map(str, Locale("en").territories) if _ALPHA_2.fullmatch(code)} - _NOT_COUNTRIES

    def read_names(self, locale: Locale) -> Mapping[str, str]:
        return locale.territories

    def read_aliases(self) -> Mapping[str, str]:
        """Three-letter and numeric codes, and the spellings people use."""
        coded = {old: new[0] for old, new in get_global("territory_aliases").items() if len(new) == 1 and len(old) == 3}
        return {**coded, **_SPOKEN}


COUNTRIES = _Countries()


class CountryType(CodeType):
    name = "country"
    label = "Country"
    help = "A country, by name or ISO 3166 code."
    searchable = True
    codes = COUNTRIES

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("US", "cn", "Germany", "法国", "usa")
