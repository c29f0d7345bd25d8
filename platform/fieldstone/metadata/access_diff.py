"""The changes between two models in who may do what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from fieldstone.metadata.access_differences import (
    NO_PROFILE,
    NO_ROLE,
    NO_RULE,
    PresentNames,
    present_names,
    profile_differences,
    role_differences,
    rule_differences,
    sharing_differences,
)
from fieldstone.metadata.change import Change, pair_names
from fieldstone.metadata.definitions import ProfileDef, RoleDef, SharingRuleDef
from fieldstone.metadata.model import AppModel

T = TypeVar("T", RoleDef, ProfileDef, SharingRuleDef)

Compare = Callable[[T, T, PresentNames], Mapping[str, Any]]


def diff_access(old: AppModel | None, new: AppModel) -> Iterator[Change]:
    """Roles, profiles and sharing. What is new in a living site tells what it gives."""
    if old is None:
        for what, found in (("role", new.roles), ("profile", new.profiles), ("sharing_rule", new.sharing.rules)):
            yield from (Change(kind=f"add_{what}", target=name) for name in found)
        return
    names = present_names(old, new)
    yield from _diff_told("role", old.roles, new.roles, role_differences, NO_ROLE, names)
    yield from _diff_told("profile", old.profiles, new.profiles, profile_differences, NO_PROFILE, names)
    yield from _diff_told("sharing_rule", old.sharing.rules, new.sharing.rules, rule_differences, NO_RULE, names)
    details = sharing_differences(old.sharing, new.sharing, names)
    if details:
        yield Change(kind="change_sharing", target="sharing", details=details)


def _diff_told(
    what: str,
    old: Mapping[str, T],
    new: Mapping[str, T],
    compare: Compare[T],
    nothing: T,
    names: PresentNames,
) -> Iterator[Change]:
    """Of what has an identity. What is new differs from `nothing`."""
    known = pair_names(old, new)
    for name, item in new.items():
        before = known.get(name)
        if before is None:
            yield Change(kind=f"add_{what}", target=name, details=compare(nothing, item, names))
            continue
        if before != name:
            yield Change(kind=f"rename_{what}", target=name, details={"from": before})
        details = compare(old[before], item, names)
        if details:
            yield Change(kind=f"change_{what}", target=name, details=details)
    kept = set(known.values())
    yield from (Change(kind=f"remove_{what}", target=name) for name in old if name not in kept)
