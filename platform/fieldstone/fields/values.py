"""Values that are more than a Python built-in."""

from __future__ import annotations

from typing import NamedTuple


class RecordRef(NamedTuple):
    """The value of a lookup with several targets: which module, which record."""

    module: str
    id: int
