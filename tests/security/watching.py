"""Which parameters a view reads: learned while it answers, so that none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Request, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict

_SOURCES = ("args", "form", "files")
_noted: set[tuple[str, str]] | None = None


class _Watched(ImmutableMultiDict[Any, Any]):
    def __getitem__(self, key: Any) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: Any) -> bool:
        self._note(key)
        return super().__contains__(key)

    def getlist(self, key: Any, type: Any = None) -> list[Any]:
        self._note(key)
        return super().getlist(key, type) if type else super().getlist(key)

    def _note(self, key: Any) -> None:
        if _noted is None or not has_request_context():
            return
        for source in _SOURCES:
            if request.__dict__.get(source) is self:
                _noted.add((source, str(key)))


class _WatchedRequest(Request):
    parameter_storage_class = _Watched


def watch(app: Flask) -> None:
    app.request_class = _WatchedRequest


@contextmanager
def noting() -> Iterator[set[tuple[str, str]]]:
    """The (source, name) of everything that is read meanwhile; sources are `args`, `form` and `files`."""
    global _noted
    _noted = found = set()
    try:
        yield found
    finally:
        _noted = None
