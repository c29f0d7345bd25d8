"""What an expression that somebody writes may name: the fields of the module that this person may read."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.expressions.scope import Scope
from fieldstone.expressions.types import ValueType
from fieldstone.kernel.actors import Actor
from fieldstone.records.access.fields import can_read_field, require_readable
from fieldstone.records.access.restrictions import restrictions_of
from fieldstone.records.live import module_scope
from fieldstone.storage.published import PublishedModel


def readable_scope(published: PublishedModel, actor: Actor, module: str) -> Scope:
    """Kept with the model, so that what is compiled with it is too."""
    if not restrictions_of(published, actor).hidden:
        return module_scope(published, module)
    known: dict[tuple[object, ...], Scope] = published.cache.setdefault("access.readable_scopes", {})
    key = (module, actor.roles, actor.profiles)
    found = known.get(key)
    if found is None:
        found = known[key] = _ReadableScope(published, actor, module)
    return found


class _ReadableScope:
    """Raises ForbiddenError access.E003 where an expression names a hidden field; hints name none."""

    def __init__(self, published: PublishedModel, actor: Actor, module: str) -> None:
        self._published = published
        self._actor = actor
        self._module = module
        self._all = module_scope(published, module)

    def find_type(self, path: tuple[str, ...]) -> ValueType | None:
        require_readable(self._published, self._actor, self._module, [path])
        return self._all.find_type(path)

    def names_under(self, path: tuple[str, ...]) -> Iterable[str]:
        for name in self._all.names_under(path):
            if can_read_field(self._published, self._actor, self._module, ".".join((*path, name))):
                yield name
