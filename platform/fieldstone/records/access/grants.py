"""Where an actor's rights come from: roles, the profiles of roles, profiles of the user's own."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import Grants
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One set of grants. `kind`: role or profile; `role`: the role that gives the profile, "" for the user's own."""

    kind: str
    name: str
    grants: Grants
    role: str = ""


def passes(actor: Actor) -> bool:
    """Whether the actor is limited by nothing but the scopes of a token."""
    return actor.is_admin or actor.kind == "system"


def sources_of(published: PublishedModel, actor: Actor) -> tuple[Source, ...]:
    """Everything that gives the actor rights. Names of roles and profiles that are no more give none."""
    known: dict[tuple[tuple[str, ...], ...], tuple[Source, ...]] = published.cache.setdefault("access.sources", {})
    key = (actor.roles, actor.profiles)
    found = known.get(key)
    if found is None:
        found = known[key] = _find(published, actor)
    return found


def _find(published: PublishedModel, actor: Actor) -> tuple[Source, ...]:
    model = published.model
    found = []
    for role in (model.roles[name] for name in actor.roles if name in model.roles):
        found.append(Source(kind="role", name=role.name, grants=role.grants))
        found += [
            Source(kind="profile", name=name, grants=model.profiles[name].grants, role=role.name)
            for name in role.profiles
            if name in model.profiles
        ]
    found += [
        Source(kind="profile", name=name, grants=model.profiles[name].grants)
        for name in actor.profiles
        if name in model.profiles
    ]
    return tuple(found)
