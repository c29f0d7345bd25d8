"""An amount of money in the field's or the site's currency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fieldstone.fields.base import FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import OTHER_CURRENCY
from fieldstone.fields.currency import CURRENCIES, decimals_of, symbol_of
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.figures import MINUS, round_half_up
from fieldstone.fields.formats import write_number
from fieldstone.fields.number import ExactType

SCALE = 4
_BOUND = Decimal(10) ** 14
_MARK = re.compile(r"([-+\u2212]?)\s*([A-Za-z]{0,3}[$¥￥€£₩₹]|[A-Za-z]{3})\s*([-+\u2212]?[\d０-９][^A-Za-z]*)")
_CODE_BEHIND = re.compile(r"([^A-Za-z]*[\d０-９])\s*([A-Za-z]{3}|[$¥￥€£₩₹元])")
_SHARED_SYMBOLS = {"￥": "¥", "元": "¥"}


class MoneyType(ExactType):
    """Exact to four decimals; `decimals` narrows what may be written (unit prices need more than cents).

    A currency sign in front or behind is taken when it is that of the field (or when nobody knows
    which one it holds); another currency is refused, since nothing is converted here.
    """

    name = "money"
    label = "Money"
    help = "An amount of money, exact to four decimals."
    control = "money"
    attributes = frozenset({"min", "max", "decimals", "currency"})

    def scale(self, field: FieldDef) -> int:
        return SCALE

    def precision(self, field: FieldDef) -> int:
        return SCALE if field.decimals is None else min(field.decimals, SCALE)

    def bound(self, field: FieldDef) -> Decimal:
        return _BOUND

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if type(raw) is str and raw and not raw[0].isdigit():
            raw = _without_mark(raw, field.currency or context.currency)
        elif type(raw) is str and raw and not raw[-1].isdigit():
            raw = _without_mark_behind(raw, field.currency or context.currency)
        return super().parse(field, raw, context)

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        """At least the currency's own decimals; a computed amount is rounded to them."""
        if value is None:
            return ""
        symbol, digits, spec = _form(field.currency or context.currency, context.language, field.decimals)
        rounded = round_half_up(value, digits)
        exact = rounded == value or field.result
        text = format(rounded, spec) if exact else format(value, ",f").rstrip("0")
        if context.number_format:
            text = write_number(text, context.number_format)
        return f"{MINUS}{symbol}{text[1:]}" if text[0] == "-" else symbol + text

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("$1,000", "-1,234.50", "￥99", "184500.0001", 12, 0.1, "USD 5")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("(500)", "1,5", "1.00001", "NaN", "1" + "0" * 14, "$", "$$5", "five", True)


def _without_mark(text: str, expected: str) -> str:
    found = _MARK.fullmatch(text.strip())
    if found is None:
        return text
    sign, mark, amount = found.groups()
    _check_mark(text, mark, expected)
    return sign + amount


def _without_mark_behind(text: str, expected: str) -> str:
    found = _CODE_BEHIND.fullmatch(text.strip())
    if found is None:
        return text
    _check_mark(text, found[2], expected)
    return found[1]


def _check_mark(text: str, mark: str, expected: str) -> None:
    """A sign such as $ is shared by many currencies: it fits when the expected one is written with it."""
    mark = _SHARED_SYMBOLS.get(mark, mark)
    fits = mark.upper() == expected or mark in _marks(expected) if expected else _is_known(mark)
    if not fits:
        raise FieldValueError(OTHER_CURRENCY, value=excerpt(text), found=mark, expected=expected or "an amount")


@lru_cache(maxsize=256)
def _marks(currency: str) -> frozenset[str]:
    marks = {symbol_of(currency, language) for language in ("en", "zh_CN")}
    return frozenset(marks | {mark[-1] for mark in marks if not mark[-1].isalnum()})


def _is_known(mark: str) -> bool:
    return not mark.isalpha() or mark.upper() in CURRENCIES


@lru_cache(maxsize=512)
def _form(currency: str, language: str, decimals: int | None) -> tuple[str, int, str]:
    """The sign to put in front, the decimals to show and the format of the figure."""
    symbol = symbol_of(currency, language)
    digits = decimals_of(currency) if decimals is None else min(decimals, SCALE)
    return symbol + ("\u00a0" if symbol[-1].isalpha() else ""), digits, f",.{digits}f"
