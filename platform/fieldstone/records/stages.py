"""What runs inside a save: workflows and plugin hooks are stages, and this is what they see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import sqlalchemy as sa

from fieldstone.expressions.evaluate import EvaluationContext
from fieldstone.fields.base import FieldValueError
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldProblem
from fieldstone.records.changes import DuplicateWarning, RecordChange, SaveOptions
from fieldstone.storage.published import PublishedModel

if TYPE_CHECKING:
    from fieldstone.records.save.environment import SaveEnvironment

MAX_DEPTH = 8
"""How many saves may set each other off within one transaction."""


@dataclass(kw_only=True, slots=True, eq=False)
class SaveRow:
    """One record on its way through a save, a deletion or a restoration.

    `old`: the stored values before (None for a new record); `values`: the values after, computed and
    system fields included. `changed` names the fields that differ; it is complete from step 7 on.
    `deleted` tells a deletion; a restoration has `old["deleted_at"]` set. `id` is 0 until step 4 gives
    a new record its own. `index` is the position of its change, `given` the parsed values sent,
    `faulty` the fields that have a problem already, `failed` a row that will not be saved, `refers`
    one that names another of the changeset. `other` is the record at the other end of a link that was made or undone.
    """

    module: str
    id: int
    created: bool = False
    deleted: bool = False
    old: Mapping[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    index: int = 0
    change: RecordChange | None = None
    given: dict[str, Any] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    failed: bool = False
    refers: bool = False
    other: SaveRow | None = None

    @property
    def restored(self) -> bool:
        return self.old is not None and self.old.get("deleted_at") is not None and not self.deleted


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkChange:
    """`kind` is linked or unlinked; `relation` is that of `module` in whose list the other record stands, or stood."""

    kind: str
    module: str
    id: int
    relation: str
    other_module: str
    other_id: int


@dataclass(kw_only=True, slots=True, eq=False)
class SaveWork:
    """One changeset inside its transaction. `rows` are those still to be saved, in order.

    `depth` counts the saves that led here, `path` names the workflows, `origin` what they acted through
    (`import:5`), `outer` is the save whose stage began this one; `context` is that of stored
    expressions (the site's zone, `now` fixed for the whole transaction). `done` are all rows of the
    changeset, unchanged and failed ones included; `index` finds a row by (module, id); `reached` keeps
    what was read of other records.
    """

    connection: sa.Connection
    published: PublishedModel
    actor: Actor
    rows: list[SaveRow]
    now: datetime
    options: SaveOptions
    environment: SaveEnvironment
    context: EvaluationContext
    depth: int = 0
    path: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    outer: SaveWork | None = None
    problems: list[FieldProblem] = field(default_factory=list)
    warnings: list[DuplicateWarning] = field(default_factory=list)
    done: list[SaveRow] = field(default_factory=list)
    index: dict[tuple[str, int], SaveRow] = field(default_factory=dict)
    reached: dict[Any, Any] = field(default_factory=dict)

    @property
    def via(self) -> str:
        """Through what the records change, for the history: what began it, then the workflow that does it."""
        return " ".join(dict.fromkeys((*self.origin, self.actor.via))).strip()

    def known(self, module: str, record_id: int) -> Iterator[SaveRow]:
        """The rows that stand for a record, in this save and in those around it."""
        work: SaveWork | None = self
        while work is not None:
            row = work.index.get((module, record_id))
            if row is not None:
                yield row
            work = work.outer

    def refuse(self, row: SaveRow, field_name: str, code: str, /, *, message: str = "", **params: object) -> None:
        """Note a problem with a field of a row ("" for the whole record); the row will not be saved."""
        row.failed = True
        row.faulty.add(field_name)
        problem = FieldProblem(field=field_name, code=code, params=params, message=message, row=row.index)
        self.problems.append(problem)

    def withdraw(self, row: SaveRow, field_name: str) -> None:
        """Forget what was noted about a field of a row."""
        self.problems = [each for each in self.problems if (each.row, each.field) != (row.index, field_name)]

    def refuse_value(self, row: SaveRow, field_name: str, label: str, error: FieldValueError) -> None:
        """Note what a field type says about a value."""
        row.failed = True
        row.faulty.add(field_name)
        params = {"label": label, **error.params}
        self.problems.append(FieldProblem(field=field_name, code=error.code, params=params, row=row.index))


class SaveStage(Protocol):
    """Takes part in every save. Plugin hooks run in step 5 and after step 12, workflows in 6 and 12."""

    def before_save(self, work: SaveWork) -> None:
        """May change `values` of its rows (declared fields, owner, record type); they are parsed and
        validated afterwards. May refuse rows."""

    def after_save(self, work: SaveWork) -> None:
        """In the same transaction, after everything is written. Saves more with `Records.save_within`,
        enqueues jobs on `work.connection`. Sees deletions and restorations too."""


@runtime_checkable
class ConcernedStage(SaveStage, Protocol):
    """A stage that says whether it has anything to do before a save: `before_save` is left out where it has not."""

    def concerns(self, work: SaveWork) -> bool: ...


@runtime_checkable
class LinkStage(SaveStage, Protocol):
    """A stage that is told of many-to-many links: those of lookups it sees in the saves that set them."""

    def after_link(self, work: SaveWork, changes: Sequence[LinkChange]) -> None:
        """In the same transaction, when the links are written: each of them twice, as either end sees it."""
