"""What a person may do, all roles, profiles and sharing together, as a table to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.rights import RIGHTS
from fieldstone.records.access.matrix import rights_matrix, rules_for
from fieldstone.records.accounts.users import UserAccount
from fieldstone.web.current import current_model, current_published, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.reasons import rule_label
from fieldstone.web.setup.matrix import scope_words, tool_words
from fieldstone.web.setup.people import profile_label, role_label
from fieldstone.web.setup.words import field_label, module_plural


@dataclass(frozen=True, kw_only=True)
class EffectiveRow:
    """A module: for each right its scopes in words, "" where it is not given; the fields that are limited."""

    label: str
    icon: str
    cells: tuple[str, ...]
    shared: str
    hidden: str
    read: str


def effective_rows(actor: Actor) -> list[EffectiveRow]:
    """Of every module, in the order of the model."""
    matrix, scopes, shared = rights_matrix(current_published(), actor), scope_words(), shared_words()
    rows = []
    for name, module in current_model().modules.items():
        rights, limits = matrix.modules.get(name, {}), matrix.fields.get(name, {})
        rows.append(
            EffectiveRow(
                label=module_plural(name),
                icon=module.icon,
                cells=tuple(", ".join(scopes[scope] for scope in rights.get(right, ())) for right in RIGHTS),
                shared=shared.get(matrix.shared.get(name, ""), ""),
                hidden=_fields(name, limits, "hidden"),
                read=_fields(name, limits, "read"),
            )
        )
    return rows


def effective_tools(actor: Actor) -> list[str]:
    return [tool_words()[tool] for tool in rights_matrix(current_published(), actor).tools]


def effective_sources(user: UserAccount) -> list[tuple[str, str]]:
    """What gives a user rights, by kind."""
    roles = ", ".join(map(role_label, user.roles))
    of_roles = {name for role in user.roles if (found := current_model().roles.get(role)) for name in found.profiles}
    profiles = [profile_label(name) for name in current_model().profiles if name in of_roles | set(user.profiles)]
    named = [(gettext("Roles"), roles), (gettext("Profiles"), ", ".join(profiles))]
    return [*named, (gettext("Teams"), ", ".join(user.teams))]


def effective_rules(actor: Actor) -> list[str]:
    """The sharing rules that share with somebody, each with its module."""
    with current_site().models.read() as (conn, published):
        rules = rules_for(conn, published, actor)
    return [f"{rule_label(rule.name, rule.label)} ({module_plural(rule.module)})" for rule in rules]


def shared_words() -> dict[str, str]:
    """What everybody with the right reaches besides; nothing for private modules."""
    return {"read": gettext("everybody sees all"), "edit": gettext("everybody edits all")}


def _fields(module: str, limits: Mapping[str, str], access: str) -> str:
    known = current_model().modules[module].fields
    found = [name for name, right in limits.items() if right == access]
    return ", ".join(field_label(module, name) if name in known else name for name in found)
