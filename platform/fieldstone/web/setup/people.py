"""Names of people, roles and profiles on the pages of Setup, and whose accounts one may touch."""

from __future__ import annotations

from typing import cast

from flask import g

from fieldstone.records.accounts.users import UserAccount
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.people import profile_label as profile_label
from fieldstone.web.people import role_label as role_label


def all_users() -> list[UserAccount]:
    """Every user by name; read once in a request."""
    if "setup_users" not in g:
        g.setup_users = current_site().accounts.list_users()
    return cast(list[UserAccount], g.setup_users)


def names_of_users() -> dict[int, str]:
    return {user.id: user.label for user in all_users()}


def may_answer_for(user_id: int) -> bool:
    """Whether the person may end the sessions and tokens of a user: one's own, or as an administrator."""
    actor = current_actor()
    return actor.is_admin or actor.user_id == user_id
