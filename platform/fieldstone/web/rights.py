"""What the person may do with a module, for showing or leaving out buttons; `records` decides again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.setup_reach import EVERYTHING, SetupReach, reach_of_roles
from fieldstone.records import access
from fieldstone.storage.published import PublishedModel
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import DescribedModule, describe


@dataclass(frozen=True)
class Rights:
    given: frozenset[str]

    def __getattr__(self, name: str) -> bool:
        return name in self.given


def rights_on(module: str) -> Rights:
    published, actor = current_published(), current_actor()
    return Rights(frozenset(right for right in access.RIGHTS if access.has_right(published, actor, module, right)))


def may_merge(module: str) -> bool:
    """Whether somebody may merge records of a module, as far as they may edit and delete them."""
    may = rights_on(module)
    return bool(may.edit and may.delete) and access.has_tool(current_published(), current_actor(), "merge")


def setup_reach(published: PublishedModel, actor: Actor) -> SetupReach:
    """What of Setup is somebody's: all for an administrator, else what the roles give."""
    return EVERYTHING if actor.is_admin else reach_of_roles(published.model.roles, actor.roles)


def may_set_up(published: PublishedModel, actor: Actor) -> bool:
    """Whether somebody may open Setup, or a part of it."""
    return setup_reach(published, actor).may_enter


def require_setup() -> None:
    """403 for whoever may not open Setup."""
    if not may_set_up(current_published(), current_actor()):
        abort(403)


def rights_on_record(module: str, record_id: int) -> Rights:
    """As `rights_on`, without what does not reach this record; besides `share` (with others, by hand), `merge` and
    `audience` (to be told who sees it)."""
    published, actor = current_published(), current_actor()
    missing = {
        right
        for right in ("edit", "delete")
        if access.has_right(published, actor, module, right)
        and access.is_limited(published, actor, module, right)
        and not current_records().within_reach(actor, module, [record_id], right)
    }
    given = set(rights_on(module).given - missing)
    if "edit" in given and access.has_tool(published, actor, "share"):
        given.add("share")
    if given >= {"edit", "delete"} and access.has_tool(published, actor, "merge"):
        given.add("merge")
    if access.can_read_field(published, actor, module, "owner"):
        given.add("audience")
    return Rights(frozenset(given))


def module_or_404(name: str, right: str = "view") -> DescribedModule:
    """The module of a page's address. 404 when there is none, 403 when the person may not."""
    published = current_published()
    if name not in published.model.modules:
        abort(404)
    access.require(published, current_actor(), name, right)
    return describe(published, name, current_actor())
