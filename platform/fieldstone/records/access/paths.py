"""Public names in the queries of somebody: what they stand for, unless that is hidden."""

from __future__ import annotations

from fieldstone.kernel.actors import Actor
from fieldstone.records.access.fields import readable_names, require_readable
from fieldstone.records.paths import FieldPath, get_path
from fieldstone.storage.published import PublishedModel


def readable_path(published: PublishedModel, actor: Actor, module: str, text: str) -> FieldPath:
    """Raises ForbiddenError access.E003 for a hidden field, InvalidInputError query.E001 with a name that the actor
    may know."""
    require_readable(published, actor, module, [text.split(".")])
    return get_path(published, module, text, lambda owner: readable_names(published, actor, owner))
