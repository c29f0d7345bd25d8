"""A unit of work that is done for real, looked at, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from fieldstone.storage.published import ModelSource, PublishedModel

T = TypeVar("T")


class _TakeBackError(Exception):
    """Ends the transaction without a commit."""

    def __init__(self, result: Any) -> None:
        self.result = result


def undone(models: ModelSource, work: Callable[[sa.Connection, PublishedModel], T]) -> T:
    """What `work` gives, run in a write transaction that never commits: no record, mail, job or notification of it is
    left. Short work only: on SQLite nobody else writes meanwhile. Raises what `work` raises."""

    def within(conn: sa.Connection, published: PublishedModel) -> None:
        raise _TakeBackError(work(conn, published))

    try:
        models.write(within)
    except _TakeBackError as end:
        result: T = end.result
        return result
    raise AssertionError("a transaction that takes itself back cannot commit")
