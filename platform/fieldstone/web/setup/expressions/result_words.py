"""The value of an expression as a person reads it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

from fieldstone.expressions.types import ValueType
from fieldstone.fields.formats import write_number
from fieldstone.web import times
from fieldstone.web.i18n import gettext
from fieldstone.web.show import Shower

_TENTH_PLACE = Decimal(1).scaleb(-10)
_WIDE = Context(prec=100)


def result_words(kind: ValueType, value: Any, shower: Shower) -> str:
    """ "" for an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if kind.kind == "reference":
        return next((label for target in kind.targets if (label := shower.labels.get((target, value)))), f"#{value}")
    if isinstance(value, datetime):
        return times.full_moment(value, shower.zone, shower.language, shower.date_format)
    if isinstance(value, date):
        return times.full_date(value, shower.language, shower.date_format)
    if isinstance(value, Decimal | int):
        text = f"{Decimal(value).quantize(_TENTH_PLACE, context=_WIDE):,f}"
        return write_number(text.rstrip("0").rstrip(".") if "." in text else text, shower.number_format)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)
