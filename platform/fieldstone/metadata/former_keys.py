"""Keys of values that are gone: what rows that still hold them read as."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import count

from fieldstone.metadata.catalogue import Catalogue


def former_keys(catalogue: Catalogue, kind: str, owner: str, present: Mapping[str, str]) -> dict[str, str]:
    """Key → stored key of the removed picklist_values of a picklist, or record_types of a module.

    `present`: key → stored key of those there are. A removed value goes by the last name it had; where
    that is another's now, by its stored key, or a variation of it. Only those are given whose key is not
    the stored one.
    """
    found: dict[str, str] = {}
    names, held = set(present), set(present.values())
    for entry in sorted(catalogue.gone.get((kind, owner), ()), key=lambda entry: int(entry.identity)):
        stored = entry.physical
        if stored not in held:
            last = entry.path.rpartition(".")[2].partition("~")[0]
            name = _free_name(last, stored, names)
            names.add(name)
            held.add(stored)
            if name != stored:
                found[name] = stored
    return found


def _free_name(last: str, stored: str, names: Collection[str]) -> str:
    for name in (last, stored, f"{stored}_old"):
        if name not in names:
            return name
    return next(name for number in count(2) if (name := f"{stored}_old_{number}") not in names)
