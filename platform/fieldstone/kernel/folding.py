"""Text as it is compared and sorted, the same in Python and in both databases."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_CJK_FIRST, _CJK_LAST = "\u3400", "\u9fff"


def normalise(text: str) -> str:
    """NFC, as every text is stored."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The form that contains, starts_with, unique and grouping compare: NFKC, case folded."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def has_cjk(text: str) -> bool:
    return not text.isascii() and any(_CJK_FIRST <= char <= _CJK_LAST for char in text)


SORTED_LENGTH = 200
"""Characters that count when texts are ordered: an index entry of PostgreSQL holds 2,704 bytes."""


def sort_key(text: str) -> str:
    """The form that names are ordered by: folded, with Chinese characters as pinyin."""
    folded = fold(text[:SORTED_LENGTH])
    return _pinyin_key(folded) if has_cjk(folded) else folded


@lru_cache(maxsize=4096)
def _pinyin_key(folded: str) -> str:
    from pypinyin import Style, lazy_pinyin  # 0.2 s to import: only sites with Chinese text pay for it

    syllables = lazy_pinyin(folded, style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllables) + "\x1f" + folded
