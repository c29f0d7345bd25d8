"""Short messages shown once, on the next page: what was done, with Undo where it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import session

_KEY = "toasts"
_KEPT = 5


def toast(text: str, *, undo_url: str = "", ids: Sequence[int] = (), kind: str = "done") -> None:
    """Say it on the next page. `undo_url` gets a POST with the ids."""
    undo = {"url": undo_url, "ids": list(ids)} if undo_url and len(ids) <= 500 else None
    session[_KEY] = [*session.get(_KEY, []), {"kind": kind, "text": text, "undo": undo}][-_KEPT:]


def take_toasts() -> list[dict[str, Any]]:
    return list(session.pop(_KEY, []))
