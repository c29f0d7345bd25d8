"""What a difference of two models says by itself, before it is measured on the records."""

from __future__ import annotations

from fieldstone.changes.plan import PlannedChange
from fieldstone.metadata.change import Change

_TOLD = ("change", "add_role", "add_profile", "add_sharing_rule")
"""Kinds of changes whose details are what was said and is said now."""


def told_change(change: Change) -> PlannedChange:
    """With its former name and the attributes that differ."""
    return PlannedChange(
        kind=change.kind,
        target=change.target,
        before=_former_path(change),
        attributes={
            name: (pair[0], pair[1])
            for name, pair in change.details.items()
            if change.kind.startswith(_TOLD) and isinstance(pair, list) and len(pair) == 2
        },
    )


def _former_path(change: Change) -> str:
    """What a renamed thing was called; what it belongs to by its present name."""
    if not change.kind.startswith("rename"):
        return ""
    return ".".join(filter(None, (change.target.rpartition(".")[0], str(change.details["from"]))))
