"""Who may see what is decided today, also for the records of a past time: access of today by the names of then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from fieldstone.metadata.definitions import (
    Grants,
    ModuleDef,
    ProfileDef,
    RoleDef,
    SharingDef,
    SharingRuleDef,
)
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.past_conditions import past_condition
from fieldstone.metadata.rights import EVERY_MODULE
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS

V = TypeVar("V")


def with_access_of(current: AppModel, past: AppModel) -> AppModel:
    """`past` with the roles, profiles and sharing of `current` under the names that modules and fields had.

    A module of then that is no more is in reach only of grants that name all modules; of a field that is no
    more the rights are those of then. What is shared over fields that did not exist then is not shared.
    """
    return _PastAccess(current, past).translated()


@dataclass(frozen=True)
class _PastAccess:
    current: AppModel
    past: AppModel

    def translated(self) -> AppModel:
        roles = {
            role.name: replace(role, grants=self._grants(role.grants, self.past.roles, role.identity))
            for role in self.current.roles.values()
        }
        profiles = {
            profile.name: replace(profile, grants=self._grants(profile.grants, self.past.profiles, profile.identity))
            for profile in self.current.profiles.values()
        }
        return replace(self.past, roles=roles, profiles=profiles, sharing=self._sharing(self.current.sharing))

    @cached_property
    def _modules(self) -> Mapping[str, ModuleDef]:
        """Name of today → the module of then."""
        then = {module.identity: module for module in self.past.modules.values()}
        known = ((name, then.get(module.identity)) for name, module in self.current.modules.items())
        return {name: module for name, module in known if module is not None}

    @cached_property
    def _fields(self) -> Mapping[str, Mapping[str, str]]:
        """Module of today → its fields by their names of today → those of then."""
        found = {}
        for name, module in self._modules.items():
            then = {field.identity: field.name for field in module.fields.values()}
            fields = self.current.modules[name].fields.values()
            found[name] = {field.name: then[field.identity] for field in fields if field.identity in then}
        return found

    def _by_module(self, named: Mapping[str, V]) -> dict[str, V]:
        """What is said of modules, under the names of then; of those that did not exist nothing."""
        found = {EVERY_MODULE: named[EVERY_MODULE]} if EVERY_MODULE in named else {}
        return found | {self._modules[name].name: said for name, said in named.items() if name in self._modules}

    def _grants(self, grants: Grants, past: Mapping[str, RoleDef] | Mapping[str, ProfileDef], identity: str) -> Grants:
        fields: dict[str, dict[str, str]] = {}
        for module, named in grants.fields.items():
            if module in self._modules:
                names = {**{name: name for name in SYSTEM_FIELD_DEFS}, **self._fields[module]}
                known = {names[name]: said for name, said in named.items() if name in names}
                fields[self._modules[module].name] = known
        holder = next((item for item in past.values() if identity and item.identity == identity), None)
        for module, field in self._gone() if holder else ():
            access = holder.grants.fields.get(module, {}).get(field) if holder else None
            if access:
                fields.setdefault(module, {})[field] = access
        return replace(grants, modules=self._by_module(grants.modules), fields=fields)

    def _gone(self) -> Iterator[tuple[str, str]]:
        """Module and name of the fields of then that are no more."""
        now = {field.identity for module in self.current.modules.values() for field in module.fields.values()}
        for module in self.past.modules.values():
            yield from ((module.name, field.name) for field in module.fields.values() if field.identity not in now)

    def _sharing(self, sharing: SharingDef) -> SharingDef:
        rules = {name: self._rule(rule) for name, rule in sharing.rules.items() if rule.module in self._modules}
        inherit = {
            module: self._fields[module][field]
            for module, field in sharing.inherit.items()
            if field in self._fields.get(module, {})
        }
        portal = {
            module: tuple(path for path in (self._path(module, steps) for steps in paths) if path is not None)
            for module, paths in sharing.portal.items()
            if module in self._modules
        }
        return SharingDef(
            defaults=self._by_module(sharing.defaults),
            rules={name: rule for name, rule in rules.items() if rule is not None},
            inherit=self._by_module(inherit),
            portal=self._by_module(portal),
        )

    def _rule(self, rule: SharingRuleDef) -> SharingRuleDef | None:
        then = self._modules[rule.module]
        where = past_condition(self.current, self.past, rule.module, rule.where) if rule.where else ""
        return None if where is None else replace(rule, module=then.name, where=where)

    def _path(self, module: str, steps: tuple[str, ...]) -> tuple[str, ...] | None:
        """A path of lookups by the names of then; None when it was not there."""
        found: list[str] = []
        for step in steps:
            name = self._fields.get(module, {}).get(step)
            if name is None:
                return None
            found.append(name)
            module = next(iter(self.current.modules[module].fields[step].to), "")
        return tuple(found)
