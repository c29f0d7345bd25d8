"""What earlier publishes have left to a job that is not done yet, and what a new plan makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fieldstone.changes.conversions import ChangedField
from fieldstone.changes.placed_fields import placed_fields
from fieldstone.changes.proposal import Proposal
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError
from fieldstone.metadata.change import Change
from fieldstone.metadata.model import AppModel
from fieldstone.storage.steps import StoredStep

declare(
    "publish.E007",
    "{fields}: the values are still being brought over from an earlier change.",
    "Wait until that job has ended (fieldstone jobs; one that failed or was cancelled goes on with `fieldstone jobs "
    "retry`), or roll back to before it.",
)

_BY_NAME = ("fill", "replace")
"""Steps that speak of fields and values by the names of their own revision."""


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """`fields`: identities of those whose conversion is taken back before it was done. `dropped`: ids of the steps
    that are pointless from now on."""

    fields: frozenset[str]
    dropped: tuple[int, ...]


def take_over(
    steps: Sequence[StoredStep],
    conversions: Mapping[str, ChangedField],
    back: Collection[str],
    changes: Iterable[Change],
    proposal: Proposal,
    old: AppModel,
    new: AppModel,
) -> Unfinished:
    """`conversions`: path → a field whose values move, `back` the identities of those that move back. `old` and `new`
    are the models.

    Raises ConflictError publish.E007 for what has to wait: another change of type, a field that goes, and a rename
    that would take the names away from under a backfill or a replacement.
    """
    again = {item.field.identity: item.path for item in conversions.values() if item.moves}
    converting = [step for step in steps if step.kind == "convert" and step.field in again]
    named = [step for step in steps if step.kind in _BY_NAME]
    dropped = [*converting]
    if proposal.earlier is not None:
        # Whoever goes back to before them does not want their values.
        undone = [step for step in named if step.version > proposal.earlier.version]
        dropped += undone
        named = [step for step in named if step not in undone]
    stuck = {again[step.field] for step in converting if step.field not in back}
    there = {placed.field.identity for module in new.modules.values() for placed in placed_fields(module)}
    # Nobody could tell later how far its values had come.
    stuck |= {_path_of(step, old) for step in steps if step.kind == "convert" and step.field not in there}
    if any(change.kind.startswith("rename") for change in changes):
        stuck |= {_path_of(step, new) for step in named}
    if stuck:
        raise ConflictError("publish.E007", fields=", ".join(sorted(stuck)))
    return Unfinished(fields=frozenset(step.field for step in converting), dropped=tuple(step.id for step in dropped))


def _path_of(step: StoredStep, model: AppModel) -> str:
    for module in model.modules.values():
        if module.identity == step.module:
            paths = (placed.path for placed in placed_fields(module) if placed.field.identity == step.field)
            return next(paths, f"{module.name}.record_type")
    return step.field
