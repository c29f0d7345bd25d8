"""Row work that a publish brings: what is to be done, how far it is, and which fields wait for it.

A step of a small table is done within the publish. One of a large table is done by a job, chunk by chunk in the
order of the ids; each chunk commits with the place it has reached, so that it can be paused, killed and resumed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text
from fieldstone.storage.system import system_metadata

OPEN, DONE, FAILED, DROPPED = "open", "done", "failed", "dropped"
WAITS = ("", "filled", "stored", "order", "values")
"""What of a field cannot be relied on, the stronger after the weaker."""

fs_step = sa.Table(
    "fs_step",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("version", Id, nullable=False, index=True),
    sa.Column("kind", Text, nullable=False),
    sa.Column("module", Text, nullable=False),
    sa.Column("field", Text, nullable=False),
    sa.Column("params", Text, nullable=False),
    sa.Column("waits", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("total", Id, nullable=False),
    sa.Column("done", Id, nullable=False),
    sa.Column("last_id", Id, nullable=False),
    sa.Column("job_id", Id),
    sa.Column("problems", Text, nullable=False, server_default="[]"),
    sa.Index(
        "fs_step_open", "version", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
    ),
)
"""`module` and `field` are identities ("" for a whole module). `waits` says what cannot be relied on until the step
is done: "values" (they are not there yet), "order" (finding and sorting by it), "stored" (computed ones are of
before), "filled" (records may still lack the value they are to get) or ""."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Work to do on the rows of a module. `params` is plain data; `total` an estimate of the rows."""

    kind: str
    module: str
    field: str = ""
    params: Mapping[str, Any] = attribute(default_factory=dict)
    waits: str = ""
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class StoredStep(Step):
    """A step as it stands: `done` rows of it, up to and with the row `last_id`."""

    id: int
    version: int
    state: str
    done: int
    last_id: int
    job_id: int | None
    problems: tuple[Mapping[str, Any], ...]


_COLUMNS = tuple(fs_step.c[name] for name in StoredStep.__dataclass_fields__)


def store_step(conn: sa.Connection, version: int, step: Step, state: str = OPEN) -> int:
    """Keep a step of a revision; returns its id."""
    values = {
        "version": version, "kind": step.kind, "module": step.module, "field": step.field, "waits": step.waits,
        "params": json.dumps(dict(step.params), ensure_ascii=False), "state": state, "total": step.total, "done": 0,
        "last_id": 0,
    }  # fmt: skip
    return int(conn.execute(sa.insert(fs_step).values(**values).returning(fs_step.c.id)).scalar_one())


def get_step(conn: sa.Connection, step_id: int) -> StoredStep:
    """Raises LookupError when there is no such step."""
    row = conn.execute(sa.select(*_COLUMNS).where(fs_step.c.id == step_id)).one_or_none()
    if row is None:
        raise LookupError(f"no step {step_id}")
    return _stored(row)


def open_steps(conn: sa.Connection) -> list[StoredStep]:
    """Those not done yet, the oldest first."""
    rows = conn.execute(sa.select(*_COLUMNS).where(fs_step.c.state == OPEN).order_by(fs_step.c.id))
    return [_stored(row) for row in rows]


def steps_of(conn: sa.Connection, version: int) -> list[StoredStep]:
    """Those of a revision, done or not."""
    rows = conn.execute(sa.select(*_COLUMNS).where(fs_step.c.version == version).order_by(fs_step.c.id))
    return [_stored(row) for row in rows]


def failed_steps(conn: sa.Connection) -> list[StoredStep]:
    rows = conn.execute(sa.select(*_COLUMNS).where(fs_step.c.state == FAILED).order_by(fs_step.c.id))
    return [_stored(row) for row in rows]


def load_waiting(conn: sa.Connection) -> dict[str, str]:
    """Identity of a field → what of it cannot be relied on yet, one of `WAITS`."""
    query = sa.select(fs_step.c.field, fs_step.c.waits).where(
        fs_step.c.state.in_((OPEN, FAILED)), fs_step.c.waits != "", fs_step.c.field != ""
    )
    found: dict[str, str] = {}
    for row in conn.execute(query):
        found[row.field] = max(found.get(row.field, ""), row.waits, key=WAITS.index)
    return found


def note_step(conn: sa.Connection, step_id: int, **values: Any) -> None:
    """Write how far a step is: `done`, `last_id`, `state`, `job_id`, `total`, `problems`."""
    if "problems" in values:
        values["problems"] = json.dumps(list(values["problems"]), ensure_ascii=False)
    conn.execute(sa.update(fs_step).where(fs_step.c.id == step_id).values(**values))


def note_job(conn: sa.Connection, version: int, job_id: int) -> None:
    """Which job does the open steps of a revision."""
    conn.execute(sa.update(fs_step).where(fs_step.c.version == version, fs_step.c.state == OPEN).values(job_id=job_id))


def count_done(conn: sa.Connection, version: int) -> tuple[int, int]:
    """(rows done, rows in all) of the steps of a revision."""
    total = sa.func.coalesce(sa.func.sum(fs_step.c.total), 0)
    # A step that is done counts whole: its total was an estimate.
    done = sa.func.coalesce(sa.func.sum(sa.case((fs_step.c.state == OPEN, fs_step.c.done), else_=fs_step.c.total)), 0)
    row = conn.execute(sa.select(done, total).where(fs_step.c.version == version)).one()
    return int(row[0]), int(row[1])


def reopen_steps(conn: sa.Connection, version: int) -> None:
    """Let the failed steps of a revision begin anew."""
    failed = sa.and_(fs_step.c.version == version, fs_step.c.state == FAILED)
    conn.execute(sa.update(fs_step).where(failed).values(state=OPEN, done=0, last_id=0, problems="[]"))


def drop_steps(conn: sa.Connection, ids: Sequence[int]) -> None:
    """What these steps were for is not wanted any more."""
    if ids:
        conn.execute(sa.update(fs_step).where(fs_step.c.id.in_(list(ids))).values(state=DROPPED))


def _stored(row: sa.Row[Any]) -> StoredStep:
    values = dict(row._mapping)
    return StoredStep(**values | {"params": json.loads(row.params), "problems": tuple(json.loads(row.problems))})
