"""Running a mass action: chunk after chunk in the order of the ids, each in one transaction with the note of how far
it got. Killed anywhere, it goes on after the last record that is done; none is done twice, none is left out.

A chunk that is refused as a whole is halved until the records that are to blame stand alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import (
    ConflictError,
    FieldProblem,
    FieldstoneError,
    InvalidInputError,
    NotFoundError,
    ValidationError,
)
from fieldstone.records import codes as record_codes
from fieldstone.records.access import require, visible_ids
from fieldstone.records.columns import Columns
from fieldstone.records.mass import codes
from fieldstone.records.mass.actions import Chunk, MassAction, Outcome
from fieldstone.records.mass.order import MassProblem, StoredMass
from fieldstone.records.mass.store import add_problems, move_on
from fieldstone.records.pace import FIRST_CHUNK, MOST_CHUNK, next_size
from fieldstone.records.query import query_records
from fieldstone.records.query_types import Query
from fieldstone.records.restrictions import Join, Restriction
from fieldstone.records.service import Records
from fieldstone.records.writing import write
from fieldstone.storage.columns import Id
from fieldstone.storage.published import PublishedModel

PAUSE = 0.01
"""Seconds between two chunks in which others write."""

_BLAMES_RECORDS = (ValidationError, NotFoundError, ConflictError, InvalidInputError)
"""Errors that are about the records of a chunk, not about the action."""


class Cancelled(Exception):
    """The run was asked to stop; what is committed stays."""


@dataclass(kw_only=True)
class MassRun:
    """One run of one action, in the name of `actor` (who says `via` it). `load` reads it again after a publish, which
    may have renamed what it names; `on_progress` is told how many are done, and of how many."""

    records: Records
    load: Callable[[], StoredMass]
    action: MassAction
    actor: Actor
    on_progress: Callable[[int, int], None]
    cancelled: Callable[[], bool]
    stored: StoredMass = field(init=False)
    _version: int = field(default=0, init=False)
    _last: int = field(default=0, init=False)
    _done: int = field(default=0, init=False)

    def run(self) -> None:
        """Raises Cancelled, ForbiddenError when the right is gone, NotFoundError mass.E010 when the module is,
        ConflictError mass.E005."""
        self.stored = self.load()
        self._last, self._done = self.stored.last_id, self.stored.done
        size = FIRST_CHUNK
        while ids := self._next(MOST_CHUNK):
            while ids:
                if self.cancelled():
                    raise Cancelled
                chunk, ids = ids[:size], ids[size:]
                seconds = self._do(chunk)
                self._done += len(chunk)
                self.on_progress(self._done, max(self.stored.total, self._done))
                size = next_size(size, len(chunk), seconds)
                if ids:
                    time.sleep(PAUSE)

    def _next(self, limit: int) -> Sequence[int]:
        """The next records in the order of their ids."""
        if self.stored.ids is not None:
            return sorted(id for id in self.stored.ids if id > self._last)[:limit]
        if self.records.models.refresh().version != self._version:
            self._version = self.records.models.current.version
            self.stored = self.load()
        with self.records.models.read() as (conn, published):
            module = self._module(published)
            page = query_records(
                conn,
                published,
                self.actor,
                module,
                Query(where=self.stored.where, sort=("id",), fields=("id",), limit=limit, deleted=self.action.in_bin),
                now=self.records.clock(),
                right=self.action.right,
                restriction=Restriction(
                    key="mass", apply=_between, parameters={"mass_last": self._last, "mass_most": self.stored.most_id}
                ),
            )
        return [record.id for record in page.records]

    def _do(self, ids: Sequence[int]) -> float:
        """Do it to these, halving what is refused. The seconds that the lock was held."""
        try:
            return self._write(ids)
        except _BLAMES_RECORDS as error:
            if error.code in (codes.ELSEWHERE, codes.GONE):
                raise
            if len(ids) == 1:
                return self._refuse(ids[0], error)
            half = len(ids) // 2
            return self._do(ids[:half]) + self._do(ids[half:])

    def _write(self, ids: Sequence[int]) -> float:
        held = 0.0

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            nonlocal held
            started, busy = time.perf_counter(), time.thread_time()
            module = self._module(published)
            require(published, self.actor, module, self.action.right)
            reached = visible_ids(
                conn, published, self.actor, module, ids, self.action.right, deleted=self.action.in_bin
            )
            there = [id for id in ids if id in reached]
            chunk = Chunk(
                connection=conn,
                published=published,
                actor=self.actor,
                environment=self.records.environment,
                module=module,
                ids=there,
                options=self.stored.options,
                key=self.stored.key,
            )
            outcome = self.action.apply(chunk) if there else Outcome(changed=0)
            missing = record_codes.NOT_IN_BIN if self.action.in_bin else record_codes.NOT_FOUND
            problems = [_problem(there[each.row], each) for each in outcome.problems]
            problems += [MassProblem(record=id, field="", code=missing, params={}) for id in ids if id not in reached]
            self._note(conn, ids, outcome.changed, problems)
            # On a machine busy with other things the clock on the wall tells of those too, up to a point.
            held = max(time.thread_time() - busy, (time.perf_counter() - started) / 3)

        write(self.records.models, work)
        self._last = ids[-1]
        return held

    def _refuse(self, id: int, error: FieldstoneError) -> float:
        found = error.problems if isinstance(error, ValidationError) else []
        problems = [_problem(id, each) for each in found] or [
            MassProblem(record=id, field="", code=error.code, params=error.params)
        ]
        self.records.models.database.transact(lambda conn: self._note(conn, [id], 0, problems))
        self._last = id
        return 0.0

    def _note(self, conn: sa.Connection, ids: Sequence[int], changed: int, problems: Sequence[MassProblem]) -> None:
        failed = len({each.record for each in problems})
        add_problems(conn, self.stored.id, problems)
        if not move_on(conn, self.stored.id, self._last, ids[-1], done=len(ids), changed=changed, failed=failed):
            raise ConflictError(codes.ELSEWHERE, id=self.stored.id)

    def _module(self, published: PublishedModel) -> str:
        """What the module is called now."""
        for name, module in published.model.modules.items():
            if module.identity == self.stored.identity:
                return name
        raise NotFoundError(codes.GONE)


def _between(columns: Columns) -> tuple[Join, sa.ColumnElement[bool]]:
    id = columns.root.c.id
    above = id > sa.bindparam("mass_last", type_=Id)
    return columns.join_to, sa.and_(above, id <= sa.bindparam("mass_most", type_=Id))


def _problem(record: int, problem: FieldProblem) -> MassProblem:
    return MassProblem(
        record=record, field=problem.field, code=problem.code, params=problem.params, message=problem.message
    )
