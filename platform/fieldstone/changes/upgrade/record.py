"""Keeping the list of open conflicts true: new ones in, settled ones closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from fieldstone.changes.upgrade.documents import merged_documents
from fieldstone.changes.upgrade.patches import ABSENT, same
from fieldstone.metadata.addresses import find_address
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.layers import Layer
from fieldstone.storage.conflicts import close_conflicts, list_open, store_conflicts


def record_conflicts(conn: sa.Connection, layers: Sequence[Layer], conflicts: Iterable[Conflict], version: int) -> None:
    """To be called in the transaction of every publish: `layers` are those published, the site's last,
    `conflicts` those of the upgrade in it, `version` the new revision. Quick when there is nothing to do.

    Open conflicts that need no decision any more are closed, the others learn what the base says now.
    """
    store_conflicts(conn, conflicts, version)
    opened = {each.id: each.conflict for each in list_open(conn)}
    if not opened:
        return
    settled, moved = review_conflicts(layers[:-1], layers[-1], opened.values())
    ids = {conflict.key: each for each, conflict in opened.items()}
    close_conflicts(conn, [ids[conflict.key] for conflict in settled])
    store_conflicts(conn, moved, version)


def review_conflicts(
    below: Sequence[Layer], site: Layer, conflicts: Iterable[Conflict]
) -> tuple[list[Conflict], list[Conflict]]:
    """Those that are settled: at the key the site makes no difference to the layers below it. And the others of
    which the base says something new, with it."""
    wanted = {conflict.key: find_address(conflict.key) for conflict in conflicts}
    paths = {address.path for address in wanted.values() if address}
    base, whole = (merged_documents(layers, paths) for layers in (below, [*below, site]))
    settled, moved = [], []
    for conflict in conflicts:
        address = wanted[conflict.key]
        states = [source.get(address.path) for source in (base, whole)] if address else []
        if address is None or any(state is not None and state.data is None for state in states):
            continue
        before, after = (_at(state.data if state else ABSENT, address.steps) for state in states)
        if same(before, after):
            settled.append(conflict)
        elif before is not ABSENT and not same(before, conflict.base_now):
            moved.append(replace(conflict, base_now=before))
    return settled, moved


def _at(data: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        data = data.get(step, ABSENT) if isinstance(data, dict) else ABSENT
    return data
