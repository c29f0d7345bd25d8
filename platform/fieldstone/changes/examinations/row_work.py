"""Does somebody see to what publishes left to do?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.job import CANCELLED, FAILED, OPEN_STATES
from fieldstone.jobs.tables import fs_job
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.model import AppModel
from fieldstone.storage.locks import find_holder
from fieldstone.storage.steps import StoredStep, failed_steps, open_steps

FAILED_STEP = declare(
    "doctor.E019",
    "The row work {kind} of {what}, from revision {revision}, has failed: {reason}",
    "Mend the records, then finish it: {repair}",
)
STUCK_STEP = declare(
    "doctor.E020",
    "The row work {kind} of {what}, from revision {revision}, is not done: job {job} is {state}.",
    "Let it go on: fieldstone jobs retry {job}",
)
LOST_STEP = declare(
    "doctor.E021",
    "The row work {kind} of {what}, from revision {revision}, is not done, and no job does it.",
    "Enqueue one: {repair}",
)
ABANDONED_LOCK = declare(
    "doctor.W005",
    "{holder} began to publish at {since} and has died.",
    "The next publish takes over by itself; or say that it is over: {repair}",
)

_ROW_WORK = "changes.rows"
_ATTEMPTS = 10


def examine_lock(conn: sa.Connection, moment: datetime, findings: Diagnostics) -> None:
    holder = find_holder(conn)
    if holder is not None and not holder.is_alive(moment):
        since = holder.since.isoformat(timespec="seconds")
        repair = f"DELETE FROM fs_lock WHERE token = '{holder.token}'"
        findings.add(ABANDONED_LOCK, holder=holder.holder, since=since, repair=repair)


def examine_steps(conn: sa.Connection, model: AppModel, moment: datetime, findings: Diagnostics) -> None:
    """Steps that failed, and those that nothing is going to do."""
    for step in failed_steps(conn):
        reason = (
            "Values are not unique." if step.kind == "index" else f"{len(step.problems)} records could not be done."
        )
        repair = f"UPDATE fs_step SET state = 'done' WHERE id = {step.id}"
        if step.kind == "index":
            repair = f"{step.params['statement']}; {repair}"
        findings.add(FAILED_STEP, **_named(model, step), reason=reason, repair=repair)
    for step in open_steps(conn):
        query = sa.select(fs_job.c.state).where(fs_job.c.id == step.job_id)
        state = conn.execute(query).scalar_one_or_none() if step.job_id else None
        if state in OPEN_STATES:
            continue
        if state in (FAILED, CANCELLED):
            findings.add(STUCK_STEP, **_named(model, step), job=step.job_id, state=state)
        else:
            findings.add(LOST_STEP, **_named(model, step), repair=_enqueue(step, moment))


def _enqueue(step: StoredStep, moment: datetime) -> str:
    now = f"'{moment:%Y-%m-%dT%H:%M:%S.%fZ}'"
    values = f"'{_ROW_WORK}', 'revision:{step.version}', '{{\"version\":{step.version}}}', 'queued', {now}, {_ATTEMPTS}"
    made = f"INSERT INTO fs_job (kind, key, payload, state, run_at, max_attempts, created_at) VALUES ({values}, {now})"
    job = f"SELECT max(id) FROM fs_job WHERE kind = '{_ROW_WORK}' AND key = 'revision:{step.version}'"
    return f"{made}; UPDATE fs_step SET job_id = ({job}) WHERE version = {step.version} AND state = 'open'"


def _named(model: AppModel, step: StoredStep) -> dict[str, Any]:
    module = next((item for item in model.modules.values() if item.identity == step.module), None)
    path = module.name if module else step.module
    if module and step.field:
        field = next((item.name for item in module.fields.values() if item.identity == step.field), step.field)
        path = f"{path}.{field}"
    return {"kind": step.kind, "what": path, "revision": step.version}
