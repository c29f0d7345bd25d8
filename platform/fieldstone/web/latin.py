"""How somebody types a Chinese name on a keyboard without Chinese: its pinyin, and the initials of it."""

from __future__ import annotations

from functools import lru_cache

from fieldstone.kernel.folding import fold, has_cjk


@lru_cache(maxsize=4096)
def latin_keys(text: str) -> str:
    """客户 → "kehu kh"; "" for a text without Chinese characters."""
    if not has_cjk(text):
        return ""
    from pypinyin import lazy_pinyin  # slow to import, and only needed for Chinese

    syllables = lazy_pinyin(fold(text))
    return f"{''.join(syllables)} {''.join(syllable[:1] for syllable in syllables)}"
