"""Modules and fields as the pages name them: labels in one language, controls, slots.

Made once per model, language and field rights and kept in the model's cache. A field that is hidden from the actor
is none here; one that the actor may not change is not writable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.definitions import ModuleDef, RelationDef
from fieldstone.metadata.layout_definitions import BlockDef, LayoutDef, ListViewDef, RelatedListDef, TabDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records import access
from fieldstone.records.access.fields import may_read_inputs
from fieldstone.storage.published import PublishedModel

_WRITABLE_SYSTEM_FIELDS = frozenset({"owner", "record_type"})


@dataclass(frozen=True, kw_only=True)
class DescribedField:
    """A field, or a field of a looked-up record (`path` organization.industry), with its words.

    `type` is what the value is: for a formula or a rollup that of its result. `computed` fields are
    never written; `system` ones are those every module has; `fixed` ones are not for the actor to change.
    `coming`: the values are still being brought over from an earlier definition.
    """

    path: str
    module: str
    label: str
    help: str
    field: FieldDef
    type: FieldType
    control: str
    slot: str
    computed: bool
    system: bool
    fixed: bool = False
    coming: bool = False

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def writable(self) -> bool:
        """Whether the actor may write it at all (the right on the module and conditions come on top)."""
        if self.fixed:
            return False
        if self.system:
            return self.name in _WRITABLE_SYSTEM_FIELDS
        return not (self.computed or self.field.read_only)


class DescribedModule:
    """A module with its words, its layout and its fields.

    `label` and `plural` stand alone, `noun` and `nouns` inside a sentence.
    """

    def __init__(self, published: PublishedModel, module: ModuleDef, actor: Actor) -> None:
        model, language = published.model, actor.language
        self._published = published
        self._actor = actor
        self.model = model
        self.module = module
        self.language = language
        self.name = module.name
        self.label = model.text(f"module.{module.name}.label", language, module.label)
        self.plural = model.text(f"module.{module.name}.plural", language, module.plural)
        self.noun = _within(self.label, language)
        self.nouns = _within(self.plural, language)
        self.help = model.text(f"module.{module.name}.help", language, module.help)
        self.icon = module.icon
        self.layout: LayoutDef = model.layouts[module.name]
        self.variant = ""
        """The variant of the layout by which records are shown; "" for the layout itself."""
        self._fields: dict[str, DescribedField | None] = {}

    def shown_for(self, record_type: object, roles: Collection[str]) -> DescribedModule:
        """The module with the layout that a record of a type (None: of none) has for people with these roles."""
        whole = self.model.layouts[self.name]
        found = whole.find_variant(str(record_type or ""), roles)
        if self.variant == (found.name if found else ""):
            return self
        made = copy(self)
        made.layout, made.variant = (found.layout, found.name) if found else (whole, "")
        made.__dict__.pop("stage", None)
        return made

    def find(self, path: str) -> DescribedField | None:
        """A field by its public name or a path through lookups; None when there is no such field, or it is hidden."""
        if path not in self._fields:
            self._fields[path] = self._describe(path)
        return self._fields[path]

    def field(self, path: str) -> DescribedField:
        found = self.find(path)
        if found is None:
            raise KeyError(path)
        return found

    @property
    def name_field(self) -> DescribedField:
        return self.field(self.module.name_field)

    @cached_property
    def fields(self) -> Mapping[str, DescribedField]:
        """The declared fields in order, then the system fields people look at."""
        names = [*self.module.fields, "owner", "created_at", "created_by", "modified_at", "modified_by"]
        if self.module.number is not None:
            names.append("record_number")
        if self.module.record_types:
            names.append("record_type")
        found = {name: self.find(name) for name in names if name not in ("id", "version")}
        return {name: field for name, field in found.items() if field is not None}

    @cached_property
    def stage(self) -> DescribedField | None:
        """The field of the stage path, if the layout has one."""
        return self.find(self.layout.path) if self.layout.path else None

    @cached_property
    def views(self) -> Mapping[str, ListViewDef]:
        if self.layout.views:
            return self.layout.views
        return {"all": ListViewDef(name="all", label=self.plural, default=True)}

    @property
    def default_view(self) -> ListViewDef:
        return next((view for view in self.views.values() if view.default), next(iter(self.views.values())))

    def tab_label(self, tab: TabDef) -> str:
        return self.model.text(f"tab.{self.name}.{tab.name}", self.language, tab.label)

    def view_label(self, view: ListViewDef) -> str:
        return self.model.text(f"view.{self.name}.{view.name}", self.language, view.label)

    def block_label(self, block: BlockDef) -> str:
        return self.model.text(f"block.{self.name}.{block.name}", self.language, block.label)

    def relation_label(self, relation: RelationDef, shown: RelatedListDef | None = None) -> str:
        return self.model.relation_label(self.name, relation, self.language, shown.label if shown else "")

    def record_types(self) -> Iterator[tuple[str, str]]:
        for name, kind in self.module.record_types.items():
            yield name, self.model.text(f"record_type.{self.name}.{name}", self.language, kind.label)

    def known_sort(self, sort: Sequence[str]) -> tuple[str, ...]:
        """The terms of an order that name no hidden field."""
        names = ((term, term.removeprefix("-").removeprefix("order(").removesuffix(")")) for term in sort)
        return tuple(
            term for term, name in names if access.can_read_field(self._published, self._actor, self.name, name)
        )

    def _describe(self, path: str) -> DescribedField | None:
        head, _, rest = path.partition(".")
        field = find_any_field(self.module, head)
        right = access.field_right(self._published, self._actor, self.name, head)
        if field is None or right == "hidden":
            return None
        if field.expression and not may_read_inputs(self._published, self._actor, self.name, head):
            field = replace(field, expression="")
        system = head not in self.module.fields
        if rest:
            return self._describe_beyond(field, head, rest)
        type_ = _shown_type(self.model, field)
        default = self.model.text(f"system.{head}", self.language, field.label) if system else field.label
        key = f"field.{self.name}.{head}"
        return DescribedField(
            path=head,
            module=self.name,
            label=self.model.text(f"{key}.label", self.language, default),
            help=self.model.text(f"{key}.help", self.language, field.help),
            field=field,
            type=type_,
            control="select" if system and head == "record_type" else type_.control,
            slot="title" if field.is_name else type_.slot,
            computed=self.model.field_types[field.type].computed,
            system=system,
            fixed=right != "edit",
            coming=self._published.waiting.get(field.identity) == "values",
        )

    def _describe_beyond(self, field: FieldDef, head: str, rest: str) -> DescribedField | None:
        """A field of the record that a lookup names, up to as many hops as the path has."""
        if len(field.to) != 1 or field.to[0] not in self.model.modules:
            return None
        beyond = describe(self._published, field.to[0], self._actor).find(rest)
        here = self.find(head)
        if beyond is None or here is None:
            return None
        return DescribedField(
            path=f"{head}.{beyond.path}",
            module=self.name,
            label=f"{here.label} › {beyond.label}",
            help=beyond.help,
            field=beyond.field,
            type=beyond.type,
            control=beyond.control,
            slot="sub" if beyond.slot == "title" else beyond.slot,
            computed=True,
            system=beyond.system,
            coming=here.coming or beyond.coming,
        )


def _within(label: str, language: str) -> str:
    """A label inside a sentence: lower case in English, unless it is an abbreviation."""
    return label.lower() if language == "en" and not label.isupper() else label


def _shown_type(model: AppModel, field: FieldDef) -> FieldType:
    """The type whose values the field holds."""
    return model.field_types[field.result] if field.result else model.field_types[field.type]


def describe(published: PublishedModel, module: str, actor: Actor) -> DescribedModule:
    """As the actor may know it. Raises KeyError for a module that does not exist."""
    rights = (actor.roles, actor.profiles) if access.limits_fields(published, actor) else ()
    key = ("web.described", module, actor.language, rights)
    found = published.cache.get(key)
    if found is None:
        found = published.cache[key] = DescribedModule(published, published.model.modules[module], actor)
    assert isinstance(found, DescribedModule)
    return found
