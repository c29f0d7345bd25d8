"""Who of several has the least to do."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.kernel.actors import SYSTEM
from fieldstone.records.aggregate import aggregate_records
from fieldstone.workflows.batch import Batch


def find_least_busy(batch: Batch, users: Sequence[int], counted: str, count: int) -> Sequence[int | None]:
    """For each of `count` records the user who owns the fewest records of the module for which `counted` holds, those
    just given included; the first of those who own the same. The record itself may be one of its owner's."""
    if not users:
        return [None] * count
    work = batch.work
    groups = aggregate_records(
        work.connection, work.published, SYSTEM, batch.workflow.module.name,
        group=("owner",), where=counted, now=work.now, right="view",
    )  # fmt: skip
    owned = dict.fromkeys(users, 0) | {
        group["owner"]: int(group["count"]) for group in groups if group["owner"] in users
    }
    chosen = []
    for _ in range(count):
        user = min(users, key=lambda each: owned[each])
        owned[user] += 1
        chosen.append(user)
    return chosen
