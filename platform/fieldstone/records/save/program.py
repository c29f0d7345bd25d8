"""A module made ready for saving: fields, statements and checks, compiled once per model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.definitions import ModuleDef, RuleDef
from fieldstone.metadata.offering import Offering, offerings_of
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS
from fieldstone.records import codes
from fieldstone.records.live import find_live
from fieldstone.records.save.field_program import FieldProgram, build_field_program
from fieldstone.records.stages import SaveWork
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.tables import ModuleTable

WRITABLE_SYSTEM_FIELDS = frozenset({"owner", "record_type"})
"""The system fields that people may set."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FormulaProgram:
    """`heads` are the fields of the record itself that the formula begins to read at."""

    field: FieldProgram
    compiled: CompiledExpression
    heads: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Loader:
    """Reads some fields of a module's rows."""

    fields: tuple[FieldProgram, ...]
    columns: tuple[sa.Column[Any], ...]

    def load(self, row: Sequence[Any]) -> dict[str, Any]:
        """Public name → value, of a row fetched with `columns`."""
        values: dict[str, Any] = {}
        position = 0
        for field in self.fields:
            if field.plain:
                value = row[position]
                values[field.name] = field.blank if value is None else value
                position += 1
                continue
            cells = {}
            for item in field.columns:
                if not item.derived:
                    cells[item.suffix] = row[position]
                    position += 1
            values[field.name] = field.load(cells)
        return values


class ModuleProgram:
    """Everything a save asks about a module, found without searching the model again."""

    def __init__(self, published: PublishedModel, module: ModuleDef, dialect: sa.Dialect) -> None:
        self.published = published
        self.module = module
        self.dialect = dialect
        self.identity = module.identity
        self.module_table: ModuleTable = published.tables.module(module.name)
        self.table = self.module_table.table
        model = published.model
        identities = {name: other.identity for name, other in model.modules.items()}
        names = {identity: name for name, identity in identities.items()}
        self.fields: dict[str, FieldProgram] = {}
        for field, system in (
            *((item, True) for item in SYSTEM_FIELD_DEFS.values()),
            *((item, False) for item in module.fields.values()),
        ):
            field_type = model.type_of(field)
            self.fields[field.name] = build_field_program(
                field,
                field_type,
                field_type.value_type(field, model.picklists),
                {"": self.module_table.column(field.name)} if system else self.module_table.columns_of(field),
                system=system,
                dialect=dialect,
                modules=identities,
                module_names=names,
            )
        self.own_fields = tuple(item for item in self.fields.values() if not item.system)
        self.input_fields = tuple(
            item
            for item in self.fields.values()
            if (item.name in WRITABLE_SYSTEM_FIELDS if item.system else not item.computed)
        )
        self.blank: Mapping[str, Any] = {item.name: item.blank for item in self.fields.values()}
        self.by_identity = {item.identity: item for item in self.fields.values()}

    @cached_property
    def scope(self) -> ModuleScope:
        model = self.published.model
        return ModuleScope(model.modules, self.module.name, model.picklists, model.field_types, old=True)

    def compile(self, source: str, *, expected: str | None = None) -> CompiledExpression:
        return compile_expression(source, self.scope, expected=expected)

    @cached_property
    def loader(self) -> Loader:
        return self.loader_of(self.fields)

    def loader_of(self, names: Iterable[str]) -> Loader:
        fields = tuple(self.fields[name] for name in names)
        columns = tuple(item.column for field in fields for item in field.columns if not item.derived)
        return Loader(fields=fields, columns=columns)

    @cached_property
    def formulas(self) -> tuple[FormulaProgram, ...]:
        """The stored formulas, those read by others first."""
        found = {
            field.name: FormulaProgram(field=field, compiled=compiled, heads=frozenset(p[0] for p in compiled.paths))
            for field in self.own_fields
            if field.field.type == "formula"
            for compiled in (self.compile(field.field.expression),)
        }
        module = self.module.name
        stored = {name: item for name, item in found.items() if find_live(self.published, module, name) is None}
        ordered: dict[str, FormulaProgram] = {}

        def place(name: str) -> None:
            if name in ordered or name not in stored:
                return
            for path in sorted(stored[name].compiled.paths):
                if path[0] != name:
                    place(path[0])
            ordered[name] = stored[name]

        for name in stored:
            place(name)
        return tuple(ordered.values())

    @cached_property
    def rules(self) -> tuple[tuple[RuleDef, CompiledExpression], ...]:
        return tuple((rule, self.compile(rule.condition, expected="boolean")) for rule in self.module.rules.values())

    @cached_property
    def required_when(self) -> tuple[tuple[FieldProgram, CompiledExpression], ...]:
        return self._conditions("required_when")

    @cached_property
    def read_only_when(self) -> tuple[tuple[FieldProgram, CompiledExpression], ...]:
        return self._conditions("read_only_when")

    @cached_property
    def default_expressions(self) -> tuple[tuple[FieldProgram, CompiledExpression], ...]:
        return tuple(
            (field, self.compile(field.field.default_expression))
            for field in self.input_fields
            if field.field.default_expression
        )

    def _conditions(self, attribute: str) -> tuple[tuple[FieldProgram, CompiledExpression], ...]:
        return tuple(
            (field, self.compile(getattr(field.field, attribute), expected="boolean"))
            for field in self.own_fields
            if getattr(field.field, attribute)
        )

    @cached_property
    def lookups(self) -> tuple[FieldProgram, ...]:
        """The fields whose value names a record or a principal, the owner included."""
        return tuple(item for item in self.input_fields if item.value_type.kind == "reference")

    @cached_property
    def picklists(self) -> tuple[FieldProgram, ...]:
        return tuple(item for item in self.input_fields if item.field.picklist)

    @cached_property
    def recorded(self) -> frozenset[str]:
        """The fields whose changes the history keeps: all that can be set (computed ones follow from them)."""
        return frozenset(item.name for item in self.input_fields)

    @cached_property
    def tracked(self) -> tuple[FieldProgram, ...]:
        """The fields of which it is kept how long they held each value."""
        return tuple(item for item in self.own_fields if item.field.track_duration)

    @cached_property
    def offerings(self) -> Mapping[str, Offering]:
        """What the picklist fields offer."""
        return offerings_of(self.published.model, self.module.name)

    @cached_property
    def reserved_types(self) -> bool:
        """Whether there are record types that only some roles may choose."""
        return any(kind.roles is not None for kind in self.module.record_types.values())

    @cached_property
    def required(self) -> tuple[FieldProgram, ...]:
        return tuple(item for item in self.input_fields if item.field.required)

    @cached_property
    def read_only(self) -> tuple[FieldProgram, ...]:
        return tuple(item for item in self.input_fields if item.field.read_only or item.field.read_only_after_create)

    @cached_property
    def unique(self) -> tuple[FieldProgram, ...]:
        return tuple(item for item in self.own_fields if item.field.unique)


def program_of(published: PublishedModel, module: str, dialect: sa.Dialect) -> ModuleProgram:
    """The program of a module, kept with the model. Raises NotFoundError record.E011."""
    key = ("program", module)
    found: ModuleProgram | None = published.cache.get(key)
    if found is None:
        definition = published.model.modules.get(module)
        if definition is None:
            raise NotFoundError(codes.NO_MODULE, module=module)
        found = published.cache[key] = ModuleProgram(published, definition, dialect)
    return found


def program_for(work: SaveWork, module: str) -> ModuleProgram:
    return program_of(work.published, module, work.connection.dialect)
