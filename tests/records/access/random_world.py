"""Random companies: the same chance decides the model that records compile and the plain world of the oracle."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.metadata.definitions import Grants, Party, ProfileDef, SharingDef, SharingRuleDef
from fieldstone.records.changes import RecordChange
from records.access.company import MODULES, Company, role
from records.access.oracle import Person, Rule, Shared, World

RIGHTS = ("view", "edit", "delete", "export", "mass_edit", "report")
_SCOPES = ("own", "team", "subtree", "related", "all")
_ROLES = {"chief": "", "north": "chief", "south": "chief", "rep": "north", "help": "north", "temp": "rep"}
_CONDITIONS: dict[str, Any] = {
    "amount > 50": lambda values: values["amount"] is not None and values["amount"] > 50,
    "stage == 'won'": lambda values: values["stage"] == "won",
    "not (stage == 'open') and is_empty(margin)": lambda values: values["stage"] != "open" and values["margin"] is None,
}
_LOOKUPS = {
    "organization": {}, "contact": {"organization": "organization"},
    "opportunity": {"organization": "organization", "contact": "contact"}, "quote": {"opportunity": "opportunity"},
}  # fmt: skip
_FIELDS = {
    "organization": (), "contact": ("organization",), "quote": ("opportunity",),
    "opportunity": ("organization", "contact", "amount", "stage", "margin"),
}  # fmt: skip


class RandomCompany:
    """People and records once; everything that decides who reaches what anew with every `deal`."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company = company
        self.chance = Random(seed)
        self.teams: dict[str, int] = {}
        for name, above in (("world", ""), ("east", "world"), ("west", "world"), ("coast", "west")):
            self.teams[name] = company.add_team(name, self.teams.get(above))
        self.users = [company.add_user(f"user{number}") for number in range(5)]
        self.records: dict[str, list[int]] = {}
        some, amount = self.chance.choice, self.chance.randint
        for module, count in zip(MODULES, (8, 8, 24, 16), strict=True):
            rows = []
            for number in range(count):
                row: dict[str, Any] = {"name": f"common {module} {number}"}
                for field, target in _LOOKUPS[module].items():
                    row[field] = some([None, *self.records[target]])
                if module == "opportunity":
                    row |= {"amount": some([None, amount(0, 100)]), "stage": some(["open", "won", "lost"])}
                    row["margin"] = some([None, amount(0, 200)])
                rows.append(row)
            self.records[module] = company.save(module, *rows)

    def deal(self) -> tuple[World, list[Actor]]:
        self._give_owners()
        rights = {name: self._rights() for name in _ROLES}
        profile_rights = {name: self._rights() for name in ("plus", "more")}
        role_profiles = {name: set(self._some(list(profile_rights), 0.2)) for name in _ROLES}
        roles = {
            name: role(name, Grants(modules=rights[name]), above, tuple(sorted(role_profiles[name])))
            for name, above in _ROLES.items()
        }
        profiles = {
            name: ProfileDef(name=name, label=name, grants=Grants(modules=given))
            for name, given in profile_rights.items()
        }
        sharing, rules = self._sharing()
        self.company.govern(roles, profiles, sharing)
        self.company.forget_sharing()
        people = {user: self._person() for user in self.users}
        for user, person in people.items():
            self.company.place(
                user, sorted(person.roles), sorted(person.teams), sorted(person.leads), sorted(person.profiles)
            )
            for module, id in person.stands_for:
                self.company.stand_for(user, module, id)
        world = World(
            people=people,
            role_above=_ROLES,
            role_rights=rights,
            role_profiles=role_profiles,
            profile_rights=profile_rights,
            team_above=self._teams_above(),
            team_names=self.teams,
            records=self._values(),
            lookups=_LOOKUPS,
            defaults=dict(sharing.defaults),
            rules=rules,
            shares=self._shares(),
            inherit=dict(sharing.inherit),
            portal={module: list(paths) for module, paths in sharing.portal.items()},
        )
        return world, [self._actor(user, person) for user, person in people.items()]

    def _give_owners(self) -> None:
        owners = [None, *self.users, *self.users, *self.teams.values()]
        for module, ids in self.records.items():
            changes = [RecordChange(module=module, id=id, values={"owner": self.chance.choice(owners)}) for id in ids]
            self.company.records.save(SYSTEM, changes)

    def _rights(self) -> dict[str, dict[str, str]]:
        named = ["*", *self._some(MODULES, 0.3)]
        return {
            module: {
                right: self.chance.choice(_SCOPES[: self.chance.randint(1, 5)]) for right in self._some(RIGHTS, 0.6)
            }
            for module in named
        }

    def _sharing(self) -> tuple[SharingDef, list[Rule]]:
        some = self.chance.choice
        rules: dict[str, SharingRuleDef] = {}
        told: list[Rule] = []
        for number in range(self.chance.randint(0, 4)):
            module = some(MODULES)
            where = some(["", *_CONDITIONS]) if module == "opportunity" else ""
            owners = self._party() if not where or self.chance.random() < 0.5 else None
            to = [self._party() for _ in range(self.chance.randint(1, 2))]
            edit = self.chance.random() < 0.5
            rules[f"rule{number}"] = SharingRuleDef(
                name=f"rule{number}", label="A rule", module=module, access="edit" if edit else "read", where=where,
                owners=owners and Party(kind=owners[0], name=owners[1]),
                to=tuple(Party(kind=kind, name=name) for kind, name in to),
            )  # fmt: skip
            told.append(Rule(module=module, owners=owners, when=_CONDITIONS.get(where), to=to, edit=edit))
        defaults = {module: some(["private", "private", "read", "edit"]) for module in self._some(("*", *MODULES), 0.2)}
        inherit = {"quote": "opportunity", "opportunity": "organization", "contact": "organization"}
        inherit = {module: inherit[module] for module in self._some(list(inherit), 0.4)}
        paths = {
            "organization": ((),), "contact": ((), ("organization",)), "quote": (("opportunity", "contact"),),
            "opportunity": (("contact",), ("contact", "organization")),
        }  # fmt: skip
        portal = {module: paths[module] for module in self._some(MODULES, 0.7)}
        return SharingDef(defaults=defaults, rules=rules, inherit=inherit, portal=portal), told

    def _party(self) -> tuple[str, str]:
        kind = self.chance.choice(("role", "subtree", "team"))
        names = [*self.teams, "nowhere"] if kind == "team" else list(_ROLES)
        return kind, self.chance.choice(names)

    def _person(self) -> Person:
        teams = set(self._some(list(self.teams.values()), 0.35))
        stands_for = {(module, self.chance.choice(self.records[module])) for module in self._some(MODULES[:2], 0.4)}
        return Person(
            roles=set(self.chance.sample(list(_ROLES), self.chance.randint(0, 2))),
            profiles=set(self._some(("plus", "more"), 0.2)),
            teams=teams,
            leads=set(self._some(sorted(teams), 0.4)),
            stands_for=stands_for,
        )

    def _shares(self) -> list[Shared]:
        found = []
        for _ in range(self.chance.randint(0, 6)):
            module = self.chance.choice(MODULES)
            record, edit = self.chance.choice(self.records[module]), self.chance.random() < 0.5
            kind = self.chance.choice(("user", "team", "role"))
            whom: Any = self.chance.choice(
                self.users if kind == "user" else list(self.teams.values()) if kind == "team" else list(_ROLES)
            )
            to = {"role": whom} if kind == "role" else {"principal": whom}
            ends = self.chance.choice((None, None, -1, 0, 1))
            until = None if ends is None else self.company.now + timedelta(hours=ends)
            self.company.share(module, record, "edit" if edit else "read", until=until, **to)
            found.append(Shared(module, record, (kind, whom), edit, ends))
        return found

    def _actor(self, user: int, person: Person) -> Actor:
        return Actor(
            user_id=user, name=f"user{user}", roles=tuple(sorted(person.roles)),
            profiles=tuple(sorted(person.profiles)), team_ids=tuple(sorted(person.teams)),
        )  # fmt: skip

    def _values(self) -> dict[str, dict[int, dict[str, Any]]]:
        return {
            module: {
                record.id: record.values
                for record in self.company.records.fetch(SYSTEM, module, ids, fields=("owner", *_FIELDS[module]))
            }
            for module, ids in self.records.items()
        }

    def _teams_above(self) -> dict[int, int | None]:
        world, east, west, coast = (self.teams[name] for name in ("world", "east", "west", "coast"))
        return {world: None, east: world, west: world, coast: west}

    def _some(self, items: Any, odds: float) -> list[Any]:
        return [item for item in items if self.chance.random() < odds]
