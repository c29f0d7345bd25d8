"""Short messages shown once, on the next page: what was done, with Undo where it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import session

_KEY = "toasts"
_KEPT = 3
_MOST_TO_UNDO = 250
"""Ids that are carried in the cookie for Undo; more are brought back from the recycle bin."""


def toast(text: str, *, undo_url: str = "", ids: Sequence[int] = (), kind: str = "done") -> None:
    """Say it on the next page. `undo_url` gets a POST with the ids."""
    undo = {"url": undo_url, "ids": list(ids)} if undo_url and len(ids) <= _MOST_TO_UNDO else None
    session[_KEY] = [*session.get(_KEY, []), {"kind": kind, "text": text, "undo": undo}][-_KEPT:]


def take_toasts() -> list[dict[str, Any]]:
    return list(session.pop(_KEY, []))
