"""Which fields an actor may not read, or not change: worked out once per model, roles and profiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import Grants, ModuleDef
from fieldstone.metadata.dependencies import DependencyGraph, FieldRef, build_dependencies
from fieldstone.records.access.grants import passes, sources_of
from fieldstone.records.access.rights import scopes_of
from fieldstone.storage.published import PublishedModel

UNTOUCHABLE = frozenset({"id", "version"})
"""System fields without which a record is none: no rights limit them."""


@dataclass(frozen=True)
class Restrictions:
    """`hidden` fields cannot be read in any way, `fixed` ones cannot be changed."""

    hidden: frozenset[FieldRef] = frozenset()
    fixed: frozenset[FieldRef] = frozenset()

    def hidden_in(self, module: str) -> frozenset[str]:
        return self._by_module.get(module, frozenset())

    @cached_property
    def _by_module(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for ref in self.hidden:
            found.setdefault(ref.module, set()).add(ref.field)
        return {module: frozenset(names) for module, names in found.items()}


def restrictions_of(published: PublishedModel, actor: Actor) -> Restrictions:
    """The most permissive among the grants that give view on a module counts; a field that none of them names may be
    changed. A computed field is hidden from whoever may not read its inputs, unless it reveals them."""
    if passes(actor):
        return NOTHING
    known: dict[tuple[tuple[str, ...], ...], Restrictions] = published.cache.setdefault("access.restrictions", {})
    key = (actor.roles, actor.profiles)
    found = known.get(key)
    if found is None:
        found = known[key] = _find(published, actor)
    return found


def _find(published: PublishedModel, actor: Actor) -> Restrictions:
    hidden: set[FieldRef] = set()
    fixed: set[FieldRef] = set()
    modules = published.model.modules
    for module in modules.values():
        for name, right in _declared(module, _grants_on(published, actor, module.name)):
            if right == "hidden":
                hidden.add(FieldRef(module.name, name))
            if right != "edit":
                fixed.add(FieldRef(module.name, name))
    viewed = {name for name in modules if scopes_of(published, actor, name, "view")}
    if hidden or len(viewed) < len(modules):
        hidden |= set(_derived(published, hidden, viewed))
    return Restrictions(frozenset(hidden), frozenset(fixed | hidden))


def _grants_on(published: PublishedModel, actor: Actor, module: str) -> Sequence[Grants]:
    """Those that give view on a module; where none does, those that give anything there."""
    grants = [source.grants for source in sources_of(published, actor)]
    return [each for each in grants if "view" in each.rights_on(module)] or [
        each for each in grants if each.rights_on(module)
    ]


def _declared(module: ModuleDef, grants: Sequence[Grants]) -> Iterator[tuple[str, str]]:
    """Field → right, of those that some grant limits."""
    named = {name for each in grants for name in each.fields.get(module.name, ())} - UNTOUCHABLE
    for name in named:
        rights = {each.fields.get(module.name, {}).get(name, "edit") for each in grants}
        right = next(right for right in ("edit", "read", "hidden") if right in rights)
        yield name, "read" if right == "hidden" and name == module.name_field else right


def _derived(published: PublishedModel, hidden: set[FieldRef], viewed: set[str]) -> Iterator[FieldRef]:
    """Computed fields of which some input cannot be read, those read by others first."""
    graph, modules = graph_of(published), published.model.modules
    found = set(hidden)
    for ref in sorted(graph.computed, key=graph.rank.__getitem__):
        field = modules[ref.module].fields[ref.field]
        if ref in found or field.reveals or field.is_name:
            continue
        if any(read in found or read.module not in viewed | {ref.module} for read in graph.computed[ref].reads()):
            found.add(ref)
            yield ref


def graph_of(published: PublishedModel) -> DependencyGraph:
    """What computed fields read, kept with the model."""
    graph: DependencyGraph | None = published.cache.get("access.graph")
    if graph is None:
        graph = published.cache["access.graph"] = build_dependencies(published.model)
    return graph


NOTHING = Restrictions()
