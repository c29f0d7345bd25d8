"""Roles in the order in which a person reads their tree."""

from __future__ import annotations

from fieldstone.metadata.definitions import RoleDef
from fieldstone.web.setup.drafting import draft_model


def depth_of(role: RoleDef) -> int:
    """0 at the top."""
    roles, depth, above = draft_model().roles, 0, role.parent
    while above in roles and depth < len(roles):
        depth, above = depth + 1, roles[above].parent
    return depth


def roles_as_tree() -> list[RoleDef]:
    """Parents before those below them, else in the order of the documents."""
    roles = list(draft_model().roles.values())
    found: list[RoleDef] = []
    waiting = [role for role in reversed(roles) if role.parent not in draft_model().roles]
    while waiting:
        role = waiting.pop()
        found.append(role)
        waiting += [each for each in reversed(roles) if each.parent == role.name]
    return found
