"""Texts: what every value is as a text, and what a text stands for in every type."""

from __future__ import annotations

import json
from typing import Any

from fieldstone.fields.address import AddressType
from fieldstone.fields.auto_number import AutoNumberType
from fieldstone.fields.base import FieldValueError
from fieldstone.fields.checkbox import CheckboxType
from fieldstone.fields.code_list import CodeType
from fieldstone.fields.composite import CompositeType
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.conversion_numbers import is_number
from fieldstone.fields.conversion_references import find_by_name, is_reference, label_of
from fieldstone.fields.conversion_times import moment_as_text
from fieldstone.fields.conversion_way import SAME, End, Way, fits_as_is, read_as_is
from fieldstone.fields.currency import CurrencyType, decimals_of
from fieldstone.fields.datetime import DatetimeType
from fieldstone.fields.email import EmailType
from fieldstone.fields.figures import QUANTA
from fieldstone.fields.integer import IntegerType
from fieldstone.fields.json import JsonType
from fieldstone.fields.long_text import LongTextType
from fieldstone.fields.money import MoneyType
from fieldstone.fields.numerals import plain
from fieldstone.fields.percent import PercentType
from fieldstone.fields.phone import PhoneType
from fieldstone.fields.picklist import PicklistType
from fieldstone.fields.secret import SecretType
from fieldstone.fields.text import TextLikeType, TextType
from fieldstone.fields.url import UrlType
from fieldstone.kernel.folding import normalise

_MAILTO = "mailto:"
_FREE = frozenset({"text", "long_text", "rich_text"})
_TEXTUAL = _FREE | {"email", "phone", "url", "auto_number"}


def find_way(old: End, new: End) -> Way | None:
    """The way from or to a text, or by a text that both types know; None where there is none."""
    if isinstance(new.type, SecretType):
        return read_as_is(new, exact=False) if isinstance(old.type, TextLikeType) else None
    if isinstance(old.type, TextLikeType) and isinstance(new.type, TextLikeType):
        return _between_texts(old, new)
    if isinstance(new.type, AutoNumberType):
        return None
    if _is_free(new):
        return Way(
            convert=lambda value, context: new.read(as_text(old, value, context), context), exact=_reads_back(old)
        )
    if _is_free(old):
        return Way(convert=lambda value, context: from_text(new, value, context))
    if _both_by_name(old, new) or (isinstance(old.type, IntegerType) and isinstance(new.type, PhoneType)):
        return Way(convert=lambda value, context: from_text(new, as_text(old, value, context), context))
    return None


def as_text(old: End, value: Any, context: ConversionContext) -> str:
    """What a person would write for the value, in the site's language where words are needed.

    Reading it gives the value again, but for names of people, addresses and references.
    """
    kind = old.type
    if isinstance(kind, CheckboxType | CompositeType):
        return kind.show(old.field, value, context.wording)
    if is_reference(old):
        return label_of(old, value, context)
    if isinstance(kind, PercentType):
        return f"{plain(value)}%"
    if isinstance(kind, MoneyType):
        return _amount(value, old.field.currency or context.currency)
    if isinstance(kind, DatetimeType):
        return moment_as_text(value, context)
    if isinstance(kind, CodeType) and not isinstance(kind, CurrencyType):
        name = kind.codes.name(value, context.language)
        return name if kind.codes.find(name) == value else str(value)
    text = kind.export(old.field, value, context.wording)
    if isinstance(kind, JsonType) and not (text == normalise(text) and text.isprintable()):
        return json.dumps(value, separators=(",", ":"))
    return text


def from_text(new: End, text: str, context: ConversionContext) -> Any:
    """The value a text stands for. Raises FieldValueError."""
    if is_reference(new):
        return find_by_name(new, text, context)
    if isinstance(new.type, AddressType):
        return _read_address(new, text, context)
    return new.read(text, context)


def _is_free(end: End) -> bool:
    return isinstance(end.type, TextType | LongTextType)


def _reads_back(old: End) -> bool:
    return not (is_reference(old) or isinstance(old.type, CompositeType))


def _both_by_name(old: End, new: End) -> bool:
    """Picklists to numbers or records of the same name, and the other way."""
    for one, other in ((old, new), (new, old)):
        if isinstance(one.type, PicklistType) and (is_number(other) or is_reference(other)):
            return True
    return False


def _between_texts(old: End, new: End) -> Way | None:
    if isinstance(new.type, AutoNumberType):
        # A number is kept as it was written; the type itself refuses to be written.
        reader = End(new.field, TextType())
        return read_as_is(reader, exact=isinstance(old.type, TextType)) if _is_free(old) else None
    if _is_free(new):
        if _holds_all(old, new):
            return SAME
        return read_as_is(new, exact=isinstance(new.type, LongTextType) or not isinstance(old.type, LongTextType))
    if _is_free(old):
        return read_as_is(new, exact=False)
    if isinstance(old.type, EmailType) and isinstance(new.type, UrlType):
        return Way(convert=lambda value, context: new.read(_MAILTO + value, context), exact=True)
    if isinstance(old.type, UrlType) and isinstance(new.type, EmailType):
        return Way(convert=lambda value, context: new.read(_without_scheme(value, _MAILTO), context))
    if isinstance(old.type, UrlType) and isinstance(new.type, PhoneType):
        return Way(convert=lambda value, context: new.read(_without_scheme(value, "tel:"), context))
    return None


def _holds_all(old: End, new: End) -> bool:
    """Whether every text of the old type is one of the new type, which is free text."""
    if old.name not in _TEXTUAL or new.name not in _FREE or not fits_as_is(old, new):
        return False
    several_lines = isinstance(old.type, LongTextType)
    return _longest(old) <= _longest(new) and (isinstance(new.type, LongTextType) or not several_lines)


def _longest(end: End) -> int:
    return end.field.max_length or (end.type.max_length if isinstance(end.type, TextLikeType) else 0)


def _without_scheme(url: str, scheme: str) -> str:
    return url[len(scheme) :] if url.lower().startswith(scheme) else url


def _amount(value: Any, currency: str) -> str:
    """EUR 1200.50: with its currency, so that it is never taken for an amount of another one."""
    if not currency:
        return plain(value)
    digits = decimals_of(currency)
    exact = value == value.quantize(QUANTA[digits])
    return f"{currency} {value:.{digits}f}" if exact else f"{currency} {plain(value)}"


def _read_address(new: End, text: str, context: ConversionContext) -> Any:
    """Its five parts where they can be told apart; otherwise all of it is the street, nothing is guessed."""
    try:
        return new.read(text, context)
    except FieldValueError:
        return new.read({"street": text}, context)
