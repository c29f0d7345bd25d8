"""What a mistyped choice probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NO_SUCH_CHOICE


def no_such_choice(text: str, names: Sequence[str]) -> FieldValueError:
    """The error for a text that is none of `names`, with the one most like it."""
    return FieldValueError(NO_SUCH_CHOICE, value=excerpt(text), nearest=_nearest(text[:60], tuple(names[:1000])))


@lru_cache(maxsize=1024)  # a file repeats its mistakes
def _nearest(text: str, names: tuple[str, ...]) -> str:
    folded = {name.casefold(): name for name in names}
    found = get_close_matches(text.casefold(), folded, n=1, cutoff=0.0)
    return folded[found[0]] if found else ""
