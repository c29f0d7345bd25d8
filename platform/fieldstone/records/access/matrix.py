"""What somebody may do: effective rights by module, with their scopes, by field, and the tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import SharingRuleDef
from fieldstone.metadata.rights import RIGHTS, TOOLS
from fieldstone.metadata.system_fields import any_field_names
from fieldstone.records.access.fields import field_right
from fieldstone.records.access.grants import passes
from fieldstone.records.access.parties import membership
from fieldstone.records.access.rights import has_tool, scopes_of
from fieldstone.storage.published import PublishedModel

_NARROWER = {"own": 0, "team": 1, "subtree": 1, "related": 0, "all": 2}


@dataclass(frozen=True, kw_only=True)
class RightsMatrix:
    """`modules`: module → right → the scopes with which it is given, widest first, only those that are given.
    `fields`: module → field → hidden or read; what is not named may be changed. `shared`: module → what sharing gives
    everybody who has the right (private, read, edit). `everything`: an administrator, who passes all of it."""

    everything: bool
    modules: Mapping[str, Mapping[str, tuple[str, ...]]]
    fields: Mapping[str, Mapping[str, str]]
    shared: Mapping[str, str]
    tools: tuple[str, ...]


def rights_matrix(published: PublishedModel, actor: Actor) -> RightsMatrix:
    """Of every module; those on which the actor has no right have no rights in it."""
    model = published.model
    modules = {
        name: {right: _sorted(scopes) for right in RIGHTS if (scopes := scopes_of(published, actor, name, right))}
        for name in model.modules
    }
    fields = {
        name: {
            field: right
            for field in any_field_names(definition)
            if (right := field_right(published, actor, name, field)) != "edit"
        }
        for name, definition in model.modules.items()
    }
    return RightsMatrix(
        everything=passes(actor),
        modules=modules,
        fields={name: limited for name, limited in fields.items() if limited},
        shared={name: model.sharing.default_of(name) for name in model.modules},
        tools=tuple(tool for tool in TOOLS if has_tool(published, actor, tool)),
    )


def rules_for(conn: sa.Connection, published: PublishedModel, actor: Actor) -> list[SharingRuleDef]:
    """The sharing rules by which an actor may reach records of others."""
    found = []
    for rule in published.model.sharing.rules.values():
        given = membership(published, actor, rule.to)
        if given is True or (given is not False and conn.scalar(sa.select(given))):
            found.append(rule)
    return found


def _sorted(scopes: frozenset[str]) -> tuple[str, ...]:
    """Those that are in a wider one are left out."""
    if "all" in scopes:
        return ("all",)
    kept = scopes - {"own"} if scopes & {"team", "subtree"} else scopes
    return tuple(sorted(kept, key=lambda scope: (-_NARROWER[scope], scope)))
