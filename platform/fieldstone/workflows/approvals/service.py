"""Approvals of people: what waits for whom, what was answered, and answering."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from fieldstone.storage.published import ModelSource
from fieldstone.workflows.approvals.answers import APPROVED, REJECTED, WAITING
from fieldstone.workflows.approvals.tables import fs_approval, fs_approver
from fieldstone.workflows.glance import glance
from fieldstone.workflows.waiting.room import RESUME_KIND
from fieldstone.workflows.waiting.tables import fs_waiting

NO_APPROVAL = declare("workflow.E180", "Nobody asks you for the approval {id}.")
NOT_IN_A_NAME = declare("workflow.E182", "Nobody answers for an approval in another's name.", "They answer themselves.")
ANSWERED = declare("workflow.E181", "It has been answered, or nobody waits for the answer any more.")

COMMENT_LENGTH = 2_000
SHOWS = ("waiting", "asked", "done")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody who was asked has said: `answer` is "" so far, approved or rejected."""

    user_id: int
    answer: str
    comment: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ApprovalRequest:
    """`module` is the module's present name, "" when it is gone. `message` is in the reader's language, where they were
    asked. `need`: one or all; `state`: waiting, approved, rejected, or ended."""

    id: int
    module: str
    record_id: int
    workflow: str
    message: str
    need: str
    state: str
    asked_by: int | None
    asked_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    answers: tuple[Answer, ...]

    def waits_for(self, user_id: int | None) -> bool:
        """Whether somebody may answer now."""
        return self.state == WAITING and any(each.user_id == user_id and not each.answer for each in self.answers)


class Approvals:
    """Each person sees what they were asked, and what runs they set off ask."""

    def __init__(self, models: ModelSource, jobs: JobQueue) -> None:
        self._models = models
        self._jobs = jobs

    def list(
        self, user_id: int, show: str = WAITING, *, limit: int = 50, before: int | None = None
    ) -> Sequence[ApprovalRequest]:
        """The newest first. `show`: `waiting` for an answer of the user, `asked` by runs that the user set off, `done`:
        answered by the user, or no longer waiting for it. `before` is the id to go on from."""
        mine = sa.exists().where(fs_approver.c.approval_id == fs_approval.c.id, fs_approver.c.user_id == user_id)
        open_to_me = sa.and_(fs_approval.c.state == WAITING, mine.where(fs_approver.c.answer == ""))
        where = {
            "waiting": open_to_me,
            "asked": fs_approval.c.asked_by == user_id,
            "done": sa.and_(mine, sa.not_(open_to_me)),
        }[show]
        if before is not None:
            where = sa.and_(where, fs_approval.c.id < before)
        return self._read(user_id, where, limit)

    def of_record(self, user_id: int, module: str, record_id: int) -> Sequence[ApprovalRequest]:
        """Those about a record that nobody has decided; for whoever may see the record."""
        if not glance(self._jobs.database, user_id).is_open:  # mostly, and every page knows it already
            return []
        identity = self._models.reading.model.modules[module].identity
        c = fs_approval.c
        return self._read(
            user_id, sa.and_(c.module == identity, c.record_id == record_id, c.state == WAITING), limit=20
        )

    def count(self, user_id: int) -> int:
        """How many wait for an answer of the user, counted no further than a hundred."""
        return glance(self._jobs.database, user_id).asked

    def find(self, actor: Actor, id: int) -> ApprovalRequest:
        """One that the actor was asked, or has asked. Raises NotFoundError workflow.E180."""
        found = self._read(actor.user_id or 0, fs_approval.c.id == id, limit=1)
        for each in found:
            if actor.user_id is not None and (
                each.asked_by == actor.user_id or any(said.user_id == actor.user_id for said in each.answers)
            ):
                return each
        raise NotFoundError(NO_APPROVAL, id=id)

    def answer(self, actor: Actor, id: int, answer: str, comment: str = "") -> None:
        """Approve or reject, once, as somebody who was asked. `answer` is approved or rejected. What follows comes by a
        job. Raises NotFoundError workflow.E180, ConflictError workflow.E181, ForbiddenError workflow.E182 for an
        administrator who acts as somebody."""
        now, user_id = self._jobs.clock(), actor.user_id or 0
        if actor.impersonator is not None:
            raise ForbiddenError(NOT_IN_A_NAME)
        assert answer in (APPROVED, REJECTED), answer

        def work(conn: sa.Connection) -> None:
            asked = sa.select(fs_approval).where(fs_approval.c.id == id).with_for_update()
            row = conn.execute(asked).one_or_none()
            said = conn.execute(
                sa.select(fs_approver.c.user_id, fs_approver.c.answer).where(fs_approver.c.approval_id == id)
            ).all()
            mine = next((each for each in said if each.user_id == user_id), None)
            if row is None or mine is None:
                raise NotFoundError(NO_APPROVAL, id=id)
            if row.state != WAITING or mine.answer:
                raise ConflictError(ANSWERED)
            conn.execute(
                sa.update(fs_approver)
                .where(fs_approver.c.approval_id == id, fs_approver.c.user_id == user_id)
                .values(answer=answer, comment=comment[:COMMENT_LENGTH], at=now)
            )
            others = [each.answer for each in said if each.user_id != user_id]
            if row.need == "all" and answer == APPROVED and "" in others:
                return
            conn.execute(sa.update(fs_approval).where(fs_approval.c.id == id).values(state=answer, ended_at=now))
            key = secrets.token_hex(12)
            conn.execute(sa.update(fs_waiting).where(fs_waiting.c.run_id == row.run_id).values(key=key, answer=answer))
            self._jobs.enqueue(conn, RESUME_KIND, {"key": key}, key=key, created_by=actor.user_id)

        self._jobs.database.transact(work)

    def _read(self, user_id: int, where: sa.ColumnElement[bool], limit: int) -> Sequence[ApprovalRequest]:
        with self._jobs.database.read() as conn:
            query = sa.select(fs_approval).where(where).order_by(fs_approval.c.id.desc()).limit(limit)
            rows = conn.execute(query).all()
            ids = [row.id for row in rows]
            asked = sa.select(fs_approver).where(fs_approver.c.approval_id.in_(ids))
            said = conn.execute(asked.order_by(fs_approver.c.at, fs_approver.c.user_id)).all() if ids else []
        names = {each.identity: each.name for each in self._models.reading.model.modules.values()}
        found = []
        for row in rows:
            mine = [each for each in said if each.approval_id == row.id]
            message = next((each.message for each in mine if each.user_id == user_id), row.message)
            answers = tuple(
                Answer(user_id=each.user_id, answer=each.answer, comment=each.comment, at=each.at) for each in mine
            )
            found.append(
                ApprovalRequest(
                    id=row.id, module=names.get(row.module, ""), record_id=row.record_id, workflow=row.workflow,
                    message=message, need=row.need, state=row.state, asked_by=row.asked_by, asked_at=row.asked_at,
                    due_at=row.due_at, ended_at=row.ended_at, answers=answers,
                )
            )  # fmt: skip
        return found
