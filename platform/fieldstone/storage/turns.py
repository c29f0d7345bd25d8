"""Who writes next on SQLite: threads of this process take turns in the order they came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UnavailableError

declare("storage.E003", "The database is too busy to take this change now.", "Nothing was saved; try again.")

PATIENCE = 30.0
"""Seconds a writer waits for its turn."""


class Turns:
    """A fair lock. SQLite's own waiting polls and starves some writers; here the first to come goes first."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False
        self._holder: int | None = None

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold the turn. Raises UnavailableError storage.E003 after PATIENCE, RuntimeError when nested."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("a write transaction inside a write transaction would wait for itself")
        with self._gate:
            if not self._taken:
                self._taken, self._holder = True, me
                return
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        if not ticket.acquire(timeout=PATIENCE):
            with self._gate:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                    raise UnavailableError("storage.E003")
        self._holder = me

    def _leave(self) -> None:
        with self._gate:
            self._holder = None
            if self._waiting:
                self._waiting.popleft().release()  # the turn passes on without being free in between
            else:
                self._taken = False
