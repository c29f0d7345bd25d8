"""What a change means for the records there are: counted, set-based wherever the database can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.changes.breaches import Breaches
from fieldstone.changes.conversions import ChangedField, Crossing, measure_crossing
from fieldstone.changes.counting import Counts, filled, holds
from fieldstone.changes.former import find_former_module, find_former_picklist
from fieldstone.changes.plan import Breach, Sample
from fieldstone.changes.proposal import Proposal
from fieldstone.changes.replaced import replaced_choices
from fieldstone.changes.steps.step_kind import StepContext
from fieldstone.metadata.change import Change
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.moves import ReplaceMove
from fieldstone.storage.columns import Text
from fieldstone.storage.principals import user_profile, user_role
from fieldstone.storage.published import PublishedModel

_WITHOUT_ROWS = ("_workflow", "_layout", "_role", "_profile", "_sharing", "_sharing_rule")
"""What records are shown by, or followed by, concerns none of those there are."""
_HELD = {"remove_role": (user_role, "role"), "remove_profile": (user_profile, "profile")}
"""What people have: its rows are users."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """`rows` the change concerns, values `lost` to everybody's sight with some `samples`, and the `breach`."""

    rows: int = 0
    lost: int = 0
    samples: tuple[Sample, ...] = ()
    breach: Breach | None = None
    reversible: bool = True


class Effects:
    """Measures changes from `old` to the proposed model. `conversions`: path → a field whose values move; `back`
    and `unfinished` are the identities of those that go back to a column they had (→ the revision they left it)."""

    def __init__(
        self,
        context: StepContext,
        old: PublishedModel | None,
        proposal: Proposal,
        counts: Counts,
        conversions: dict[str, ChangedField],
        back: Mapping[str, int | None],
        unfinished: frozenset[str],
    ) -> None:
        self._context = context
        self._old = old
        self._new = context.published.model
        self._counts = counts
        self._conversions = conversions
        self._back = back
        self._unfinished = unfinished
        replaced = replaced_choices(proposal.replaces, old.model, self._new) if old else ()
        self._replaced = {each.target for each in replaced}
        self._backfilled = {move.field for move in proposal.backfills}
        self._told: set[str] = set()
        """Fields of which it has been said what becomes of their values: a type changes with other attributes."""
        self._breaches = Breaches(context.connection, old, self._new, counts) if old else None

    def measure(self, change: Change) -> Effect:
        if self._old is None:
            return Effect()
        if change.kind in _HELD:
            return Effect(rows=self._holding(*_HELD[change.kind], change.target))
        if change.kind.endswith(_WITHOUT_ROWS):
            return Effect()
        if change.kind == "remove_picklist_value":
            return self._removed_choice(change.target, self._holders(change.target))
        if change.kind == "remove_record_type":
            return self._removed_choice(change.target, self._of_type(change.target))
        name, _, member = change.target.partition(".")
        if change.kind.startswith("remove"):
            return self._removed(change.kind, name, member)
        module = self._new.modules.get(name)
        before = find_former_module(self._old.model, self._new, name) if module else None
        if module is None or before is None:
            return Effect()
        rows = self._counts.rows(before.table)
        conversion = self._conversions.get(change.target)
        if conversion is not None and change.kind in ("change_type", "change_field"):
            if change.target in self._told:
                return Effect(rows=rows)
            self._told.add(change.target)
            found = self._cross(conversion)
            breach = found.shared or self._emptiness(conversion, before)
            return Effect(rows=rows, lost=found.lost, samples=found.samples, breach=breach)
        if conversion is not None and change.kind == "add_field" and (shared := self._cross(conversion).shared):
            # It comes back as another type. What does not come along was out of sight already.
            return Effect(rows=rows, breach=shared)
        return Effect(rows=rows, breach=self._breach(change, name, member))

    def _holding(self, table: sa.Table, column: str, name: str) -> int:
        """How many users have a role or a profile."""
        held = sa.select(sa.func.count()).select_from(table).where(table.c[column] == name)
        return self._context.connection.scalar(held) or 0

    def _removed(self, kind: str, name: str, member: str) -> Effect:
        assert self._old
        module = self._old.model.modules.get(name)
        if module is None:
            return Effect()
        rows = self._counts.rows(module.table)
        if kind == "remove_module":
            return Effect(rows=rows, lost=rows)
        if kind == "remove_field" and member in module.fields:
            field = module.fields[member]
            if self._old.model.type_of(field).computed:
                return Effect(rows=rows)
            return Effect(rows=rows, lost=self._counts.of(module.table, filled(self._old.model, field)))
        if kind == "remove_relation" and member in module.relations and module.relations[member].table:
            links = self._counts.of(module.relations[member].table)
            return Effect(rows=links, lost=links)
        return Effect(rows=rows)

    def count_replaced(self, move: ReplaceMove) -> int:
        """How many records hold what is replaced, where it stays a choice."""
        return self._of_type(move.old) if move.kind == "record_type" else self._holders(move.old)

    def _removed_choice(self, target: str, held: int) -> Effect:
        """A value that is replaced loses nothing, but no rollback knows any more who held it."""
        replaced = target in self._replaced
        return Effect(rows=held, lost=0 if replaced else held, reversible=not (replaced and held))

    def _holders(self, target: str) -> int:
        """How many records hold a picklist value, in any field."""
        assert self._old
        name, _, value = target.rpartition(".")
        model, total = self._old.model, 0
        picklist = find_former_picklist(model, self._new, name, value)
        if picklist is None:
            return 0
        stored = picklist.values[value].stored or value
        kept = self._kept_fields()
        for module in model.modules.values():
            for field in module.fields.values():
                holds_it = field.picklist == picklist.name and field.identity in kept
                if holds_it and not model.type_of(field).computed:
                    total += self._counts.of(module.table, holds(field, stored))
        return total

    def _kept_fields(self) -> set[str]:
        """Identities of the fields that stay as they are; of those that go or change their type that is told with
        the field."""
        fields = {field.identity for module in self._new.modules.values() for field in module.fields.values()}
        return fields - {item.field.identity for item in self._conversions.values()}

    def _of_type(self, target: str) -> int:
        assert self._old
        name, _, record_type = target.partition(".")
        module = find_former_module(self._old.model, self._new, name)
        if module is None or record_type not in module.record_types:
            return 0
        stored = module.record_types[record_type].stored or record_type
        column: sa.ColumnClause[str] = sa.column("record_type", Text)
        return self._counts.of(module.table, column == stored)

    def _cross(self, item: ChangedField) -> Crossing:
        assert self._old
        if not item.moves or not self._counts.rows(item.table):
            return Crossing()
        identity = item.field.identity
        if not item.converts(back=identity in self._back):
            # None comes over; what a formula had computed nobody misses.
            lost = self._counts.of(item.table, filled(self._old.model, item.known)) if item.entered else 0
            return Crossing(lost=lost)
        return measure_crossing(
            self._context,
            item,
            back=identity in self._back,
            then=self._back.get(identity),
            unfinished=identity in self._unfinished,
        )

    def _emptiness(self, item: ChangedField, before: ModuleDef) -> Breach | None:
        if self._breaches is None or item.path in self._backfilled or item.field.name not in item.module.fields:
            return None
        if self._new.type_of(item.field).computed:
            return None
        return self._breaches.of_required(before, item.known, item.field)

    def _breach(self, change: Change, name: str, member: str) -> Breach | None:
        module = self._new.modules[name]
        assert self._old
        before = find_former_module(self._old.model, self._new, name)
        field = module.fields.get(member)
        if field is None or before is None or self._breaches is None:
            return None
        backfilled = f"{name}.{member}" in self._backfilled
        if change.kind == "add_field":
            return self._breaches.of_new(before, field, backfilled=backfilled)
        known = next((item for item in before.fields.values() if item.identity == field.identity), None)
        if known is None or change.kind not in ("change_field", "add_index"):
            return None
        if change.kind == "add_index" and change.target in self._conversions:
            return None  # Its values are looked at on their way.
        if change.kind == "add_index":
            return self._breaches.of_unique(before, known, field)
        return self._breaches.of_changed(before, known, field, backfilled=backfilled)
