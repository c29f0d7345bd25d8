"""User names made from people's names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from fieldstone.kernel.folding import fold, has_cjk

_APART = re.compile(r"[^\w-]+")


def derive_username(name: str, taken: Container[str]) -> str:
    """anna.snelling for Anna Snelling, wangxiaoming for 王小明; a number is added when it is taken."""
    if has_cjk(name):
        from pypinyin import lazy_pinyin  # slow to import, and only needed here

        name = "".join(lazy_pinyin(name))
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    base = _APART.sub(".", fold(plain)).strip(".-_")[:56] or "user"
    username, number = base, 1
    while username in taken:
        number += 1
        username = f"{base}{number}"
    return username
