"""What two definitions of who may do what say differently: attribute → [old, new], in plain data.

Rights are told one by one: `modules.opportunity.edit` → its scopes before and now, "" for none. Where one of them says
nothing of a module or a field, what it means by that counts. Names are those of the new model on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldstone.metadata.definitions import Grants, Party, ProfileDef, RoleDef, SharingDef, SharingRuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.rights import RIGHTS, SELF

Details = dict[str, list[Any]]
LIKE_OTHERS, BY_ITSELF = "like other modules", "by itself"
"""How a module's rights are given."""

NO_ROLE = RoleDef(name="", label="", grants=Grants(scope=""))
NO_PROFILE = ProfileDef(name="", label="", grants=Grants(scope=""))
NO_RULE = SharingRuleDef(name="", label="", module="", to=(), access="")
"""What something new is compared with."""


@dataclass(frozen=True, kw_only=True)
class PresentNames:
    """Old → new names of what both models have. `fields`: old module → its fields; `targets`: old module → its
    lookups → the old module where one leads to a single one."""

    modules: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    targets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, str] = field(default_factory=dict)

    def module(self, name: str) -> str:
        return self.modules.get(name, name)

    def field(self, module: str, name: str) -> str:
        return self.fields.get(module, {}).get(name, name)

    def path(self, module: str, steps: Iterable[str]) -> str:
        """A path of lookups."""
        found = []
        for step in steps:
            found.append(self.field(module, step))
            module = self.targets.get(module, {}).get(step, "")
        return ".".join(found)


def present_names(old: AppModel, new: AppModel) -> PresentNames:
    now = {module.identity: module for module in new.modules.values()}
    kept = {name: now[module.identity] for name, module in old.modules.items() if module.identity in now}
    fields = {}
    for name, module in kept.items():
        names = {item.identity: item.name for item in module.fields.values()}
        before = old.modules[name].fields.values()
        fields[name] = {item.name: names[item.identity] for item in before if item.identity in names}
    return PresentNames(
        modules={name: module.name for name, module in kept.items()},
        fields=fields,
        targets={
            name: {item.name: item.to[0] for item in module.fields.values() if len(item.to) == 1}
            for name, module in old.modules.items()
        },
        roles=_renamed(old.roles.values(), new.roles.values()),
        profiles=_renamed(old.profiles.values(), new.profiles.values()),
    )


def _renamed(old: Iterable[RoleDef | ProfileDef], new: Iterable[RoleDef | ProfileDef]) -> dict[str, str]:
    now = {item.identity: item.name for item in new if item.identity}
    return {item.name: now[item.identity] for item in old if item.identity in now}


def role_differences(old: RoleDef, new: RoleDef, names: PresentNames) -> Details:
    profiles = [names.profiles.get(name, name) for name in old.profiles]
    pairs: dict[str, list[Any]] = {
        "label": [old.label, new.label],
        "parent": [names.roles.get(old.parent, old.parent), new.parent],
        "setup": [list(old.setup_parts), list(new.setup_parts)],
        "setup_modules": [[names.modules.get(name, name) for name in old.setup_modules], list(new.setup_modules)],
        "profiles": [profiles, list(new.profiles)],
    }
    return _unequal(pairs) | _grants(old.grants, new.grants, names)


def profile_differences(old: ProfileDef, new: ProfileDef, names: PresentNames) -> Details:
    return _unequal({"label": [old.label, new.label]}) | _grants(old.grants, new.grants, names)


def rule_differences(old: SharingRuleDef, new: SharingRuleDef, names: PresentNames) -> Details:
    return _unequal(
        {
            "label": [old.label, new.label],
            "module": [names.module(old.module), new.module],
            "from": [_parties((old.owners,), names), _parties((new.owners,), PresentNames())],
            "where": [old.where, new.where],
            "to": [_parties(old.to, names), _parties(new.to, PresentNames())],
            "access": [old.access, new.access],
        }
    )


def sharing_differences(old: SharingDef, new: SharingDef, names: PresentNames) -> Details:
    """Of all but the rules."""
    was = SharingDef(defaults={names.module(module): access for module, access in old.defaults.items()})
    defaults = {
        f"defaults.{module}": [was.default_of(module), new.default_of(module)]
        for module in dict.fromkeys((*was.defaults, *new.defaults))
    }
    inherit = {names.module(module): names.field(module, lookup) for module, lookup in old.inherit.items()}
    paths = dict(_portal(old, names))
    return {
        **_unequal(defaults),
        **_entries("inherit", inherit, new.inherit),
        **_entries("portal", paths, dict(_portal(new, PresentNames()))),
    }


def _grants(old: Grants, new: Grants, names: PresentNames) -> Details:
    found = _unequal({"scope": [old.scope, new.scope]})
    before = Grants(modules={names.module(module): rights for module, rights in old.modules.items()})
    for module in dict.fromkeys((*before.modules, *new.modules)):
        rights = before.rights_on(module), new.rights_on(module)
        each = {f"modules.{module}.{right}": [side.get(right, "") for side in rights] for right in RIGHTS}
        differing = _unequal(each)
        is_named = module in before.modules, module in new.modules
        if not differing and is_named[0] != is_named[1]:
            words = [BY_ITSELF if named else LIKE_OTHERS for named in is_named]
            differing = {f"modules.{module}": words}
        found |= differing
    was = dict(_fields(old, names))
    found |= _entries("fields", was, dict(_fields(new, PresentNames())), without="edit")
    return found | _unequal({"tools": [sorted(old.tools), sorted(new.tools)]})


def _fields(grants: Grants, names: PresentNames) -> Iterator[tuple[str, str]]:
    for module, fields in grants.fields.items():
        for name, access in fields.items():
            yield f"{names.module(module)}.{names.field(module, name)}", access


def _portal(sharing: SharingDef, names: PresentNames) -> Iterator[tuple[str, list[str]]]:
    for module, paths in sharing.portal.items():
        yield names.module(module), [names.path(module, path) or SELF for path in paths]


def _parties(parties: Iterable[Party | None], names: PresentNames) -> list[str]:
    """A party in a word for its kind and its name."""
    known = [party for party in parties if party is not None]
    return [f"{each.kind} {_party(each, names)}" for each in known]


def _party(party: Party, names: PresentNames) -> str:
    return party.name if party.kind == "team" else names.roles.get(party.name, party.name)


def _entries(prefix: str, old: Mapping[str, Any], new: Mapping[str, Any], *, without: str = "") -> Details:
    """`without` is what holds where nothing is said."""
    keys = dict.fromkeys((*old, *new))
    return _unequal({f"{prefix}.{key}": [old.get(key, without), new.get(key, without)] for key in keys})


def _unequal(pairs: Mapping[str, list[Any]]) -> Details:
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
