"""Where runs go when they begin to wait."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from fieldstone.jobs.job import JobOrder
from fieldstone.jobs.queue import JobQueue
from fieldstone.records.stages import SaveWork
from fieldstone.workflows.approvals.asking import Asking
from fieldstone.workflows.compiled import CompiledWorkflow
from fieldstone.workflows.trace import RunTrace
from fieldstone.workflows.waiting.definitions import keep_definition
from fieldstone.workflows.waiting.tables import fs_waiting

RESUME_KIND = "workflow.resume"


class WaitingRoom:
    """`asking` asks those whom approvals wait for."""

    def __init__(self, jobs: JobQueue, asking: Asking) -> None:
        self._jobs = jobs
        self._asking = asking

    def admit(
        self, work: SaveWork, workflow: CompiledWorkflow, traces: Sequence[RunTrace], runs: Mapping[int, int]
    ) -> None:
        """Keep runs that pause, in the transaction of `work`; `runs`: record id → id of the stored run. One job comes
        for all that are due at the same moment."""
        pauses = [(trace, trace.pause) for trace in traces if trace.pause is not None]
        if not pauses:
            return
        conn = work.connection
        definition = keep_definition(conn, workflow.definition, work.now)
        keys: dict[datetime | None, str] = {}
        rows = []
        for trace, pause in pauses:
            key = keys.setdefault(pause.until, secrets.token_hex(12))
            rows.append(
                {
                    "run_id": runs[trace.record_id],
                    "module": workflow.module.identity,
                    "record_id": trace.record_id,
                    "workflow": workflow.definition.name,
                    "definition": definition,
                    "position": pause.position,
                    "until": pause.until,
                    "key": key,
                    "actor": work.actor.user_id,
                    "answer": trace.answer if pause.question is None else "",
                }
            )
        conn.execute(sa.insert(fs_waiting), rows)
        orders = [JobOrder(payload={"key": key}, key=key, run_at=until) for until, key in keys.items() if until]
        self._jobs.enqueue_all(conn, RESUME_KIND, orders, created_by=work.actor.user_id)
        questions = {runs[trace.record_id]: (trace.record_id, pause) for trace, pause in pauses if pause.question}
        self._asking.ask(work, workflow, questions)
