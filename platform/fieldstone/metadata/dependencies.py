"""What computed fields read: the graph by which `records` recomputes them, and by which cycles are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.dependency_order import find_cycles, rank_all
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scopes import ANY_MODULE, ModuleScope
from fieldstone.metadata.system_fields import find_any_field


class FieldRef(NamedTuple):
    """A field of a module."""

    module: str
    field: str

    def __str__(self) -> str:
        return f"{self.module}.{self.field}"


@dataclass(frozen=True, kw_only=True)
class LookupRead:
    """A field read through lookups: `path` are the lookups to follow, `module` and `field` what is read
    at their end. The lookups on the way are reads of their own."""

    path: tuple[str, ...]
    module: str
    field: str


@dataclass(frozen=True, kw_only=True)
class ChildRead:
    """What a rollup reads of the records of a related list: `fields` of the child itself (the lookup that
    ties it to the parent among them), and `lookups` of its condition."""

    relation: str
    module: str
    fields: tuple[str, ...]
    lookups: tuple[LookupRead, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ComputedField:
    """One formula (`own`, `lookups`) or rollup (`children`). `uses_time`: reads today() or now() itself."""

    module: str
    field: str
    kind: str
    own: tuple[str, ...] = ()
    lookups: tuple[LookupRead, ...] = ()
    children: ChildRead | None = None
    uses_time: bool = False

    @property
    def ref(self) -> FieldRef:
        return FieldRef(self.module, self.field)

    def reads(self) -> Iterator[FieldRef]:
        """Every field whose change may change this one."""
        for name in self.own:
            yield FieldRef(self.module, name)
        for lookup in self.lookups:
            yield FieldRef(lookup.module, lookup.field)
        if self.children:
            for name in self.children.fields:
                yield FieldRef(self.children.module, name)
            for lookup in self.children.lookups:
                yield FieldRef(lookup.module, lookup.field)


@dataclass(frozen=True, kw_only=True)
class DependencyGraph:
    """`computed`: every computed field. `order`: module → its computed fields, each after those of the same
    module it reads. `rank`: a place in the order over all modules: a field's is higher than that of all
    it reads. `dependants`: any field → the computed fields that read it. `volatile`: those that depend on
    the time, directly or not, and are therefore not stored. `cycles`: each a path that ends where it
    starts; a model that compiled has none."""

    computed: Mapping[FieldRef, ComputedField]
    order: Mapping[str, tuple[str, ...]]
    rank: Mapping[FieldRef, int]
    dependants: Mapping[FieldRef, tuple[FieldRef, ...]]
    volatile: frozenset[FieldRef]
    cycles: tuple[tuple[FieldRef, ...], ...] = ()


def build_dependencies(model: AppModel) -> DependencyGraph:
    """The graph of a model. Costs a walk over all computed fields: keep it as long as the model."""
    computed = [
        found
        for module in model.modules.values()
        for found in find_computed(module, model.modules, model.picklists, model.field_types)
    ]
    return build_graph(computed)


def find_computed(
    module: ModuleDef,
    modules: Mapping[str, ModuleDef],
    picklists: Mapping[str, PicklistDef],
    field_types: Registry[FieldType],
) -> list[ComputedField]:
    """The computed fields of a module with what they read; those that do not compile are left out."""
    scope = ModuleScope(modules, module.name, picklists, field_types)
    found = []
    for field in module.fields.values():
        try:
            if field.type == "formula":
                found.append(_formula(module, field, compile_expression(field.expression, scope), modules))
            elif field.type == "rollup":
                rollup = _rollup(module, field, modules, picklists, field_types)
                found += [rollup] if rollup else []
        except ExpressionError:
            continue
    return found


def build_graph(computed: Iterable[ComputedField]) -> DependencyGraph:
    """The graph of computed fields, in any order."""
    by_ref = {field.ref: field for field in computed}
    dependants: dict[FieldRef, list[FieldRef]] = {}
    reads: dict[FieldRef, set[FieldRef]] = {}
    for ref, field in by_ref.items():
        direct = set(field.reads())
        reads[ref] = {read for read in direct if read in by_ref}
        for read in direct:
            dependants.setdefault(read, []).append(ref)
    rank = rank_all(reads)
    order: dict[str, list[str]] = {}
    volatile: set[FieldRef] = set()
    for ref in sorted(rank, key=lambda item: (rank[item], item)):
        order.setdefault(ref.module, []).append(ref.field)
        if by_ref[ref].uses_time or reads[ref] & volatile:
            volatile.add(ref)
    return DependencyGraph(
        computed=by_ref,
        order={module: tuple(fields) for module, fields in order.items()},
        rank=rank,
        dependants={ref: tuple(sorted(readers)) for ref, readers in dependants.items()},
        volatile=frozenset(volatile),
        cycles=find_cycles(reads, rank),
    )


def _formula(
    module: ModuleDef, field: FieldDef, compiled: CompiledExpression, modules: Mapping[str, ModuleDef]
) -> ComputedField:
    own, lookups = _split(module, compiled.paths, modules)
    return ComputedField(
        module=module.name, field=field.name, kind="formula", own=own, lookups=lookups, uses_time=compiled.uses_time
    )


def _rollup(
    module: ModuleDef,
    field: FieldDef,
    modules: Mapping[str, ModuleDef],
    picklists: Mapping[str, PicklistDef],
    field_types: Registry[FieldType],
) -> ComputedField | None:
    relation = module.relations.get(field.relation)
    child = modules.get(relation.to) if relation else None
    if relation is None or child is None:
        return None
    own: tuple[str, ...] = ()
    lookups: tuple[LookupRead, ...] = ()
    uses_time = False
    if field.where:
        link = relation if relation.kind == "many_to_many" else None
        compiled = compile_expression(field.where, ModuleScope(modules, child.name, picklists, field_types, link=link))
        own, lookups = _split(child, compiled.paths, modules)
        uses_time = compiled.uses_time
    fields = dict.fromkeys(name for name in (relation.field, field.of, *own) if name)
    children = ChildRead(relation=relation.name, module=child.name, fields=tuple(fields), lookups=lookups)
    return ComputedField(module=module.name, field=field.name, kind="rollup", children=children, uses_time=uses_time)


def _split(
    module: ModuleDef, paths: Iterable[tuple[str, ...]], modules: Mapping[str, ModuleDef]
) -> tuple[tuple[str, ...], tuple[LookupRead, ...]]:
    """Own fields and reads through lookups, of the paths an expression reads."""
    own: dict[str, None] = {}
    lookups: dict[LookupRead, None] = {}
    for path in sorted(paths):
        if find_any_field(module, path[0]) is None:
            continue  # user.…, link.…: not fields of a record
        own[path[0]] = None
        holder = module
        for position, step in enumerate(path[1:], start=1):
            lookup = find_any_field(holder, path[position - 1])
            if lookup is None or lookup.type != "lookup" or len(lookup.to) != 1 or lookup.to[0] == ANY_MODULE:
                break
            holder = modules[lookup.to[0]]
            lookups[LookupRead(path=path[:position], module=holder.name, field=step)] = None
    return tuple(own), tuple(lookups)
