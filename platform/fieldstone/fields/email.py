"""An e-mail address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt, read_line
from fieldstone.fields.codes import NOT_AN_EMAIL
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.text import TextLikeType

# Sensible rather than RFC 5322: no quoted local parts, no comments, no address literals, a dot in the domain.
_ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{0,61}[^\W_]"
)


class EmailType(TextLikeType):
    """The domain is kept in lower case; the local part as written (the folded key ignores case)."""

    name = "email"
    label = "E-mail"
    help = "One e-mail address."
    control = "email"
    max_length = 254
    schema_format = "email"

    def read(self, raw: Any) -> str:
        text = read_line(raw)
        if not text:
            return ""
        local, _, domain = text.rpartition("@")
        if len(text) > 254 or len(local) > 64 or not _ADDRESS.fullmatch(text):
            raise FieldValueError(NOT_AN_EMAIL, value=excerpt(text))
        return f"{local}@{domain.lower()}"

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("anna.snelling@Example.com", "o'neil+crm@sub.example.co.uk", "用户@例子.中国")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return (
            "anna",
            "anna@",
            "a@b",
            "a@b.com\r\nBcc: x@y.com",
            "a b@c.com",
            "a@b..com",
            "<a@b.com>",
            "a@b.com,c@d.com",
        )
