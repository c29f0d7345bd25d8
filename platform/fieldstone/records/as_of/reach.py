"""Which tables a request will read: the module, what its names lead to, and what computed fields are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.dependencies import DependencyGraph, FieldRef, build_dependencies
from fieldstone.metadata.system_fields import any_field_names, find_any_field
from fieldstone.records.as_of import codes
from fieldstone.records.paths import lookup_target
from fieldstone.storage.published import PublishedModel

_NAMES = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")

Link = tuple[str, str]
"""Module and relation of a link table, as the module declares it."""


@dataclass(kw_only=True)
class Reach:
    """Names of modules, and link tables."""

    modules: set[str] = field(default_factory=set)
    links: set[Link] = field(default_factory=set)


def find_reach(published: PublishedModel, module: str, texts: Iterable[str], relation: Link | None = None) -> Reach:
    """What a statement over a module reads that uses the names in some texts (fields, sorts, expressions).
    `relation`: it starts from a record of a module, through one of its relations."""
    walk = _Walk(published)
    walk.add_module(module)
    if relation is not None and relation[0] in published.model.modules:
        walk.add_module(relation[0])
        walk.add_relation(*relation)
    for text in texts:
        for name in _NAMES.findall(text):
            walk.add_path(module, name.split("."))
    return walk.reach


def all_names(published: PublishedModel, module: str) -> list[str]:
    """What a request reads that names no fields."""
    found = published.model.modules.get(module)
    return [] if found is None else any_field_names(found)


def require_name(current: PublishedModel, past: PublishedModel, module: str) -> None:
    """Raises NotFoundError as_of.E005 for a name that the module has got since."""
    known = current.model.modules.get(module)
    if known is None or module in past.model.modules:
        return
    for former in past.model.modules.values():
        if former.identity == known.identity:
            raise NotFoundError(codes.CALLED_OTHERWISE, module=module, former=former.name)


class _Walk:
    def __init__(self, published: PublishedModel) -> None:
        self.reach = Reach()
        self._modules = published.model.modules
        self._model = published.model
        self._graph: DependencyGraph = _graph_of(published)
        self._seen: set[FieldRef] = set()

    def add_module(self, name: str) -> None:
        if name in self._modules:
            self.reach.modules.add(name)

    def add_relation(self, module: str, name: str) -> None:
        relation = self._modules[module].relations.get(name)
        if relation is not None and relation.kind == "many_to_many":
            self.reach.links.add(relation.inverse_of or (module, name))

    def add_path(self, module: str, names: list[str]) -> None:
        for name in names:
            owner = self._modules.get(module)
            if owner is None:
                return
            self.add_field(owner, name)
            found = find_any_field(owner, name)
            module = lookup_target(self._model, found) if found is not None else ""

    def add_field(self, owner: ModuleDef, name: str) -> None:
        ref = FieldRef(owner.name, name)
        found = find_any_field(owner, name)
        if found is None or ref in self._seen:
            return
        self._seen.add(ref)
        self.reach.modules.add(owner.name)
        for target in self._modules if "*" in found.to else found.to:
            if target in self._modules:  # its label is shown
                self.add_field(self._modules[target], self._modules[target].name_field)
        computed = self._graph.computed.get(ref)
        if computed is None:
            return
        for read in computed.reads():
            if read.module in self._modules:
                self.add_field(self._modules[read.module], read.field)
        if computed.children is not None:
            self.add_module(computed.children.module)
            self.add_relation(owner.name, computed.children.relation)


def _graph_of(published: PublishedModel) -> DependencyGraph:
    graph: DependencyGraph | None = published.cache.get("as_of.graph")
    if graph is None:
        graph = published.cache["as_of.graph"] = build_dependencies(published.model)
    return graph
