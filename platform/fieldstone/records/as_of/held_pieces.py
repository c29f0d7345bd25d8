"""A file made of a snapshot, which lasts as long as its pieces."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import Any


class HeldPieces(Generator[bytes, None, None]):
    """Pieces of a file that are read from a snapshot, which ends with the last one, or when it is closed."""

    def __init__(self, pieces: Iterator[bytes], held: ExitStack) -> None:
        self._pieces = pieces
        self._held = held

    def send(self, value: None, /) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:  # the end too
            self._held.close()
            raise

    def throw(self, *error: Any) -> bytes:
        self._held.close()
        raise error[0]
