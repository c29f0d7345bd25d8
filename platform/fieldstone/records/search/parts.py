"""Parts of the search index: what of a record is found by whom.

A field that any role or profile hides is restricted. A module with such fields has more than one entry for each
record: the whole one, for people from whom nothing of it is hidden; an open one, without the restricted fields; and
one for each restricted field, together with the open ones. The tokens that stand for parts name the fields that are
restricted, so that entries from before a field became so are found by nobody who may not read it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.dependencies import FieldRef, build_dependencies
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.access import can_read_field
from fieldstone.storage.published import PublishedModel

WHOLE, OPEN = "", "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Of one module. `restricted`: name → identity of its searched fields that are hidden from some; `mark` names
    them together, "" when there are none."""

    identity: str
    restricted: dict[str, str]
    mark: str

    def token(self, part: str) -> str:
        """Stands for a part among the tokens; no word of a text has the sign in it."""
        return f"§{self.identity}" if part == WHOLE else f"§{self.identity}§{self.mark}§{part}"

    def tokens_for(self, published: PublishedModel, actor: Actor, module: str) -> tuple[str, ...]:
        """The parts in which the actor may find records."""
        readable = {name for name in self.restricted if can_read_field(published, actor, module, name)}
        if len(readable) == len(self.restricted):
            return (self.token(WHOLE),)
        return (self.token(OPEN), *(self.token(self.restricted[name]) for name in sorted(readable)))


def parts_of(published: PublishedModel, module: ModuleDef, searched: frozenset[str]) -> Parts:
    """`searched`: the names of the fields whose words are indexed."""
    hidden = restricted_fields(published, module.name) & searched
    restricted = {name: _identity(module, name) for name in sorted(hidden)}
    mark = hashlib.sha256(" ".join(sorted(restricted.values())).encode()).hexdigest()[:12] if restricted else ""
    return Parts(identity=module.identity, restricted=restricted, mark=mark)


def restricted_fields(published: PublishedModel, module: str) -> frozenset[str]:
    """The names of `find_restricted` in one module, kept with the model."""
    known: frozenset[FieldRef] | None = published.cache.get("search.restricted")
    if known is None:
        known = published.cache["search.restricted"] = find_restricted(published.model)
    return frozenset(ref.field for ref in known if ref.module == module)


def find_restricted(model: AppModel) -> frozenset[FieldRef]:
    """The fields that may be hidden from somebody: those that a role or profile hides, and those computed from one, or
    from a module that somebody may not view."""
    grants = [role.grants for role in model.roles.values()] + [each.grants for each in model.profiles.values()]
    found = {
        FieldRef(module, name)
        for each in grants
        for module, fields in each.fields.items()
        for name, right in fields.items()
        if right == "hidden"
    }
    unseen = {
        name for name in model.modules if any(each.modules and "view" not in each.rights_on(name) for each in grants)
    }
    if not found and not unseen:
        return frozenset()
    graph = build_dependencies(model)
    for ref in sorted(graph.computed, key=graph.rank.__getitem__):
        reads = graph.computed[ref].reads()
        derived = any(read in found or (read.module != ref.module and read.module in unseen) for read in reads)
        if derived and not model.modules[ref.module].fields[ref.field].reveals:
            found.add(ref)
    return frozenset(found)


def _identity(module: ModuleDef, name: str) -> str:
    field = find_any_field(module, name)
    assert field is not None
    return field.identity
