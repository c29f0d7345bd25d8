"""Taking a whole import back: the records are exactly as they were before it."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.kernel.actors import Actor
from fieldstone.records.imports.store import StoredImport
from fieldstone.records.service import Records


@dataclass(frozen=True, kw_only=True)
class Undone:
    """`removed`: records the import had made; `reverted`: records it had changed."""

    removed: int
    reverted: int


def undo_import(records: Records, actor: Actor, stored: StoredImport) -> Undone:
    """In units of work, newest first; killed in between, it goes on when called again.

    Raises UndoRefusedError, naming them, when records were edited or referred to since; before the
    first unit of work nothing is undone then.
    """
    removed = reverted = 0
    while True:
        part = records.undo_batch(actor, stored.via)
        removed += part.removed
        reverted += part.reverted
        if not part.remaining:
            return Undone(removed=removed, reverted=reverted)
