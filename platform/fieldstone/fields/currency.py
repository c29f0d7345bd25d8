"""A currency by its ISO 4217 code, and how each is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_precision, get_currency_symbol

from fieldstone.fields.base import ShowContext
from fieldstone.fields.code_list import CodeList, CodeType, locale_of
from fieldstone.fields.definition import FieldDef


class _Currencies(CodeList):
    def read_codes(self) -> set[str]:
        """Those that are legal tender somewhere today."""
        return {
            code
            for tenders in get_global("territory_currencies").values()
            for code, _, ended, is_tender in tenders
            if is_tender and ended is None
        }

    def read_names(self, locale: Locale) -> Mapping[str, str]:
        return locale.currencies


CURRENCIES = _Currencies()


@lru_cache(maxsize=512)
def symbol_of(currency: str, language: str) -> str:
    """$ for USD in English, US$ in Chinese; the code where there is no sign."""
    return get_currency_symbol(currency, locale_of(language))


@lru_cache(maxsize=512)
def decimals_of(currency: str) -> int:
    """2 for USD, 0 for JPY."""
    return get_currency_precision(currency)


class CurrencyType(CodeType):
    name = "currency"
    label = "Currency"
    help = "A currency, by name or ISO 4217 code."
    codes = CURRENCIES

    def choices(self, context: ShowContext) -> list[tuple[str, str]]:
        """Those in use first, in their order."""
        return self.codes.choices(context.language, context.currencies)

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("USD", "cny", "Euro", "美元")
