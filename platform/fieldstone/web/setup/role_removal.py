"""A role or a profile that goes: what uses it, and what becomes of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_entry, read_effective, site_of
from fieldstone.metadata.definitions import ProfileDef, RoleDef, SharingRuleDef
from fieldstone.metadata.layers import Layer
from fieldstone.records.accounts.users import UserAccount
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.setup.draft_words import profile_label, role_label
from fieldstone.web.setup.drafting import draft_model
from fieldstone.web.setup.entry import PATH as ROLES_PATH
from fieldstone.web.setup.entry import entries
from fieldstone.web.setup.people import all_users
from fieldstone.web.setup.sharing_form import PATH as SHARING_PATH

KINDS = {"roles": "role", "profiles": "profile"}
"""Section of the document → what one of its entries is."""


@dataclass(frozen=True, kw_only=True)
class Uses:
    """`holders` have it themselves, `alone` of them nothing else that gives rights. `below`: the roles right below a
    role; `roles`: those that have a profile; `rules` share with it or from it; `shared`: records by hand."""

    holders: Sequence[UserAccount]
    alone: int
    below: Sequence[str]
    roles: Sequence[str]
    rules: Sequence[SharingRuleDef]
    shared: int

    @property
    def any(self) -> bool:
        return bool(self.holders or self.below or self.roles or self.rules or self.shared)


HANDING = "handing"
"""The kind of follow-up of a step that removes a role or a profile."""


def uses_of(section: str, name: str) -> Uses:
    """What names it in the draft, and who has it now."""
    model, held = draft_model(), held_name(section, name)
    if section == "profiles":
        holders = [user for user in all_users() if held in user.profiles]
        roles = [role.name for role in model.roles.values() if name in role.profiles]
        alone = sum(not user.roles and len(user.profiles) == 1 for user in holders)
        return Uses(holders=holders, alone=alone, below=(), roles=roles, rules=(), shared=0)
    holders = [user for user in all_users() if held in user.roles]
    return Uses(
        holders=holders,
        alone=sum(len(user.roles) == 1 and not user.profiles and not user.is_admin for user in holders),
        below=[role.name for role in model.roles.values() if role.parent == name],
        roles=(),
        rules=[rule for rule in model.sharing.rules.values() if _names(rule, name)],
        shared=current_site().accounts.count_shared_with(held),
    )


def held_name(section: str, name: str) -> str:
    """What something of the draft is called for those who have it now: the name that is published."""
    drafted, published = entries(section), _there("role" if section == "roles" else "profile")
    identity = drafted[name].identity if name in drafted else ""
    return next((each.name for each in published.values() if identity and each.identity == identity), name)


def without_entry(section: str, name: str, form: Mapping[str, str]) -> Edit:
    """The edit that removes it. With `tidy` in the form, roles below it go below `below`, and sharing rules and roles
    that name it do so no longer; a rule that would share with nobody, or its owners' records, goes too."""
    tidy, uses, above = form.get("tidy") == "1", uses_of(section, name), form.get("below", "")
    above = above if above in entries("roles") else ""

    def change(layers: Sequence[Layer]) -> Layer:
        def patched(path: str, part: str, key: str, wanted: Mapping[str, Any] | None) -> None:
            nonlocal layers
            layers = with_site_layer(layers, patch_entry(layers, path, part, key, wanted))

        if tidy:
            said = read_effective(layers, ROLES_PATH).get("roles") or {}
            for each in uses.below:
                kept = {key: value for key, value in said[each].items() if key != "parent"}
                patched(ROLES_PATH, "roles", each, kept | ({"parent": above} if above else {}))
            for each in uses.roles:
                profiles = [profile for profile in said[each].get("profiles", ()) if profile != name]
                patched(ROLES_PATH, "roles", each, {**said[each], "profiles": profiles})
            rules = read_effective(layers, SHARING_PATH).get("rules") or {}
            for rule in uses.rules:
                patched(SHARING_PATH, "rules", rule.name, _rule_without(rules[rule.name], rule, name))
        patched(ROLES_PATH, section, name, None)
        return site_of(layers)

    return change


def handing_of(section: str, name: str, heir: str) -> str:
    """The follow-up of the step by which `hand_on` knows what to do once it is published."""
    return f"{HANDING}:{KINDS[section]}:{held_name(section, name)}:{heir}"


def note_handing(text: str) -> list[str]:
    """What the review says of it besides the plan."""
    kind, name, heir = [*text.split(":"), "", ""][:3]
    section = "roles" if kind == "role" else "profiles"
    if name in entries(section):
        return []
    uses, label = uses_of(section, name), role_label if section == "roles" else profile_label
    notes = []
    if uses.holders and heir:
        words = ngettext(
            "%(num)s person who has it gets %(name)s instead", "%(num)s people who have it get %(name)s instead",
            len(uses.holders), name=label(heir),
        )  # fmt: skip
        notes.append(words)
    elif uses.holders:
        words = ngettext(
            "%(num)s person loses it and gets nothing in its place",
            "%(num)s people lose it and get nothing in its place",
            len(uses.holders),
        )
        notes.append(words)
        if uses.alone:
            words = ngettext(
                "%(num)s of them then has no role at all, and sees nothing",
                "%(num)s of them then have no role at all, and see nothing",
                uses.alone,
            )
            notes.append(words)
    if uses.shared:
        words = ngettext(
            "%(num)s record is no longer shared with it", "%(num)s records are no longer shared with it", uses.shared
        )
        notes.append(words)
    return notes


def hand_on(text: str) -> None:
    """Give those who had what has just been removed what was chosen in its place. Nothing is done while it is still
    there."""
    kind, name, heir = [*text.split(":"), "", ""][:3]
    there = _there(kind)
    if kind in KINDS.values() and name and name not in there:
        current_site().accounts.replace_held(kind, name, heir if heir in there else "", by=current_actor())


def _there(kind: str) -> Mapping[str, RoleDef | ProfileDef]:
    """What is published by now."""
    model = current_site().models.current.model
    return model.roles if kind == "role" else model.profiles


def heirs_of(section: str, name: str) -> list[tuple[str, str]]:
    label = role_label if section == "roles" else profile_label
    return [("", gettext("nothing")), *((each, label(each)) for each in entries(section) if each != name)]


def _names(rule: SharingRuleDef, role: str) -> bool:
    parties = [*rule.to, *([rule.owners] if rule.owners else [])]
    return any(party.kind in ("role", "subtree") and party.name == role for party in parties)


def _rule_without(said: Mapping[str, Any], rule: SharingRuleDef, role: str) -> dict[str, Any] | None:
    """None for a rule that has no sense without the role."""
    if rule.owners is not None and rule.owners.kind != "team" and rule.owners.name == role:
        return None
    to = [party for party in said["to"] if role not in (party.get("role"), party.get("subtree"))]
    return {**said, "to": to} if to else None
