"""Who may shape what: the parts of Setup, and the documents that belong to each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from fieldstone.metadata.definitions import RoleDef
from fieldstone.metadata.documents import APP, LAYOUT, MODULE, ROLES, SHARING, WORKFLOW, find_kind
from fieldstone.metadata.rights import SETUP_PARTS

_OWNED = (MODULE, LAYOUT, WORKFLOW)
"""The documents of a module that whoever owns it may change."""


@dataclass(frozen=True, kw_only=True)
class SetupReach:
    """`parts` of Setup, and `modules` that somebody owns without the part that has all of them."""

    parts: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()

    def __or__(self, other: SetupReach) -> SetupReach:
        return SetupReach(parts=self.parts | other.parts, modules=self.modules | other.modules)

    @property
    def may_enter(self) -> bool:
        return bool(self.parts or self.modules)

    def has(self, part: str) -> bool:
        return part in self.parts

    def owns(self, module: str) -> bool:
        """Whether the module may be shaped."""
        return "structure" in self.parts or module in self.modules

    def covers(self, path: str) -> bool:
        """Whether the document at a path of the site layer may be changed."""
        kind = find_kind(path)
        if kind is None:
            return self == EVERYTHING
        if kind in (ROLES, SHARING):
            return self.has("access")
        if kind is APP:
            return self.has("company")
        return self.has("structure") or (kind in _OWNED and PurePosixPath(path).stem in self.modules)

    def within(self, other: SetupReach) -> bool:
        """Whether it is no more than another."""
        return self.parts <= other.parts and all(other.owns(module) for module in self.modules)


EVERYTHING = SetupReach(parts=frozenset(SETUP_PARTS))
NOTHING = SetupReach()


def reach_of_role(role: RoleDef) -> SetupReach:
    parts = SETUP_PARTS if role.setup else role.setup_parts
    return SetupReach(parts=frozenset(parts), modules=frozenset(role.setup_modules))


def reach_of_roles(roles: Mapping[str, RoleDef], names: Iterable[str]) -> SetupReach:
    """What several roles give together; names that are no roles give nothing."""
    reach = NOTHING
    for name in names:
        if name in roles:
            reach |= reach_of_role(roles[name])
    return reach
