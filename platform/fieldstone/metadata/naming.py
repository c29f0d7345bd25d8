"""From picklists and roles as documents have them to those with the identities of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fieldstone.fields.definition import PicklistDef
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry, Wanted
from fieldstone.metadata.definitions import RoleDef
from fieldstone.metadata.former_keys import former_keys


def inline_paths(wanted: Iterable[Wanted]) -> dict[str, str]:
    """Name of a picklist written on a field → path of the field, of what modules want of the catalogue."""
    return {want.path.replace(".", "_"): want.path for want in wanted if want.kind == "inline_picklist"}


def want_picklists(picklists: Mapping[str, PicklistDef], inline: Mapping[str, str]) -> list[Wanted]:
    """What picklists ask of the catalogue; those in `inline` are asked for by their fields."""
    wanted = [Wanted(kind="picklist", path=name) for name in picklists if name not in inline]
    for picklist in picklists.values():
        wanted += [Wanted(kind="picklist_value", path=f"{picklist.name}.{key}") for key in picklist.values]
    return wanted


def name_picklists(
    picklists: Mapping[str, PicklistDef],
    inline: Mapping[str, str],
    catalogue: Catalogue,
    keeps: bool,
    cache: CompilationCache,
) -> dict[str, PicklistDef]:
    """The picklists with their identities and stored keys. `keeps`: the catalogue that was there holds
    identities of picklists already (`Catalogue.has_named_later`). One that is as before is the same object."""
    named = {}
    for name, draft in picklists.items():
        kind, path = ("inline_picklist", inline[name]) if name in inline else ("picklist", name)
        identity = catalogue.entries[kind, path].identity if keeps else ""
        values = tuple(catalogue.entries["picklist_value", f"{name}.{key}"] for key in draft.values)
        stored = dict(zip(draft.values, (entry.physical for entry in values), strict=True))
        former = former_keys(catalogue, "picklist_value", name, stored)
        earlier: Any = cache.find(("named picklist", name))
        if earlier is None or earlier[0] is not draft or earlier[1] != (identity, values, former):
            earlier = (draft, (identity, values, former), _named(draft, identity, values, former))
            cache.put(("named picklist", name), earlier)
        named[name] = earlier[2]
    return named


def _named(
    draft: PicklistDef, identity: str, entries: tuple[CatalogueEntry, ...], former: Mapping[str, str]
) -> PicklistDef:
    values = {
        key: replace(value, identity=entry.identity, stored=entry.physical)
        for (key, value), entry in zip(draft.values.items(), entries, strict=True)
    }
    return replace(draft, identity=identity, values=values, former=former)


def name_roles(
    roles: Mapping[str, RoleDef], catalogue: Catalogue, keeps: bool, cache: CompilationCache
) -> dict[str, RoleDef]:
    """The roles with their identities; see `name_picklists`."""
    named = {}
    for name, draft in roles.items():
        identity = catalogue.entries["role", name].identity if keeps else ""
        earlier: Any = cache.find(("named role", name))
        if earlier is None or earlier[0] is not draft or earlier[1] != identity:
            earlier = (draft, identity, replace(draft, identity=identity))
            cache.put(("named role", name), earlier)
        named[name] = earlier[2]
    return named
