"""Who may change whose account."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ForbiddenError
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.setup_reach import reach_of_roles
from fieldstone.records.accounts import codes


def require_administrator(by: Actor | None) -> None:
    """Raises ForbiddenError account.E020 unless an administrator or the operator (None) acts."""
    if by is not None and not by.is_admin:
        raise ForbiddenError(codes.NOT_YOURS_TO_GIVE)


def require_manager(model: AppModel | None, by: Actor | None) -> None:
    """Raises ForbiddenError account.E035 unless an administrator, somebody whose role lets into the people of Setup,
    or the operator (None) acts. Without a model any role counts."""
    if by is None or by.is_admin:
        return
    manages = bool(by.roles) if model is None else reach_of_roles(model.roles, by.roles).has("people")
    if not manages:
        raise ForbiddenError(codes.ADMINS_ONLY)


def require_no_more(model: AppModel | None, by: Actor | None, roles: Iterable[str]) -> None:
    """Raises ForbiddenError account.E047 when `roles` let into more of Setup than those of `by`, who is no
    administrator: nobody gives others, and so oneself, more than one has."""
    if by is None or by.is_admin or model is None:
        return
    if not reach_of_roles(model.roles, roles).within(reach_of_roles(model.roles, by.roles)):
        raise ForbiddenError(codes.BEYOND_YOU)


def require_own_or_administrator(user_id: int, by: Actor | None) -> None:
    """Raises ForbiddenError account.E035 unless the user, an administrator or the operator (None) acts."""
    if by is not None and by.user_id != user_id and not by.is_admin:
        raise ForbiddenError(codes.ADMINS_ONLY)


def refuse_impersonated(by: Actor | None) -> None:
    """Raises ForbiddenError account.E033 for an administrator who acts as a user: whoever could change how the
    user comes in would be the user for ever."""
    if by is not None and by.impersonator is not None:
        raise ForbiddenError(codes.NOT_WHILE_ACTING)


def is_own(user_id: int, by: Actor | None) -> bool:
    """Whether people change their own account, which no audit log needs to tell."""
    return by is not None and by.user_id == user_id and by.impersonator is None
