"""Words of a text, as they are searched for: the same for both databases, made in Python.

A word is a run of letters and digits, folded (NFKC, case, accents). Chinese, Japanese and Korean are
written without spaces: a run of their characters gives every pair of neighbours, and its last character
alone, so that a single character is found as the beginning of a token wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from fieldstone.kernel.folding import fold

LONGEST_WORD = 40
MOST_TOKENS = 2_000
"""Of one record; a longer text is found by its first ones."""

MOST_TERMS = 12
"""Of one search."""

# Combining vowel signs of Indic scripts, Thai and Lao belong to the word they stand in.
_MARKS = "\u0900-\u0963\u0966-\u0dff\u0e01-\u0eff"
_CJK = "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_RUNS = re.compile(rf"([{_CJK}]+)|((?:(?![{_CJK}])(?:[^\W_]|[{_MARKS}]))+)")
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Term:
    """One token of a search. `prefix`: it is found as the beginning of a longer token too."""

    token: str
    prefix: bool


def index_tokens(texts: Iterable[str]) -> list[str]:
    """The different tokens of the texts of one record, in order, bounded."""
    found: dict[str, None] = {}
    for plain, alike in groupby(texts, str.isascii):
        if plain:  # most texts of most records: all at once
            words = _ASCII_WORDS.findall("\n".join(alike).lower())
            found.update(dict.fromkeys(word[:LONGEST_WORD] for word in words))
            continue
        for text in alike:
            for word, is_cjk in _words(text):
                if is_cjk:
                    found.update(dict.fromkeys(word[i : i + 2] for i in range(len(word))))
                else:
                    found[word[:LONGEST_WORD]] = None
            if len(found) >= MOST_TOKENS:
                break
    return list(found)[:MOST_TOKENS]


def search_terms(text: str) -> list[Term]:
    """The terms that must all be found. The last word may be the beginning of one."""
    terms: dict[str, Term] = {}
    words = list(_words(text[:1_000]))
    for place, (word, is_cjk) in enumerate(words):
        if is_cjk:
            tokens = [word[i : i + 2] for i in range(len(word) - 1)] or [word]
            found = [Term(token, prefix=len(token) == 1) for token in tokens]
        else:
            last = place == len(words) - 1 and not text[-1:].isspace()
            found = [Term(word[:LONGEST_WORD], prefix=last and len(word) < LONGEST_WORD)]
        for term in found:
            known = terms.get(term.token)
            if known is None or known.prefix:
                terms[term.token] = term
    return list(terms.values())[:MOST_TERMS]


def whole_words(terms: list[Term]) -> list[Term]:
    """The terms without beginnings, but for a single character of a script that has no words."""
    return [
        Term(term.token, prefix=term.prefix and not term.token.isascii() and len(term.token) == 1) for term in terms
    ]


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """(word, whether it is a run of CJK characters)."""
    folded = fold(text)
    if folded.isascii():
        for word in _ASCII_WORDS.findall(folded):
            yield word, False
        return
    folded = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", folded)))
    for cjk, word in _RUNS.findall(folded):
        yield (cjk, True) if cjk else (word, False)
