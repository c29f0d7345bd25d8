"""Who reaches what, told slowly: plain loops over plain values, after the words of the documentation alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Scopes = Mapping[str, Mapping[str, str]]
"""Module or "*" → right → scope."""


@dataclass
class Person:
    roles: set[str]
    profiles: set[str]
    teams: set[int]
    leads: set[int]
    stands_for: set[tuple[str, int]] = field(default_factory=set)


@dataclass
class Shared:
    """`to` is ("user", id), ("team", id) or ("role", name). `ends`: hours from now until it ends, None never."""

    module: str
    record: int
    to: tuple[str, Any]
    edit: bool
    ends: int | None = None


@dataclass
class Rule:
    """Parties are (kind, name); `when` says for which records, by their values."""

    module: str
    owners: tuple[str, str] | None
    when: Callable[[Mapping[str, Any]], bool] | None
    to: list[tuple[str, str]]
    edit: bool


@dataclass
class World:
    """`above`: role or team → the one above it; `records`: module → id → values, `owner` among them. `lookups`:
    module → field → module it leads to."""

    people: dict[int, Person]
    role_above: dict[str, str]
    role_rights: dict[str, Scopes]
    role_profiles: dict[str, set[str]]
    profile_rights: dict[str, Scopes]
    team_above: dict[int, int | None]
    team_names: dict[str, int]
    records: dict[str, dict[int, Mapping[str, Any]]]
    lookups: dict[str, dict[str, str]]
    defaults: dict[str, str]
    rules: list[Rule]
    shares: list[Shared]
    inherit: dict[str, str]
    portal: dict[str, list[tuple[str, ...]]]

    def pass_hour(self) -> None:
        for each in self.shares:
            each.ends = None if each.ends is None else each.ends - 1

    def scopes(self, user: int, module: str, right: str) -> set[str]:
        person = self.people[user]
        sources = [self.role_rights[role] for role in person.roles]
        for role in person.roles:
            sources += [self.profile_rights[name] for name in self.role_profiles[role]]
        sources += [self.profile_rights[name] for name in person.profiles]
        found = set()
        for source in sources:
            on_module = source[module] if module in source else source.get("*", {})
            if right in on_module:
                found.add(on_module[right])
        return found

    def may(self, user: int, module: str, record: int, right: str) -> bool:
        if right in ("export", "report") and not self.may(user, module, record, "view"):
            return False
        if right == "mass_edit" and not self.may(user, module, record, "edit"):
            return False
        scopes = self.scopes(user, module, right)
        if not scopes:
            return False
        if any(self._in_scope(user, module, record, scope) for scope in scopes):
            return True
        if right not in ("view", "edit"):
            return False
        edit = right == "edit"
        default = self.defaults.get(module, self.defaults.get("*", "private"))
        if default == "edit" or (default == "read" and not edit):
            return True
        return (
            any(self._rule_gives(user, module, record, rule) for rule in self.rules if rule.edit or not edit)
            or any(self._is_receiver(user, each) for each in self.shares
                   if (each.module, each.record) == (module, record) and (each.edit or not edit))
            or self._comes_with_parent(user, module, record, right)
        )  # fmt: skip

    def _in_scope(self, user: int, module: str, record: int, scope: str) -> bool:
        if scope == "all":
            return True
        if scope == "related":
            return any(self._leads_to_self(user, module, record, path) for path in self.portal.get(module, []))
        owner, person = self.records[module][record]["owner"], self.people[user]
        if owner == user or owner in person.teams:
            return True
        if owner in self.people and self.people[owner].teams & person.leads:
            return True
        if scope == "own":
            return False
        if scope == "team":
            mine = {team for team in self.team_above if any(self._is_below(team, each) for each in person.teams)}
            return owner in mine or (owner in self.people and bool(self.people[owner].teams & mine))
        return owner in self.people and any(
            low != high and self._role_is_below(low, high) for low in self.people[owner].roles for high in person.roles
        )

    def _leads_to_self(self, user: int, module: str, record: int, path: tuple[str, ...]) -> bool:
        for name in path:
            following = self.records[module][record][name]
            if following is None:
                return False
            module, record = self.lookups[module][name], following
        return (module, record) in self.people[user].stands_for

    def _rule_gives(self, user: int, module: str, record: int, rule: Rule) -> bool:
        if rule.module != module:
            return False
        values = self.records[module][record]
        if rule.owners is not None and not self._owns(values["owner"], rule.owners):
            return False
        if rule.when is not None and not rule.when(values):
            return False
        return any(self._belongs(user, party) for party in rule.to)

    def _owns(self, owner: int | None, party: tuple[str, str]) -> bool:
        kind, name = party
        if kind == "team" and owner in self.team_above:
            return name in self.team_names and self._is_below(owner, self.team_names[name])  # type: ignore[arg-type]
        return owner in self.people and self._belongs(owner, party)  # type: ignore[arg-type]

    def _belongs(self, user: int, party: tuple[str, str]) -> bool:
        (kind, name), person = party, self.people[user]
        if kind == "role":
            return name in person.roles
        if kind == "subtree":
            return any(self._role_is_below(role, name) for role in person.roles)
        return name in self.team_names and any(self._is_below(team, self.team_names[name]) for team in person.teams)

    def _is_receiver(self, user: int, shared: Shared) -> bool:
        if shared.ends is not None and shared.ends <= 0:
            return False
        kind, whom = shared.to
        if kind == "user":
            return bool(whom == user)
        if kind == "role":
            return whom in self.people[user].roles
        return any(self._is_below(team, whom) for team in self.people[user].teams)

    def _comes_with_parent(self, user: int, module: str, record: int, right: str) -> bool:
        if module not in self.inherit:
            return False
        name = self.inherit[module]
        parent = self.records[module][record][name]
        return parent is not None and self.may(user, self.lookups[module][name], parent, right)

    def _is_below(self, team: int, top: int) -> bool:
        """A team is below itself here."""
        here: int | None = team
        while here is not None:
            if here == top:
                return True
            here = self.team_above[here]
        return False

    def _role_is_below(self, role: str, top: str) -> bool:
        here = role
        while here:
            if here == top:
                return True
            here = self.role_above[here]
        return False
