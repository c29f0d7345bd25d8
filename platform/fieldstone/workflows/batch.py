"""The records that one step of a workflow is run for, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.evaluate import evaluate
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, ValidationError
from fieldstone.records.changes import RecordChange, SaveOptions, SaveResult
from fieldstone.records.codes import TOO_DEEP
from fieldstone.records.names import bind
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.workflows.compiled import CompiledWorkflow
from fieldstone.workflows.trace import DONE, WAITING, RunTrace
from fieldstone.workflows.waiting.pause import Pause, Question

if TYPE_CHECKING:
    from fieldstone.workflows.services import Services

declare(
    "workflow.E120",
    "Nothing was saved: the workflow “{workflow}” could not do its step {action}: {reason}",
    "Ask an administrator to look at the workflow, or save values it can work with.",
)


_UNASKED = SaveOptions(ignore_duplicate_warning=True)
"""There is nobody to ask whether a possible duplicate is one."""


class WorkflowError(FieldstoneError):
    """A step was refused, so the whole save is undone. Seen by the person who saves."""

    status = 422


@dataclass(kw_only=True, slots=True)
class Batch:
    """Handed to `Action.run`. `rows` are those whose step condition holds; `work` is the save they are in; `position`
    is the step's in the workflow. `rehearsing`: it is taken back at once, and nothing waits."""

    work: SaveWork
    workflow: CompiledWorkflow
    action: str
    rows: Sequence[SaveRow]
    traces: Mapping[int, RunTrace]
    services: Services
    before_save: bool = False
    position: int = 0
    rehearsing: bool = False

    @property
    def actor(self) -> Actor:
        """Whoever saved, acting through the workflow: the same rights hold."""
        return self.work.actor.through(self.workflow.via)

    def note(self, row: SaveRow, outcome: str = DONE, /, **details: Any) -> None:
        """Say in the trace what became of the step for a record."""
        self.traces[row.id].add(self.action, outcome, details, position=self.position)

    def pause(self, row: SaveRow, until: datetime | None, question: Question | None = None, /, **details: Any) -> None:
        """Let what follows for a record come later, and say so in the trace. While rehearsing it only says so."""
        self.note(row, WAITING, **details)
        if not self.rehearsing:
            self.traces[row.id].pause = Pause(position=self.position, until=until, question=question)

    def stop(self, row: SaveRow, outcome: str, reason: str) -> None:
        """Let nothing follow for a record, and say why in the trace."""
        self.note(row, outcome, reason=reason)
        self.traces[row.id].stopped = True

    def evaluate(self, expressions: Mapping[str, CompiledExpression]) -> list[dict[str, Any]]:
        """The value of each expression, for each row."""
        bound = bind(self.work, self.workflow.module.name, self.rows, list(expressions.values()))
        context = self.work.context
        return [{name: evaluate(item, names, context) for name, item in expressions.items()} for names in bound]

    def save(self, changes: Sequence[RecordChange]) -> SaveResult:
        """Save records in the same transaction; they set off workflows of their own.

        Raises WorkflowError workflow.E120 when it is refused, FieldstoneError record.E028 when workflows go
        round in circles.
        """
        records = self.services.records
        with self._as_step():
            result = records.save_within(self.work, self.actor, changes, through=self.workflow.name, options=_UNASKED)
        self.work.reached.clear()  # other records may have changed
        return result

    def link(self, row: SaveRow, relation: str, other: int, *, undo: bool = False) -> None:
        """Link a row with a record, or undo that, in the same transaction. Raises as `save`."""
        records = self.services.records
        with self._as_step():
            records.link_within(
                self.work, self.actor, row.module, row.id, relation, [other], undo=undo, through=self.workflow.name
            )
        self.work.reached.clear()

    @contextmanager
    def _as_step(self) -> Iterator[None]:
        """A refusal is one of the workflow's step."""
        try:
            yield
        except WorkflowError:
            raise
        except FieldstoneError as error:
            if error.code == TOO_DEEP:
                raise
            reason = "; ".join(item.text for item in error.problems) if isinstance(error, ValidationError) else ""
            raise WorkflowError(
                "workflow.E120",
                workflow=self.workflow.definition.label,
                action=self.action,
                reason=reason or error.message,
            ) from error

    def reload(self) -> None:
        """Read the rows again, so that the steps that follow see what this one has changed."""
        if not self.rows:
            return
        stored = read_rows(self.work, program_for(self.work, self.workflow.module.name), {row.id for row in self.rows})
        for row in self.rows:
            row.values.update(stored.get(row.id, {}))
