"""What brings records of a module into an actor's reach for a right: worked out once per model and access profile."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import SharingRuleDef
from fieldstone.records.access.grants import passes
from fieldstone.records.access.parties import membership
from fieldstone.records.access.rights import scopes_of
from fieldstone.storage.published import PublishedModel

SHARED_RIGHTS = ("view", "edit")
"""The rights that defaults, rules, shares and parents are about; the others go by their scopes alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """`everything`: no record is out of reach. `rules` are those that the actor may be among the receivers of,
    `shared` tells that manual shares count, `parents` the modules of the records that bring theirs into reach,
    `portal` the paths of the scope `related`."""

    everything: bool = False
    scopes: frozenset[str] = frozenset()
    portal: tuple[tuple[str, ...], ...] = ()
    rules: tuple[SharingRuleDef, ...] = ()
    shared: bool = False
    parents: tuple[str, ...] = ()

    @property
    def goes_by_owner(self) -> bool:
        """Whether it is certain owners, if not of all their records, and manual shares that bring records into it."""
        return not (self.everything or self.portal or self.parents or any(rule.owners is None for rule in self.rules))


def find_reach(published: PublishedModel, actor: Actor, module: str, right: str) -> Reach:
    """The actor has the right on the module."""
    if passes(actor):
        return _EVERYTHING
    known: dict[tuple[object, ...], Reach] = published.cache.setdefault("access.reach", {})
    key = (actor.roles, actor.profiles, bool(actor.team_ids), module, right)
    found = known.get(key)
    if found is None:
        found = known[key] = _find(published, actor, module, right)
    return found


def shares_with(right: str, access: str) -> bool:
    """Whether a record shared for `access` (read or edit) is in reach for the right."""
    return access == "edit" or (access == "read" and right == "view")


def inherited_from(published: PublishedModel, module: str) -> tuple[str, ...]:
    """The modules whose records bring those of `module` into reach, by its lookup."""
    modules = published.model.modules
    lookup = published.model.sharing.inherit.get(module, "")
    field = modules[module].fields.get(lookup)
    if field is None:
        return ()
    return tuple(modules) if field.to == ("*",) else tuple(target for target in field.to if target in modules)


def _find(published: PublishedModel, actor: Actor, module: str, right: str) -> Reach:
    scopes = scopes_of(published, actor, module, right)
    if "all" in scopes:
        return _EVERYTHING
    sharing = published.model.sharing
    portal = sharing.portal.get(module, ()) if "related" in scopes else ()
    if right not in SHARED_RIGHTS or not scopes:
        return Reach(scopes=scopes, portal=portal)
    if shares_with(right, sharing.default_of(module)):
        return _EVERYTHING
    rules = tuple(
        rule
        for rule in sharing.rules.values()
        if rule.module == module
        and shares_with(right, rule.access)
        and membership(published, actor, rule.to) is not False
    )
    if any(rule.owners is None and not rule.where and membership(published, actor, rule.to) is True for rule in rules):
        return _EVERYTHING
    parents = tuple(
        target for target in inherited_from(published, module) if scopes_of(published, actor, target, right)
    )
    return Reach(scopes=scopes, portal=portal, rules=rules, shared=True, parents=parents)


_EVERYTHING = Reach(everything=True)
