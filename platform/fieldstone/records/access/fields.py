"""Field rights: what may be read and changed of a record within reach. Every door asks here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ForbiddenError
from fieldstone.metadata.definitions import RelationDef
from fieldstone.metadata.dependencies import FieldRef
from fieldstone.metadata.system_fields import any_field_names, find_any_field
from fieldstone.records.access.restrictions import graph_of, restrictions_of
from fieldstone.records.paths import lookup_target
from fieldstone.storage.published import PublishedModel

HIDDEN = declare(
    "access.E003", "You may not read the field {field} of {module}.", "Leave it out, or ask for a role that may."
)
FIXED = declare(
    "access.E004", "You may not change the field {field} of {module}.", "Leave it out, or ask for a role that may."
)
OBSTACLE = declare(
    "access.E005",
    "A field that you may not see keeps this from being saved.",
    "Ask somebody who may see all fields of the record.",
)


def field_right(published: PublishedModel, actor: Actor, module: str, field: str) -> str:
    """hidden, read or edit, of a declared or system field. What the field itself forbids (computed, read-only) comes
    on top."""
    restrictions, ref = restrictions_of(published, actor), FieldRef(module, field)
    if ref in restrictions.hidden:
        return "hidden"
    return "read" if ref in restrictions.fixed else "edit"


def can_read_field(published: PublishedModel, actor: Actor, module: str, path: str) -> bool:
    """Of a field or a path through lookups: every field on the way must be readable."""
    return _find_hidden(published, actor, module, path.split(".")) is None


def limits_fields(published: PublishedModel, actor: Actor) -> bool:
    """Whether there is any field that the actor may not read, or not change."""
    return bool(restrictions_of(published, actor).fixed)


def can_edit_field(published: PublishedModel, actor: Actor, module: str, field: str) -> bool:
    return FieldRef(module, field) not in restrictions_of(published, actor).fixed


def readable_names(published: PublishedModel, actor: Actor, module: str) -> list[str]:
    """The declared and system fields of a module that the actor may read, in order."""
    hidden = restrictions_of(published, actor).hidden_in(module)
    names = any_field_names(published.model.modules[module])
    return [name for name in names if name not in hidden] if hidden else names


def readable_relations(published: PublishedModel, actor: Actor, module: str) -> list[RelationDef]:
    """Those whose lookup on the other side is not hidden."""
    relations = published.model.modules[module].relations.values()
    return [each for each in relations if can_follow(published, actor, each)]


def can_follow(published: PublishedModel, actor: Actor, relation: RelationDef) -> bool:
    """Whether the records of a related list may be told to be related."""
    return relation.kind == "many_to_many" or can_read_field(published, actor, relation.to, relation.field)


def require_readable(published: PublishedModel, actor: Actor, module: str, paths: Iterable[Sequence[str]]) -> None:
    """Raises ForbiddenError access.E003 for the first of the paths that goes through a hidden field."""
    if not restrictions_of(published, actor).hidden:
        return
    for path in paths:
        hidden = _find_hidden(published, actor, module, path)
        if hidden is not None:
            raise ForbiddenError(HIDDEN, field=hidden.field, module=hidden.module)


def require_editable(published: PublishedModel, actor: Actor, module: str, fields: Iterable[str]) -> None:
    """Raises ForbiddenError access.E003 or access.E004 for the first of the fields that the actor may not change."""
    restrictions = restrictions_of(published, actor)
    for name in fields if restrictions.fixed else ():
        ref = FieldRef(module, name)
        if ref in restrictions.fixed:
            raise ForbiddenError(HIDDEN if ref in restrictions.hidden else FIXED, field=name, module=module)


def may_read_inputs(published: PublishedModel, actor: Actor, module: str, field: str) -> bool:
    """Whether the expression of a computed field names nothing that is hidden: one that reveals its inputs shows its
    value all the same."""
    hidden = restrictions_of(published, actor).hidden
    computed = graph_of(published).computed.get(FieldRef(module, field)) if hidden else None
    return computed is None or hidden.isdisjoint(computed.reads())


def _find_hidden(published: PublishedModel, actor: Actor, module: str, path: Sequence[str]) -> FieldRef | None:
    restrictions = restrictions_of(published, actor)
    if not restrictions.hidden:
        return None
    modules, owner = published.model.modules, module
    for name in path:
        ref = FieldRef(owner, name)
        if ref in restrictions.hidden:
            return ref
        field = find_any_field(modules[owner], name)
        owner = lookup_target(published.model, field) if field is not None else ""
        if not owner:
            break
    return None
