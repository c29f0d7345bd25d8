"""What has no identity and is renamed by a move: a difference that looks like one that goes and one that comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fieldstone.metadata.change import Change


def with_renames(changes: Sequence[Change], renamed: Mapping[tuple[str, str], str]) -> list[Change]:
    """The changes, with one rename in place of what is added and removed. `renamed`: (kind, new path) → old path."""
    there = {(change.kind, change.target) for change in changes}
    pairs = {
        (kind, new): old
        for (kind, new), old in renamed.items()
        if {(f"add_{kind}", new), (f"remove_{kind}", old)} <= there
    }
    gone = {(f"remove_{kind}", old) for (kind, _new), old in pairs.items()}
    found = []
    for change in changes:
        verb, _, kind = change.kind.partition("_")
        if verb == "add" and (kind, change.target) in pairs:
            old = pairs[kind, change.target]
            change = Change(kind=f"rename_{kind}", target=change.target, details={"from": old.rpartition(".")[2]})
        if (change.kind, change.target) not in gone:
            found.append(change)
    return found
