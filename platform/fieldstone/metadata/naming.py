"""From picklists, roles, profiles and sharing rules as documents have them to those with identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from fieldstone.fields.definition import PicklistDef
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry, Wanted
from fieldstone.metadata.definitions import ProfileDef, RoleDef, SharingDef, SharingRuleDef
from fieldstone.metadata.former_keys import former_keys

D = TypeVar("D", RoleDef, ProfileDef, SharingRuleDef)


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


def name_identified(
    kind: str, drafts: Mapping[str, D], catalogue: Catalogue, keeps: bool, cache: CompilationCache
) -> dict[str, D]:
    """Roles, profiles or sharing rules with their identities; see `name_picklists`."""
    named = {}
    for name, draft in drafts.items():
        identity = catalogue.entries[kind, name].identity if keeps else ""
        earlier: Any = cache.find((f"named {kind}", name))
        if earlier is None or earlier[0] is not draft or earlier[1] != identity:
            earlier = (draft, identity, replace(draft, identity=identity))
            cache.put((f"named {kind}", name), earlier)
        named[name] = earlier[2]
    return named


def name_sharing(draft: SharingDef, catalogue: Catalogue, keeps: bool, cache: CompilationCache) -> SharingDef:
    """The sharing with the identities of its rules; the very same when they are the same."""
    rules = name_identified("sharing_rule", draft.rules, catalogue, keeps, cache)
    earlier: Any = cache.find(("named sharing",))
    if earlier is None or earlier[0] is not draft or list(earlier[1].rules.values()) != list(rules.values()):
        earlier = (draft, replace(draft, rules=rules))
        cache.put(("named sharing",), earlier)
    found: SharingDef = earlier[1]
    return found
