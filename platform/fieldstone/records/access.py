"""Who may do what, with which records: the one place where access is decided.

A role gives rights on modules and a scope. The widest scope among the roles that give a right counts:
`all`, or `own`: the records owned by the actor, by one of the actor's teams, or by a member of a team
the actor leads. Administrators and the system pass. A token is limited by its scopes on top: `read`
gives view and export, `write` every right, `module:<name>` limits it to those modules (alone: with every
right there); a token with other scopes only reaches no records.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from functools import lru_cache

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ForbiddenError, NotFoundError
from fieldstone.metadata.definitions import ModuleDef, RoleDef
from fieldstone.records import codes
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.storage import principals
from fieldstone.storage.columns import Id
from fieldstone.storage.published import PublishedModel

RIGHTS = ("view", "create", "edit", "delete", "import", "export")

NO_RIGHT = declare(
    "access.E001", "You may not {right} records of {module}.", "Ask an administrator for a role that may."
)
TOKEN_LIMIT = declare(
    "access.E002", "This token may not {right} records of {module}.", "Use a token whose scopes allow it."
)

_READING = frozenset({"view", "export"})
_OWNERS, _LEADER = "scope_owners", "scope_leader"


def get_module(published: PublishedModel, module: str) -> ModuleDef:
    """Raises NotFoundError record.E011 for a name that is none."""
    found = published.model.modules.get(module)
    if found is None:
        raise NotFoundError(codes.NO_MODULE, module=module)
    return found


def has_right(published: PublishedModel, actor: Actor, module: str, right: str) -> bool:
    return _token_allows(actor.scopes, module, right) and _role_scope(published, actor, module, right) != ""


def require(published: PublishedModel, actor: Actor, module: str, right: str) -> None:
    """Raises ForbiddenError access.E001 (no role gives the right) or access.E002 (the token does not),
    NotFoundError record.E011 for a module that does not exist."""
    get_module(published, module)
    if _role_scope(published, actor, module, right) == "":
        raise ForbiddenError(NO_RIGHT, right=right, module=module)
    if not _token_allows(actor.scopes, module, right):
        raise ForbiddenError(TOKEN_LIMIT, right=right, module=module)


def viewable_modules(published: PublishedModel, actor: Actor) -> list[str]:
    return [name for name in published.model.modules if has_right(published, actor, name, "view")]


def row_condition(
    published: PublishedModel, actor: Actor, module: str, table: sa.FromClause, right: str = "view"
) -> sa.ColumnElement[bool] | None:
    """The condition on a module's table (or an alias of it) that leaves the records within the actor's
    reach; None when all are. Raises as `require` does.

    Complete as it is. A kept statement serves every actor of the same `access_profile` when it is run
    with their `scope_parameters`.
    """
    require(published, actor, module, right)
    if _role_scope(published, actor, module, right) == "all":
        return None
    dialect = published.tables.dialect
    values = scope_parameters(actor, dialect)
    if not actor.team_ids:
        return in_ids(table.c.owner_id, _OWNERS, dialect, values[_OWNERS])
    below = _members_below(sa.bindparam(_LEADER, values[_LEADER], type_=Id))
    return in_ids(table.c.owner_id, _OWNERS, dialect, values[_OWNERS], below)


def scope_parameters(actor: Actor, dialect: str) -> dict[str, object]:
    """The bound values of `row_condition`, whatever the modules of the statement."""
    own = () if actor.user_id is None else (actor.user_id, *actor.team_ids)
    return {_OWNERS: bind_ids(own, dialect), _LEADER: actor.user_id}


def access_profile(actor: Actor) -> Hashable:
    """Equal for actors whose statements have the same text: part of the key of a kept statement."""
    return (actor.is_admin or actor.kind == "system", actor.roles, actor.scopes, bool(actor.team_ids))


def is_limited(published: PublishedModel, actor: Actor, module: str, right: str = "view") -> bool:
    """Whether some records of a module that the actor has a right on are out of reach."""
    return _role_scope(published, actor, module, right) != "all"


def own_principals(conn: sa.Connection, actor: Actor) -> tuple[int, ...]:
    """The principals whose records are the actor's own, as `row_condition` has them."""
    if actor.user_id is None:
        return ()
    owners = {actor.user_id, *actor.team_ids}
    if actor.team_ids:
        owners.update(conn.scalars(_members_below(sa.literal(actor.user_id, Id))))
    return tuple(sorted(owners))


def visible_ids(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    ids: Collection[int],
    right: str,
    *,
    deleted: bool = False,
) -> set[int]:
    """Those of `ids` that exist (outside the recycle bin, or in it) and for which the actor has the right.

    Raises as `require` does. One query for all of them.
    """
    require(published, actor, module, right)
    if not ids:
        return set()
    dialect = published.tables.dialect
    key = ("access.visible_ids", module, right, deleted, access_profile(actor))
    statement = published.cache.get(key)
    if statement is None:
        table = published.tables.module(module).table
        gone = table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None)
        statement = sa.select(table.c.id).where(in_ids(table.c.id, "ids", dialect), gone)
        condition = row_condition(published, actor, module, table, right)
        if condition is not None:
            statement = statement.where(condition)
        published.cache[key] = statement
    parameters = {"ids": bind_ids(ids, dialect), **scope_parameters(actor, dialect)}
    return set(conn.execute(statement, parameters).scalars())


def _members_below(leader: sa.ColumnElement[int]) -> sa.Select[tuple[int]]:
    """The members of the teams that somebody leads."""
    led, member = principals.team_member.alias(), principals.team_member.alias()
    found = sa.select(member.c.user_id).join(led, led.c.team_id == member.c.team_id)
    return found.where(led.c.user_id == leader, led.c.leader)


def _roles(published: PublishedModel, actor: Actor) -> list[RoleDef]:
    return [published.model.roles[name] for name in actor.roles if name in published.model.roles]


def _role_scope(published: PublishedModel, actor: Actor, module: str, right: str) -> str:
    """ "all", "own", or "" when no role gives the right."""
    if actor.is_admin or actor.kind == "system":
        return "all"
    widest = ""
    for role in _roles(published, actor):
        scope = role.grants.rights_on(module).get(right)
        if scope == "all":
            return "all"
        if scope:
            widest = "own"
    return widest


@lru_cache(maxsize=1024)
def _token_allows(scopes: tuple[str, ...], module: str, right: str) -> bool:
    if not scopes:
        return True
    modules = [scope.removeprefix("module:") for scope in scopes if scope.startswith("module:")]
    if modules and module not in modules:
        return False
    if "write" in scopes:
        return True
    if "read" in scopes:
        return right in _READING
    return bool(modules)
