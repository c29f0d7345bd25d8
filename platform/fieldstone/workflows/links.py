"""Workflows that links set off: made and undone in a list of a relation, or by a lookup set at the other end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fieldstone.fields.values import RecordRef
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import LinkChange, SaveRow, SaveWork
from fieldstone.workflows.compiled import CompiledWorkflow, WorkflowCompiler
from fieldstone.workflows.runner import Runner

_Awaited = Mapping[tuple[str, str], Sequence[CompiledWorkflow]]
"""(module, relation) → the workflows that wait for a link there."""


class LinkRuns:
    """Each workflow runs once for every pair of records; its condition sees both."""

    def __init__(self, compiler: WorkflowCompiler, runner: Runner) -> None:
        self._compiler = compiler
        self._runner = runner

    def after_save(self, work: SaveWork) -> None:
        """For the lookups that a save has set, changed and emptied."""
        lookups = self._awaited_lookups(work)
        changes = [
            change
            for row in work.rows
            if row.module in lookups and not row.deleted and not row.restored
            for module, relation, field in lookups[row.module]
            if field in row.changed or (row.created and row.values.get(field) is not None)
            for change in moved_links(row, module, relation, field)
        ]
        if changes:
            self.run(work, changes)

    def run(self, work: SaveWork, changes: Sequence[LinkChange]) -> None:
        awaited = self._awaited(work)
        for (module, relation), workflows in awaited.items():
            mine = [change for change in changes if (change.module, change.relation) == (module, relation)]
            for workflow in workflows:
                self._run_one(work, workflow, [each for each in mine if each.kind == workflow.definition.on])

    def _run_one(self, work: SaveWork, workflow: CompiledWorkflow, changes: Sequence[LinkChange]) -> None:
        rounds: list[dict[int, LinkChange]] = []
        for change in changes:  # a batch holds a record once
            place = next((each for each in rounds if change.id not in each), None)
            if place is None:
                rounds.append(place := {})
            place[change.id] = change
        for each in rounds:
            rows = rows_of_links(work, list(each.values()))
            if workflow.condition is not None:
                rows = self._runner.holding(work, workflow, workflow.condition, rows)
            self._runner.run(work, workflow, rows, trigger=workflow.definition.on)

    def _awaited(self, work: SaveWork) -> _Awaited:
        found: dict[tuple[str, str], list[CompiledWorkflow]] | None = work.published.cache.get("workflow.links")
        if found is None:
            found = {}
            for module in work.published.model.workflows:
                if module not in work.published.model.modules:
                    continue
                for workflow in self._compiler.of_module(work.published, module).by_name.values():
                    if workflow.trigger.links:
                        found.setdefault((module, workflow.definition.relation), []).append(workflow)
            work.published.cache["workflow.links"] = found
        return found

    def _awaited_lookups(self, work: SaveWork) -> Mapping[str, Sequence[tuple[str, str, str]]]:
        """Module → (module that waits, its relation, the lookup behind it)."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for module, name in self._awaited(work):
            relation = work.published.model.modules[module].relations.get(name)
            if relation is not None and relation.kind == "one_to_many":
                found.setdefault(relation.to, []).append((module, name, relation.field))
        return found


def rows_of_links(work: SaveWork, changes: Sequence[LinkChange], *, right: str = "") -> list[SaveRow]:
    """The records of links of one relation that are there to act upon, each with the other end as it is now. With
    `right`, those for which the actor has it; nothing is locked then."""
    if not changes:
        return []
    module, other = changes[0].module, changes[0].other_module
    lock = not right
    mine = read_rows(work, program_for(work, module), {each.id for each in changes}, right=right, lock=lock)
    theirs = read_rows(work, program_for(work, other), {each.other_id for each in changes}, right=right, lock=False)
    return [
        SaveRow(
            module=module,
            id=each.id,
            old=dict(mine[each.id]),
            values=dict(mine[each.id]),
            other=SaveRow(module=other, id=each.other_id, values=theirs[each.other_id]),
        )
        for each in changes
        if each.id in mine and each.other_id in theirs
    ]


def moved_links(row: SaveRow, module: str, relation: str, field: str) -> Iterator[LinkChange]:
    """The links that a save of `row` has made and undone by its lookup `field`, seen from the other end."""
    before = None if row.old is None else _target(row.old.get(field), module)
    after = _target(row.values.get(field), module)
    for kind, target in (("unlinked", before), ("linked", after)):
        if target is not None and before != after:
            yield LinkChange(
                kind=kind, module=module, id=target, relation=relation, other_module=row.module, other_id=row.id
            )


def _target(value: object, module: str) -> int | None:
    if isinstance(value, RecordRef):
        return value.id if value.module == module else None
    return value if isinstance(value, int) else None
