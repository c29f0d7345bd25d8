"""Drafts in the database."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.changes.drafts.draft import Clash, Draft, DraftStep, replay
from fieldstone.changes.drafts.tables import draft as drafts
from fieldstone.changes.drafts.tables import draft_step
from fieldstone.changes.rollback import site_layer_at


def has_draft(conn: sa.Connection, user_id: int) -> bool:
    return conn.execute(sa.select(drafts.c.turn).where(drafts.c.user_id == user_id)).first() is not None


def load_draft(conn: sa.Connection, user_id: int) -> Draft | None:
    """The draft of a user, None when there is none."""
    row = conn.execute(sa.select(drafts).where(drafts.c.user_id == user_id)).one_or_none()
    if row is None:
        return None
    found = conn.execute(
        sa.select(draft_step.c.label, draft_step.c.at, draft_step.c.documents, draft_step.c.follow_up)
        .where(draft_step.c.user_id == user_id)
        .order_by(draft_step.c.number)
    )
    steps = tuple(
        DraftStep(
            label=step.label,
            at=step.at,
            documents=json.loads(step.documents),
            follow_up=tuple(json.loads(step.follow_up)),
        )
        for step in found
    )
    base_site = site_layer_at(conn, row.base)
    return Draft(
        user_id=user_id,
        base=row.base,
        base_site=base_site,
        site=replay(base_site, steps[: row.position]),
        steps=steps,
        position=row.position,
        turn=row.turn,
        clashes=tuple(_clash(each) for each in json.loads(row.clashes)),
    )


def store_draft(conn: sa.Connection, draft: Draft, at: datetime, *, keep: int = 0) -> None:
    """Write a draft and those of its steps after the first `keep`, which are stored already."""
    values = {
        "base": draft.base,
        "position": draft.position,
        "turn": draft.turn,
        "clashes": json.dumps([asdict(clash) for clash in draft.clashes]),
        "modified_at": at,
    }
    found = conn.execute(sa.update(drafts).where(drafts.c.user_id == draft.user_id).values(values))
    if found.rowcount == 0:
        conn.execute(sa.insert(drafts).values(user_id=draft.user_id, **values))
    of_user = draft_step.c.user_id == draft.user_id
    conn.execute(sa.delete(draft_step).where(of_user, draft_step.c.number > keep))
    rows = [
        {
            "user_id": draft.user_id,
            "number": number,
            "label": step.label,
            "at": step.at,
            "documents": json.dumps(dict(step.documents), ensure_ascii=False),
            "follow_up": json.dumps(step.follow_up, ensure_ascii=False),
        }
        for number, step in enumerate(draft.steps[keep:], start=keep + 1)
    ]
    if rows:
        conn.execute(sa.insert(draft_step), rows)


def move_draft(conn: sa.Connection, draft: Draft, at: datetime) -> None:
    """Write how many of the steps count."""
    values = {"position": draft.position, "turn": draft.turn, "modified_at": at}
    conn.execute(sa.update(drafts).where(drafts.c.user_id == draft.user_id).values(values))


def delete_draft(conn: sa.Connection, user_id: int) -> None:
    conn.execute(sa.delete(draft_step).where(draft_step.c.user_id == user_id))
    conn.execute(sa.delete(drafts).where(drafts.c.user_id == user_id))


def list_drafts(conn: sa.Connection) -> list[tuple[int, datetime]]:
    """(user, when it was last changed) of every draft, the newest first."""
    found = conn.execute(sa.select(drafts.c.user_id, drafts.c.modified_at).order_by(drafts.c.modified_at.desc()))
    return [(row.user_id, row.modified_at) for row in found]


def _clash(data: dict[str, Any]) -> Clash:
    return Clash(**{**data, "steps": tuple(data["steps"])})
