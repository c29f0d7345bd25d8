"""The tree of roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fieldstone.metadata.definitions import RoleDef


def roles_below(roles: Mapping[str, RoleDef], names: Iterable[str]) -> frozenset[str]:
    """The roles strictly below any of `names`; names of roles that do not exist have none below them."""
    children: dict[str, list[str]] = {}
    for role in roles.values():
        children.setdefault(role.parent, []).append(role.name)
    found: set[str] = set()
    waiting = [name for name in names if name in roles]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)
