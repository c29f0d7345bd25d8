"""Makes plans: compile the proposal, compare, and count what it means for the data."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import sqlalchemy as sa

from fieldstone.changes.backfills import check_backfills
from fieldstone.changes.conversions import changed_fields
from fieldstone.changes.counting import Counts
from fieldstone.changes.effects import Effect, Effects
from fieldstone.changes.plan import Plan, PlannedChange, PlannedStep, lock_of
from fieldstone.changes.proposal import Proposal
from fieldstone.changes.proposed_model import ProposedModel
from fieldstone.changes.renamed import with_renames
from fieldstone.changes.row_work import RowWork
from fieldstone.changes.scheduling import estimate, index_step, schedule
from fieldstone.changes.served_steps import assign_steps, fills, replaces
from fieldstone.changes.shared import check_shared, missing_teams
from fieldstone.changes.statements import assign_statements
from fieldstone.changes.steps.step_kind import StepContext
from fieldstone.changes.told import told_change
from fieldstone.changes.unfinished import take_over
from fieldstone.metadata.canonical import content_hash
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.change import Change
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.diff import diff
from fieldstone.metadata.layers import Layer
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.storage.catalogue import last_there
from fieldstone.storage.ddl import Operation, plan_operations
from fieldstone.storage.physical import Physical, read_physical
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.revisions import find_version, load_layers
from fieldstone.storage.shapes import model_shapes
from fieldstone.storage.steps import Step, StoredStep, open_steps


class CompileLayers(Protocol):
    """Compiles a proposal with everything the site knows (field types, actions, triggers)."""

    def __call__(self, layers: Sequence[Layer], catalogue: Catalogue) -> Compilation: ...


def plan_changes(
    conn: sa.Connection,
    published: PublishedModel | None,
    proposal: Proposal,
    compile_layers: CompileLayers,
    past: Callable[[int], PublishedModel],
    environment: SaveEnvironment | None = None,
) -> Plan:
    """The plan that brings the site from `published` (None: an empty database) to the proposal. `past` gives the
    models of revisions.

    Raises MetadataError with every problem of the documents, ConflictError publish.E007 while an earlier change of
    the same fields is still going on.
    """
    version, physical = find_version(conn), read_physical(conn)
    made = ProposedModel(conn, published, proposal, compile_layers, past, physical)
    proposed = made.published
    check_shared(proposed)
    context = StepContext(
        connection=conn,
        published=proposed,
        version=version + 1,
        past=lambda wanted: published if published and wanted == published.version else past(wanted),
        environment=environment or SaveEnvironment(),
    )
    planner = _Planner(context, published, made.revived, proposal, physical, version)
    warnings = (*proposal.warnings, *made.compilation.diagnostics, *missing_teams(conn, proposed.model))
    return replace(planner.plan(), warnings=warnings)


class _Planner:
    def __init__(
        self,
        context: StepContext,
        published: PublishedModel | None,
        revived: Mapping[str, PublishedModel],
        proposal: Proposal,
        physical: Physical,
        version: int,
    ) -> None:
        self._context = context
        self._conn = context.connection
        self._published = published
        self._old = published.model if published else None
        self._proposed = context.published
        self._new = context.published.model
        self._proposal = proposal
        self._physical = physical
        self._version = version
        self._counts = Counts(context.connection)
        self._shapes = model_shapes(self._new)
        changed = list(changed_fields(published, self._new, revived)) if published else []
        self._conversions = {item.path: item for item in changed}
        self._back = {
            item.field.identity: last_there(self._conn, item.field.identity, item.field.column)
            for item in changed
            if item.moves and item.field.column in physical.columns.get(item.table, {})
        }

    def plan(self) -> Plan:
        changes = with_renames(diff(self._old, self._new), self._proposal.renamed)
        still_open = open_steps(self._conn) if self._version else []
        unfinished = take_over(
            still_open, self._conversions, self._back, changes, self._proposal, self._old or self._new, self._new
        )
        operations = self._plan_operations(still_open)
        steps = self._plan_steps(unfinished.fields)
        later = {
            id(operation): step
            for operation in operations
            if operation.index and (step := index_step(operation, self._counts, self._new))
        }
        assigned, left = assign_statements(changes, operations, self._old, self._new)
        effects = Effects(
            self._context,
            self._published,
            self._proposal,
            self._counts,
            self._conversions,
            self._back,
            unfinished.fields,
        )
        gone = {change.target for change in changes if change.kind in ("remove_picklist_value", "remove_record_type")}
        staying = {
            move: [item for item in steps if replaces(item.step, move)]
            for move in self._proposal.replaces
            if move.old not in gone
        }
        served = assign_steps(changes, steps, self._new, [item for mine in staying.values() for item in mine])
        planned = [
            self._planned(change, found, effects.measure(change), mine, later)
            for change, found, mine in zip(changes, assigned, served, strict=True)
        ]
        planned += [
            PlannedChange(kind="change_storage", target=table, ddl=_statements(found), lock=self._lock(found, later))
            for table, found in left.items()
        ]
        planned += [
            PlannedChange(
                kind="replace",
                target=move.new,
                before=move.old,
                rows=effects.count_replaced(move),
                work=estimate(mine),
                reversible=False,
            )
            for move, mine in staying.items()
            if mine
        ]
        planned += [
            PlannedChange(
                kind="backfill",
                target=move.field,
                rows=self._rows_of(move.field),
                work=estimate([item for item in steps if fills(item.step, move, self._new)]),
                reversible=False,
            )
            for move in self._proposal.backfills
        ]
        inline = tuple(operation for operation in operations if id(operation) not in later)
        base = load_layers(self._conn, self._version) if self._version else ()
        return Plan(
            base=_hash_layers(self._version, base),
            hash=_hash_layers(self._version, self._proposal.layers),
            version=self._version,
            changes=tuple(planned),
            proposal=self._proposal,
            proposed=self._proposed,
            operations=inline,
            steps=(*steps, *(PlannedStep(step=step, background=True) for step in later.values())),
            dropped=unfinished.dropped,
        )

    def _plan_operations(self, still_open: Sequence[StoredStep]) -> list[Operation]:
        """Without the indexes that a job is about to build."""
        awaited = {step.params["name"] for step in still_open if step.kind == "index"}
        planned = plan_operations(self._shapes, self._physical, self._conn.dialect)
        return [operation for operation in planned if not operation.index or operation.index not in awaited]

    def _plan_steps(self, unfinished: frozenset[str]) -> list[PlannedStep]:
        if self._old is None:
            return []
        # Expressions of long ago need not fit the fields of today where there is nothing to fill in.
        check_backfills([move for move in self._proposal.backfills if self._rows_of(move.field)], self._new)
        work = RowWork(self._old, self._new, self._counts, self._physical, self._conversions)
        return schedule(work.steps(self._proposal, self._shapes, self._back, unfinished))

    def _planned(
        self,
        change: Change,
        operations: Sequence[Operation],
        effect: Effect,
        steps: Sequence[PlannedStep],
        later: Mapping[int, Step],
    ) -> PlannedChange:
        indexes = [PlannedStep(step=later[id(item)], background=True) for item in operations if id(item) in later]
        return replace(
            told_change(change),
            ddl=_statements(operations),
            rows=effect.rows,
            lost=effect.lost,
            samples=effect.samples,
            rewrites=self._proposal.rewrites.get((change.kind, change.target), ()),
            lock=self._lock(operations, later),
            reversible=effect.reversible,
            # Where no value goes out of sight, nobody loses anything.
            destructive=effect.lost > 0,
            breach=effect.breach,
            work=estimate([*steps, *indexes]),
        )

    def _lock(self, operations: Sequence[Operation], later: Mapping[int, Step]) -> str:
        """An index built beside the writers locks nobody out on PostgreSQL; on SQLite it is one long write."""
        sqlite = self._conn.dialect.name == "sqlite"
        return lock_of([item for item in operations if sqlite or id(item) not in later])

    def _rows_of(self, path: str) -> int:
        module = self._new.modules[path.partition(".")[0]]
        return self._counts.rows(module.table) if module.table in self._physical.columns else 0


def _hash_layers(version: int, layers: Sequence[Layer]) -> str:
    """Of documents upon a version: the same documents upon another version are another plan. What a document says
    counts, not how it is written."""
    parts = [f"{layer.name}/{path} {content_hash(body)}" for layer in layers for path, body in layer.documents.items()]
    return hashlib.sha256("\n".join([str(version), *sorted(parts)]).encode()).hexdigest()


def _statements(operations: Sequence[Operation]) -> tuple[str, ...]:
    return tuple(operation.statement for operation in operations)
