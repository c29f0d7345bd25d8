"""The steps that a change of the model takes on rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from fieldstone.changes.conversions import ChangedField
from fieldstone.changes.counting import Counts
from fieldstone.changes.meaning import Meanings
from fieldstone.changes.proposal import Proposal
from fieldstone.changes.replaced import replaced_choices
from fieldstone.changes.steps.fold import FORMS
from fieldstone.fields.auto_number import AutoNumberType
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.dependencies import DependencyGraph, FieldRef, build_dependencies
from fieldstone.metadata.model import AppModel
from fieldstone.records.search.parts import find_restricted
from fieldstone.storage.physical import Physical
from fieldstone.storage.shapes import TableShape, column_name
from fieldstone.storage.steps import Step

_COMPUTED = ("formula", "rollup")


class RowWork:
    """Finds the steps from `old` to `new`; only modules that have rows need any."""

    def __init__(
        self,
        old: AppModel,
        new: AppModel,
        counts: Counts,
        physical: Physical,
        conversions: Mapping[str, ChangedField],
    ) -> None:
        self._old = old
        self._new = new
        self._counts = counts
        self._physical = physical
        self._conversions = conversions
        self._meanings = Meanings(old, new)
        self._before = {module.identity: module for module in old.modules.values()}

    def steps(
        self,
        proposal: Proposal,
        shapes: Mapping[str, TableShape],
        back: Mapping[str, int | None],
        unfinished: frozenset[str],
    ) -> list[Step]:
        """In the order in which they have to be done."""
        found = [*self._reserving(), *self._converting(back, unfinished)]
        found += [*self._filling(proposal), *self._replacing(proposal)]
        found += [*self._numbering(), *self._typing(), *self._computing()]
        found += [*self._folding(shapes), *self._reindexing(proposal)]
        return [step for step in found if step.total]

    def _grown(self) -> Iterator[tuple[ModuleDef, ModuleDef]]:
        """(before, now) of every module that was there."""
        for module in self._new.modules.values():
            earlier = self._before.get(module.identity)
            if earlier is not None:
                yield earlier, module

    def _revived(self) -> Iterator[ModuleDef]:
        """The modules that come back with their records: what they had when they went may have another meaning now."""
        for module in self._new.modules.values():
            if module.identity not in self._before and module.table in self._physical.columns:
                yield module

    def _rows(self, module: ModuleDef) -> int:
        """0 of one that is new."""
        return self._counts.rows(module.table) if module.table in self._physical.columns else 0

    def _converting(self, back: Mapping[str, int | None], unfinished: frozenset[str]) -> Iterator[Step]:
        for item in self._conversions.values():
            identity = item.field.identity
            if item.converts(back=identity in back):
                yield Step(
                    kind="convert",
                    module=item.module.identity,
                    field=identity,
                    params={
                        "from": item.version,
                        "back": identity in back,
                        "then": back.get(identity),
                        "unfinished": identity in unfinished,
                    },
                    # What has values of before shows them until those that were changed since have come over.
                    waits="values",
                    total=self._counts.rows(item.table),
                )

    def _filling(self, proposal: Proposal) -> Iterator[Step]:
        for move in proposal.backfills:
            module_name, _, name = move.field.partition(".")
            module = self._new.modules[module_name]
            yield Step(
                kind="fill",
                module=module.identity,
                field=module.fields[name].identity,
                params={"value": move.value, "if": move.condition},
                # Until then a record may lack what is required, and can be saved all the same.
                waits="filled",
                total=self._rows(module),
            )

    def _replacing(self, proposal: Proposal) -> Iterator[Step]:
        for choice in replaced_choices(proposal.replaces, self._old, self._new):
            params = {"key": choice.key, "from": choice.stored, "to": choice.to}
            for before, module in self._grown():
                if choice.kind == "record_type":
                    if before.name == choice.owner:
                        yield Step(kind="replace", module=module.identity, params=params, total=self._rows(module))
                    continue
                for field in before.fields.values():
                    kept = _by_identity(module, field.identity)
                    if field.picklist == choice.owner and kept and kept.picklist and not self._is_computed(kept):
                        yield Step(
                            kind="replace",
                            module=module.identity,
                            field=field.identity,
                            params=params,
                            total=self._rows(module),
                        )

    def _typing(self) -> Iterator[Step]:
        """Records of a module that has just got record types are of the first."""
        for before, module in self._grown():
            if module.record_types and not before.record_types:
                params = {"key": None, "from": None, "to": next(iter(module.record_types))}
                yield Step(kind="replace", module=module.identity, params=params, total=self._rows(module))

    def _reserving(self) -> Iterator[Step]:
        """Within the publish, however large the table is: the next record gets a number already."""
        for item in self._conversions.values():
            counts = isinstance(self._new.type_of(item.field), AutoNumberType)
            if counts and item.way is not None and self._counts.rows(item.table):
                params = {"from": item.version}
                yield Step(
                    kind="reserve", module=item.module.identity, field=item.field.identity, params=params, total=1
                )

    def _numbering(self) -> Iterator[Step]:
        """Of the records that have no number."""
        for module in self._new.modules.values():
            before = self._before.get(module.identity)
            if module.number and not (before and before.number):
                yield Step(kind="number", module=module.identity, total=self._rows(module))
            for field in module.fields.values():
                if not isinstance(self._new.type_of(field), AutoNumberType):
                    continue
                known = _by_identity(before, field.identity) if before else None
                if known is None or not isinstance(self._old.type_of(known), AutoNumberType):
                    yield Step(kind="number", module=module.identity, field=field.identity, total=self._rows(module))

    def _computing(self) -> Iterator[Step]:
        graph = build_dependencies(self._new)
        wanted: dict[FieldRef, None] = {}
        for before, module in self._grown():
            for field in module.fields.values():
                ref = FieldRef(module.name, field.name)
                known = _by_identity(before, field.identity)
                if field.type in _COMPUTED and (
                    known is None or not self._meanings.is_same(before, known, module, field)
                ):
                    wanted[ref] = None
                if known is not None and field.picklist and self._is_renamed(known, field):
                    # What says the name of a value says the new one.
                    wanted |= dict.fromkeys(graph.dependants.get(ref, ()))
        for module in self._revived():
            wanted |= dict.fromkeys(FieldRef(module.name, name) for name in module.fields)
        for item in self._conversions.values():
            if item.field.name in item.module.fields:
                wanted |= dict.fromkeys(graph.dependants.get(FieldRef(item.module.name, item.field.name), ()))
        for ref in sorted(wanted, key=lambda ref: graph.rank.get(ref, 0)):
            if ref not in graph.volatile and (step := self._computing_one(graph, ref)):
                yield step

    def _computing_one(self, graph: DependencyGraph, ref: FieldRef) -> Step | None:
        module = self._new.modules[ref.module]
        if ref not in graph.computed:
            return None
        identity = module.fields[ref.field].identity
        return Step(kind="compute", module=module.identity, field=identity, waits="stored", total=self._rows(module))

    def _folding(self, shapes: Mapping[str, TableShape]) -> Iterator[Step]:
        """Of text that becomes indexed, or the name field: its forms are new while it is not."""
        for _, module in self._grown():
            shape, present = shapes[module.table], self._physical.columns.get(module.table, {})
            owners = {column_name(field): field for field in module.fields.values()}
            for column in shape.columns:
                for suffix in FORMS:
                    source = column.name.removesuffix(suffix)
                    if source != column.name and column.name not in present and source in present and source in owners:
                        params = {"table": module.table, "source": source, "suffix": suffix}
                        yield Step(
                            kind="fold",
                            module=module.identity,
                            field=owners[source].identity,
                            params=params,
                            waits="order",
                            total=self._rows(module),
                        )

    def _reindexing(self, proposal: Proposal) -> Iterator[Step]:
        """Where other fields are searched now, the same ones have other words, or others are hidden from some."""
        filled = {move.field for move in proposal.backfills}
        restricted = find_restricted(self._old), find_restricted(self._new)
        converted = {item.field.identity for item in self._conversions.values()}
        for before, module in self._grown():
            then, now = _searched(self._old, before), _searched(self._new, module)
            known = {field.identity: field for field in before.fields.values()}
            renamed = {
                field.identity
                for field in module.fields.values()
                if field.picklist and field.identity in known and self._is_renamed(known[field.identity], field)
            }
            gained = {
                identity for identity in now - then if identity in known or self._has_values(module, identity, filled)
            }
            hidden = then & _restricted(restricted[0], before) != now & _restricted(restricted[1], module)
            if gained or then - now or now & (converted | renamed) or hidden:
                yield Step(kind="reindex", module=module.identity, total=self._rows(module))
        for module in self._revived():
            yield Step(kind="reindex", module=module.identity, total=self._rows(module))

    def _has_values(self, module: ModuleDef, identity: str, filled: Set[str]) -> bool:
        """Of a field that was not there: one that comes back has them, one that is new gets them by a step."""
        field = _by_identity(module, identity)
        assert field
        if self._is_computed(field) or f"{module.name}.{field.name}" in filled:
            return True
        present = self._physical.columns.get(module.table, {})
        return any(column_name(field, spec.suffix) in present for spec in self._new.type_of(field).columns(field))

    def _is_renamed(self, known: FieldDef, field: FieldDef) -> bool:
        """Whether a value of the field's picklist is called otherwise now."""
        earlier, now = self._old.picklists.get(known.picklist), self._new.picklists.get(field.picklist)
        if earlier is None or now is None or earlier is now:
            return False
        names = {value.identity: value.key for value in earlier.values.values() if value.identity}
        return any(names.get(value.identity, value.key) != value.key for value in now.values.values())

    def _is_computed(self, field: FieldDef) -> bool:
        return self._new.type_of(field).computed


def _by_identity(module: ModuleDef, identity: str) -> FieldDef | None:
    return next((field for field in module.fields.values() if field.identity == identity), None)


def _restricted(found: Set[FieldRef], module: ModuleDef) -> frozenset[str]:
    """Identities of the module's fields that have entries of their own in the search index."""
    return frozenset(field.identity for name, field in module.fields.items() if FieldRef(module.name, name) in found)


def _searched(model: AppModel, module: ModuleDef) -> frozenset[str]:
    """Identities of the fields by whose words records are found."""
    if not module.searchable:
        return frozenset()
    found = {module.fields[module.name_field].identity}
    for field in module.fields.values():
        if model.type_of(field).searchable if field.searchable is None else field.searchable:
            found.add(field.identity)
    return frozenset(found)
