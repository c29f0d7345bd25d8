"""Rights on modules and tools: the union of what roles and profiles give, within the limits of a token."""

from __future__ import annotations

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ForbiddenError, NotFoundError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.rights import RIGHTS as RIGHTS
from fieldstone.records import codes
from fieldstone.records.access.grants import passes, sources_of
from fieldstone.records.access.tokens import token_allows, token_allows_tool
from fieldstone.storage.published import PublishedModel

NO_RIGHT = declare(
    "access.E001", "You may not {right} records of {module}.", "Ask an administrator for a role that may."
)
TOKEN_LIMIT = declare(
    "access.E002", "This token may not {right} records of {module}.", "Use a token whose scopes allow it."
)
NO_TOOL = declare("access.E006", "You may not use {tool}.", "Ask an administrator for a role that may.")
TOKEN_NO_TOOL = declare("access.E007", "This token may not use {tool}.", "Use a token with the scope write.")

NEEDS = {"export": "view", "report": "view", "mass_edit": "edit"}
"""Rights that reach no further than another one."""

_ALL = frozenset({"all"})
_NONE: frozenset[str] = frozenset()


def get_module(published: PublishedModel, module: str) -> ModuleDef:
    """Raises NotFoundError record.E011 for a name that is none."""
    found = published.model.modules.get(module)
    if found is None:
        raise NotFoundError(codes.NO_MODULE, module=module)
    return found


def scopes_of(published: PublishedModel, actor: Actor, module: str, right: str) -> frozenset[str]:
    """The scopes with which roles and profiles give the right; none when nothing gives it, or for no module at all."""
    if passes(actor):
        return _ALL
    if module not in published.model.modules:  # and nothing is remembered of names that anybody may send
        return _NONE
    known: dict[tuple[object, ...], frozenset[str]] = published.cache.setdefault("access.scopes", {})
    key = (actor.roles, actor.profiles, module, right)
    found = known.get(key)
    if found is None:
        given = (source.grants.rights_on(module).get(right, "") for source in sources_of(published, actor))
        found = frozenset(filter(None, given))
        if right in NEEDS and not scopes_of(published, actor, module, NEEDS[right]):
            found = frozenset()
        known[key] = found
    return found


def has_right(published: PublishedModel, actor: Actor, module: str, right: str) -> bool:
    return token_allows(actor.scopes, module, right) and bool(scopes_of(published, actor, module, right))


def require(published: PublishedModel, actor: Actor, module: str, right: str) -> None:
    """Raises ForbiddenError access.E001 (nothing gives the right) or access.E002 (the token does not),
    NotFoundError record.E011 for a module that does not exist."""
    get_module(published, module)
    if not scopes_of(published, actor, module, right):
        raise ForbiddenError(NO_RIGHT, right=right, module=module)
    if not token_allows(actor.scopes, module, right):
        raise ForbiddenError(TOKEN_LIMIT, right=right, module=module)


def viewable_modules(published: PublishedModel, actor: Actor) -> list[str]:
    return [name for name in published.model.modules if has_right(published, actor, name, "view")]


def has_tool(published: PublishedModel, actor: Actor, tool: str) -> bool:
    """Whether the actor may use a tool (`metadata.rights.TOOLS`)."""
    return token_allows_tool(actor.scopes) and _is_given(published, actor, tool)


def require_tool(published: PublishedModel, actor: Actor, tool: str) -> None:
    """Raises ForbiddenError access.E006 (nothing gives the tool) or access.E007 (the token does not)."""
    if not _is_given(published, actor, tool):
        raise ForbiddenError(NO_TOOL, tool=tool)
    if not token_allows_tool(actor.scopes):
        raise ForbiddenError(TOKEN_NO_TOOL, tool=tool)


def _is_given(published: PublishedModel, actor: Actor, tool: str) -> bool:
    return passes(actor) or any(tool in source.grants.tools for source in sources_of(published, actor))
