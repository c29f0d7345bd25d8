"""What documents declare, in final form: frozen, complete, every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property
from types import MappingProxyType
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.stored_keys import StoredKeys

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


@dataclass(frozen=True, kw_only=True)
class RuleDef:
    """A validation rule: `condition` true blocks the save with `message`, shown at `field` ("" = record)."""

    name: str
    condition: str
    message: str
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class RelationDef:
    """A related list, seen from the module that has it.

    `kind` is one_to_many (the far side of a lookup: `field` of module `to` points here), many_to_many
    (declared; `attributes` are fields on the link) or its far side (`inverse_of` names the declaring
    module and relation). `name` is unique among the module's relations.
    """

    name: str
    kind: str
    to: str
    label: str
    field: str = ""
    inverse_of: tuple[str, str] | None = None
    reverse: str = ""
    attributes: Mapping[str, FieldDef] = attribute(default_factory=_nothing)
    identity: str = ""
    table: str = ""


@dataclass(frozen=True, kw_only=True)
class DuplicatesDef:
    """`match`: fields that together make a duplicate (folded); `on_match` warn or block."""

    match: tuple[str, ...]
    on_match: str = "warn"


@dataclass(frozen=True, kw_only=True)
class NumberDef:
    prefix: str = ""
    digits: int = 5


@dataclass(frozen=True, kw_only=True)
class RecordTypeDef:
    """A variant of a module. `picklists`: field → the value keys it may hold, in order. `roles` are those of the
    people who may choose it, None: everybody. `identity` and `stored`, its name in rows ("" = `name`), survive a
    rename."""

    name: str
    label: str
    picklists: Mapping[str, tuple[str, ...]] = attribute(default_factory=_nothing)
    roles: tuple[str, ...] | None = None
    identity: str = ""
    stored: str = ""


@dataclass(frozen=True, kw_only=True)
class ActivityDef:
    """What makes the records of a module part of the activity of those they are about. `about`: the lookup that says
    so; `kind` comment or entry; `text` what is shown below the line; `done` the date-time at which it was finished;
    `reply_to` the lookup to the comment that one answers; `edited_at` when the text was last changed; `pinned` the
    checkbox of what stands above all else ("" none)."""

    about: str
    kind: str = "entry"
    text: str = ""
    done: str = ""
    reply_to: str = ""
    edited_at: str = ""
    pinned: str = ""


@dataclass(frozen=True, kw_only=True)
class ReminderDef:
    """When owners are reminded of the records of a module: `before`, a field that holds a duration, ahead of the date
    or date-time in `at`. A date counts from `time` (hh:mm) of the day. `condition` must hold then, "" always."""

    at: str
    before: str
    time: str = "09:00"
    condition: str = ""


@dataclass(frozen=True, kw_only=True)
class OccursDef:
    """When what the records of a module stand for happens. `start`, `end`: dates or date-times; `all_day`: the checkbox
    of those that take whole days; `zone`: the text that says in whose clock the times were meant, an IANA name filled
    in when a record is made; `repeat`: the rule of a series, of which the record is the first; `series`: the lookup
    of one that was taken out of a series, to be its own ("" none)."""

    start: str
    end: str = ""
    all_day: str = ""
    zone: str = ""
    repeat: str = ""
    series: str = ""


@dataclass(frozen=True, kw_only=True)
class ModuleDef:
    """A kind of record. `fields` are the declared ones, in order; system fields are not among them.

    `relations` holds every related list, declared and derived from lookups. `table` is the physical
    name, `identity` the stable one. `hidden` modules are not in the navigation. `former_types`: name →
    stored name of record types that are gone; records may still have them.
    """

    name: str
    label: str
    plural: str
    name_field: str
    fields: Mapping[str, FieldDef]
    group: str = ""
    icon: str = "circle"
    help: str = ""
    number: NumberDef | None = None
    record_types: Mapping[str, RecordTypeDef] = attribute(default_factory=_nothing)
    relations: Mapping[str, RelationDef] = attribute(default_factory=_nothing)
    rules: Mapping[str, RuleDef] = attribute(default_factory=_nothing)
    duplicates: DuplicatesDef | None = None
    activity: ActivityDef | None = None
    reminder: ReminderDef | None = None
    occurs: OccursDef | None = None
    indexes: tuple[tuple[str, ...], ...] = ()
    searchable: bool = True
    hidden: bool = False
    identity: str = ""
    table: str = ""
    former_types: Mapping[str, str] = attribute(default_factory=_nothing)

    @cached_property
    def stored_types(self) -> StoredKeys | None:
        """How rows hold the record types; None when all are held by their names."""
        present = ((item.name, item.stored or item.name) for item in self.record_types.values())
        return StoredKeys.of((*self.former_types.items(), *present))


@dataclass(frozen=True, kw_only=True)
class StepDef:
    """One action of a workflow: `action` names it, `options` are its own, checked by the action;
    `condition` is the step's own `if` ("" = always); `answer` is what the approval before it must have come to
    ("" = whatever)."""

    action: str
    options: Any
    condition: str = ""
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkflowDef:
    """`on` is the trigger; `fields` limits `updated`; `schedule` belongs to trigger schedule
    (`cron: …` or `days_before: 3, field: close_date` …), `stage` to stage_entered (`field`, `to`, `record_types`),
    `relation` to linked and unlinked, `webhook` to webhook (`as`, `mode`, `key`, `values`)."""

    name: str
    module: str
    label: str
    on: str
    steps: tuple[StepDef, ...]
    condition: str = ""
    fields: tuple[str, ...] = ()
    schedule: Mapping[str, Any] = attribute(default_factory=_nothing)
    stage: Mapping[str, Any] = attribute(default_factory=_nothing)
    relation: str = ""
    webhook: Mapping[str, Any] = attribute(default_factory=_nothing)
    active: bool = True
    before_save: bool = False


@dataclass(frozen=True, kw_only=True)
class Grants:
    """What a role or a profile gives.

    `modules`: module or "*" (all that are not named) → right → scope, every scope filled in; rights are
    those of `metadata.rights.RIGHTS`, scopes those of `SCOPES`. `fields`: module → field → hidden, read or
    edit; a field that is not named may be edited. `scope` is that of the rights whose documents name none.
    """

    scope: str = "own"
    modules: Mapping[str, Mapping[str, str]] = attribute(default_factory=_nothing)
    fields: Mapping[str, Mapping[str, str]] = attribute(default_factory=_nothing)
    tools: frozenset[str] = frozenset()

    def rights_on(self, module: str) -> Mapping[str, str]:
        """Right → scope on a module."""
        found = self.modules.get(module)
        return self.modules.get("*", _NOTHING) if found is None else found


@dataclass(frozen=True, kw_only=True)
class RoleDef:
    """A place in the tree of people. `parent` is the role above ("" = none), `profiles` give rights besides
    the role's own. `setup`: all of /setup; `setup_parts` are those it lets into, `setup_modules` the modules that
    it lets shape without the part that has all of them."""

    name: str
    label: str
    grants: Grants
    profiles: tuple[str, ...] = ()
    setup: bool = False
    setup_parts: tuple[str, ...] = ()
    setup_modules: tuple[str, ...] = ()
    parent: str = ""
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class ProfileDef:
    """Rights under a name, for roles and for single users."""

    name: str
    label: str
    grants: Grants
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class Party:
    """People by what they are. `kind`: role (those who have it), subtree (those who have it or one below it),
    team (the members of a team and of the teams below it)."""

    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class SharingRuleDef:
    """The records of `module` owned by `owners` (None: by anybody) for which `where` holds ("" = all) are in
    reach of `to`: to view them, and to edit them too when `access` is edit."""

    name: str
    label: str
    module: str
    to: tuple[Party, ...]
    access: str
    owners: Party | None = None
    where: str = ""
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class SharingDef:
    """What is in reach beyond the scopes of rights.

    `defaults`: module or "*" → private, read or edit. `inherit`: module → its lookup, to one module or several,
    to the record that brings it into reach in the same way. `portal`: module → the paths of lookups, each a
    tuple of fields, from a record to one that the user stands for; () where that is the record itself.
    """

    defaults: Mapping[str, str] = attribute(default_factory=_nothing)
    rules: Mapping[str, SharingRuleDef] = attribute(default_factory=_nothing)
    inherit: Mapping[str, str] = attribute(default_factory=_nothing)
    portal: Mapping[str, tuple[tuple[str, ...], ...]] = attribute(default_factory=_nothing)

    def default_of(self, module: str) -> str:
        """private, read or edit."""
        return self.defaults.get(module) or self.defaults.get("*", "private")


@dataclass(frozen=True, kw_only=True)
class EmailTemplateDef:
    name: str
    label: str
    subject: str
    body: str
    module: str = ""
