"""What a save needs beyond its own data: given once, at the composition root."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import sqlalchemy as sa

from fieldstone.records.stages import SaveStage

INLINE_LIMIT = 2_000
"""Rows that one unit of work touches; dependants beyond are left to a job."""


class DeferRecompute(Protocol):
    def __call__(self, conn: sa.Connection, module: str, fields: Sequence[str], ids: Sequence[int]) -> None:
        """Enqueue, in the caller's transaction, a job that calls `Records.recompute` with these."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class SaveEnvironment:
    """`hooks` run in step 5, `stages` in steps 6 and 12. Without `defer_recompute` every dependant is
    recomputed inline. `encrypt` is for secret fields."""

    clock: Callable[[], datetime] = utc_now
    encrypt: Callable[[str], str] | None = None
    hooks: Sequence[SaveStage] = ()
    stages: Sequence[SaveStage] = ()
    defer_recompute: DeferRecompute | None = None
    inline_limit: int = INLINE_LIMIT
