"""The catalogue of a rollback: names and places as they were, wherever the documents of then ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry, Wanted


def revert_names(current: Catalogue, earlier: Catalogue, wanted: Iterable[Wanted]) -> Catalogue:
    """`current` in which whatever `wanted` names as `earlier` did is again what had that name then.

    A field renamed since has its former name back, with its values; one that took the name meanwhile is hidden.
    What the documents still call by its present name keeps that.
    """
    asked = list(wanted)
    declared = {(want.kind, want.path) for want in asked}
    for want in asked:
        then = earlier.find(want.kind, want.path)
        if then is None or then.removed:
            continue
        now = _find_identity(current, then)
        if now is None or now.path == want.path or (now.kind, now.path) in declared:
            continue
        current = _hide(current, want.kind, want.path).rename(want.kind, now.path, want.path)
    return current


def revert_place(current: Catalogue, earlier: Catalogue, kind: str, path: str) -> Catalogue:
    """`current` in which an entry lies again where it lay `earlier`; its present place is kept as one it had."""
    then, now = earlier.find(kind, path), current.find(kind, path)
    if then is None or now is None or then.identity != now.identity or then.physical == now.physical:
        return current
    retired = [entry for entry in current.retired if (entry.identity, entry.physical) != (now.identity, then.physical)]
    retired.append(replace(now, removed=True))
    entries = {**current.entries, (kind, path): replace(now, physical=then.physical)}
    return Catalogue(MappingProxyType(entries), current.next_identity, tuple(retired))


def _find_identity(catalogue: Catalogue, wanted: CatalogueEntry) -> CatalogueEntry | None:
    return next((entry for entry in catalogue.entries.values() if entry.identity == wanted.identity), None)


def _hide(catalogue: Catalogue, kind: str, path: str) -> Catalogue:
    entry = catalogue.find(kind, path)
    if entry is None or entry.removed:
        return catalogue
    entries = {**catalogue.entries, (kind, path): replace(entry, removed=True)}
    return Catalogue(MappingProxyType(entries), catalogue.next_identity, catalogue.retired)
