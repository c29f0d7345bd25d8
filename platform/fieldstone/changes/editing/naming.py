"""Technical names made from the labels that people type."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import count

from fieldstone.kernel.folding import fold, has_cjk
from fieldstone.kernel.names import is_reserved

_LONGEST = 40


def name_from(label: str, taken: Collection[str] = ()) -> str:
    """The name of something called `label`: "Close date" → close_date, 审批人 → shen_pi_ren; one that is `taken` or
    reserved gets a number."""
    text = fold(label)
    if has_cjk(text):
        from pypinyin import lazy_pinyin  # slow to import, and only needed for Chinese

        text = "_".join(lazy_pinyin(text))
    name = re.sub(r"[^a-z0-9]+", "_", text).strip("_")
    name = re.sub(r"^[0-9_]+", lambda found: f"n_{found.group()}" if found.group().strip("_") else "", name)
    name = name[:_LONGEST].strip("_") or "field"
    if name not in taken and not is_reserved(name):
        return name
    numbered = (f"{name[: _LONGEST - 3].rstrip('_')}_{number}" for number in count(2))
    return next(each for each in numbered if each not in taken)
