"""The contract of a kind of step: what one chunk of rows takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records.save.begin import begin
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import ModuleProgram, program_of
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.steps import Step


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """What a step works with: one write transaction, the model it brings the rows to, and models of before.

    `past(version)` gives the model of a revision. `version` is the revision that brought the step, `unfinished`
    whether a step it undoes had not done every row.
    """

    connection: sa.Connection
    published: PublishedModel
    version: int
    past: Callable[[int], PublishedModel]
    environment: SaveEnvironment

    @property
    def actor(self) -> Actor:
        """In the history the change is the revision's."""
        return SYSTEM.through(f"revision:{self.version}")

    def find_module(self, step: Step) -> ModuleDef | None:
        """The module of a step as it is called now; None when it is not there any more."""
        modules = self.published.model.modules.values()
        return next((module for module in modules if module.identity == step.module), None)

    def program(self, module: ModuleDef) -> ModuleProgram:
        return program_of(self.published, module.name, self.connection.dialect)

    def begin(self) -> SaveWork:
        return begin(self.connection, self.published, self.actor, self.environment)

    def rows(self, work: SaveWork, program: ModuleProgram, ids: Sequence[int]) -> list[SaveRow]:
        """Live and deleted records, in the order of their ids."""
        found = read_rows(work, program, ids) | read_rows(work, program, ids, deleted=True)
        module = program.module.name
        return [SaveRow(module=module, id=id, old=found[id], values=dict(found[id])) for id in sorted(found)]


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What was done: rows, the last id reached (None: nothing is left), and rows that could not be done."""

    rows: int
    last_id: int | None
    problems: tuple[Mapping[str, Any], ...] = ()


END = Chunk(rows=0, last_id=None)


class StepKind(ABC):
    """Behaviour of one kind of step. Stateless; running a chunk again changes nothing more. What a step is for may
    be gone by the time that a job comes to it: then there is nothing to do."""

    name: ClassVar[str]
    rate: ClassVar[int]
    """Rows a second, about: for estimates."""
    transactional: ClassVar[bool] = True
    """False: it cannot run inside the publish's transaction once the table is large."""

    @abstractmethod
    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        """Do up to `limit` rows with ids above `after`."""


def next_ids(conn: sa.Connection, table: sa.Table, after: int, limit: int, *where: Any) -> Sequence[int]:
    """Ids above `after`, ascending."""
    query = sa.select(table.c.id).where(table.c.id > after, *where).order_by(table.c.id).limit(limit)
    return conn.scalars(query).all()
