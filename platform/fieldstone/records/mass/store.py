"""Mass actions as they are kept in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.model import AppModel
from fieldstone.records.mass.codes import NO_MASS
from fieldstone.records.mass.order import MassProblem, StoredMass
from fieldstone.records.mass.tables import mass, mass_problem


def insert_mass(conn: sa.Connection, **values: Any) -> int:
    return int(conn.execute(sa.insert(mass).values(**values).returning(mass.c.id)).scalar_one())


def forget_old(conn: sa.Connection, by: int | None, before: datetime) -> None:
    """Drop what a user's actions of long ago left: nobody asks any more why a record was left out."""
    old = sa.select(mass.c.id).where(mass.c.created_by == by, mass.c.finished_at < before)
    conn.execute(sa.delete(mass_problem).where(mass_problem.c.mass_id.in_(old)))
    conn.execute(sa.delete(mass).where(mass.c.created_by == by, mass.c.finished_at < before))


def update_mass(conn: sa.Connection, id: int, *states: str, **values: Any) -> bool:
    """Whether there was one to change: with `states`, only in one of these."""
    this = sa.update(mass).where(mass.c.id == id)
    if states:
        this = this.where(mass.c.state.in_(states))
    return bool(conn.execute(this.values(**values)).rowcount)


def move_on(conn: sa.Connection, id: int, before: int, last: int, *, done: int, changed: int, failed: int) -> bool:
    """Note that the records up to `last` are done, in the transaction that did them. False when another process has
    moved on from `before`: then this one must not commit."""
    this = sa.update(mass).where(mass.c.id == id, mass.c.last_id == before)
    values = {
        "last_id": last,
        "done": mass.c.done + done,
        "changed": mass.c.changed + changed,
        "failed": mass.c.failed + failed,
    }
    return bool(conn.execute(this.values(**values)).rowcount)


def get_mass(conn: sa.Connection, model: AppModel, id: int) -> StoredMass:
    """Raises NotFoundError mass.E001."""
    row = conn.execute(sa.select(mass).where(mass.c.id == id)).one_or_none()
    if row is None:
        raise NotFoundError(NO_MASS, id=id)
    return _stored(row, _names(model))


def list_masses(conn: sa.Connection, model: AppModel, by: int | None, limit: int) -> list[StoredMass]:
    """Those of a user, newest first."""
    query = sa.select(mass).where(mass.c.created_by == by).order_by(mass.c.id.desc()).limit(limit)
    names = _names(model)
    return [_stored(row, names) for row in conn.execute(query).all()]


def add_problems(conn: sa.Connection, id: int, problems: Sequence[MassProblem]) -> None:
    if problems:
        conn.execute(
            sa.insert(mass_problem),
            [
                {
                    "mass_id": id,
                    "record_id": each.record,
                    "field": each.field,
                    "code": each.code,
                    "params": json.dumps(dict(each.params), ensure_ascii=False, default=str),
                    "message": each.message,
                }
                for each in problems
            ],
        )


def load_problems(conn: sa.Connection, id: int, limit: int) -> list[MassProblem]:
    c = mass_problem.c
    query = sa.select(c.record_id, c.field, c.code, c.params, c.message).where(c.mass_id == id).order_by(c.id)
    return [
        MassProblem(record=record, field=name, code=code, params=json.loads(params), message=message)
        for record, name, code, params, message in conn.execute(query.limit(limit)).all()
    ]


def _names(model: AppModel) -> dict[str, str]:
    return {module.identity: module.name for module in model.modules.values()}


def _stored(row: sa.Row[Any], names: dict[str, str]) -> StoredMass:
    values = dict(row._mapping)
    ids = json.loads(values["ids"])
    values |= {
        "identity": row.module,
        "module": names.get(row.module, ""),
        "options": json.loads(row.options),
        "ids": None if ids is None else tuple(ids),
    }
    return StoredMass(**values)
