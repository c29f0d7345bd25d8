"""The one commit of a unit of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from fieldstone.kernel.errors import ConflictError
from fieldstone.records import codes
from fieldstone.storage.published import ModelSource, PublishedModel

T = TypeVar("T")

RACES = 5
"""How often a unit of work is run again because another one took a unique value or deleted a target first."""


def write(models: ModelSource, work: Callable[[sa.Connection, PublishedModel], T]) -> T:
    """Run `work` in one write transaction and commit. `work` may be run several times.

    What the checks could not see, since another transaction had not committed yet, the constraints of the
    database refuse; run again, the checks see it and word it. Raises ConflictError record.E029 otherwise.
    """
    for _ in range(RACES):
        try:
            return models.write(work)
        except sa.exc.IntegrityError as error:
            refused = error
    raise ConflictError(codes.LOST_RACE) from refused
