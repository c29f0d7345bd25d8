"""What a user chooses for oneself: language, time zone, and how dates and numbers are written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from fieldstone.fields.zones import zone_of
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.accounts import codes

LANGUAGES = ("en", "zh_CN")


def read_language(raw: str) -> str | None:
    """None for "", the site's. Raises InvalidInputError account.E027."""
    if raw and raw not in LANGUAGES:
        raise InvalidInputError(codes.BAD_LANGUAGE, language=raw[:60], choices=", ".join(LANGUAGES))
    return raw or None


def read_zone(raw: str) -> str | None:
    """An IANA name; None for "", the site's. Raises InvalidInputError account.E028."""
    if raw not in ("", "UTC") and zone_of(raw) is UTC:
        raise InvalidInputError(codes.BAD_ZONE, zone=raw[:60])
    return raw or None


def read_format(raw: str, known: Iterable[str]) -> str | None:
    """None for "", that of the language. Raises InvalidInputError account.E038."""
    if raw and raw not in known:
        raise InvalidInputError(codes.BAD_FORMAT, format=raw[:60], choices=", ".join(known))
    return raw or None
