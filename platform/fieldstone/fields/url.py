"""A web address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.codes import NOT_A_URL
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.text import TextLikeType

_ORDINARY = re.compile(r"https?://[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+(?:/[A-Za-z0-9._~/?=&%#-]*)?", re.ASCII)
_SCHEME = re.compile(r"(https?|mailto|tel):(.+)", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:[^\W_][\w-]{0,62}\.){1,8}[^\W\d_][\w-]{1,62}(?::[0-9]{1,5})?(?:[/?#].*)?")
_REFUSED = re.compile(r"[\s<>\"\\^`{|}]")


class UrlType(TextLikeType):
    """Only http, https, mailto and tel, so that a link made of it cannot run a script.
    A bare host gets https:// in front."""

    name = "url"
    label = "URL"
    help = "A web address (https://…), or a mailto: or tel: link."
    control = "url"
    max_length = 2_000
    schema_format = "uri"

    def read(self, raw: Any) -> str:
        text = read_line(raw)
        if not text:
            return ""
        if _ORDINARY.fullmatch(text):  # nothing in it that would have to be looked at closer
            return text
        if _BARE_HOST.fullmatch(text):
            text = "https://" + text
        found = _SCHEME.fullmatch(text)
        if not found or _REFUSED.search(text) or (found[1].lower().startswith("http") and not _has_host(text)):
            raise FieldValueError(NOT_A_URL, value=excerpt(text))
        return text

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("https://example.com/path?q=1#top", "www.example.com", "mailto:anna@example.com", "tel:+15550100")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("javascript:alert(1)", "https://", "data:text/html,x", "https://a b.com", "just words", "http://[::1")


def _has_host(text: str) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises ValueError when the port is no number
    except ValueError:
        return False
    return bool(parts.hostname)
