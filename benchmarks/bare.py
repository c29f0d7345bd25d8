"""The same questions asked of the database itself, through the plain driver: what nothing on top can beat."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.stage import Stage


class Bare:
    """One connection; statements are written once for both databases, with `?` for values."""

    def __init__(self, site: Stage) -> None:
        self._sqlite = site.dialect == "sqlite"
        self._connection: Any
        if self._sqlite:
            self._connection = sqlite3.connect(site.site.database.url.database or "", isolation_level=None)
            self._connection.execute("PRAGMA cache_size = -4000").close()
        else:
            self._connection = psycopg.connect(site.database_url, autocommit=True)

    def asking(self, statement: str, *values: Any) -> Callable[[], list[Any]]:
        """What runs the statement and fetches all of it."""
        worded = statement if self._sqlite else statement.replace("?", "%s")
        cursor = self._connection.cursor()

        def ask() -> list[Any]:
            found: list[Any] = cursor.execute(worded, values).fetchall()
            return found

        return ask

    def close(self) -> None:
        self._connection.close()
