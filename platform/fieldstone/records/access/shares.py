"""Sharing single records by hand, with a user, a team or a role."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError, NotFoundError
from fieldstone.metadata.rights import SHARED_ACCESS
from fieldstone.records import codes
from fieldstone.records.access.rights import require_tool
from fieldstone.records.access.share_ends import clear_ended, lasts, told_share
from fieldstone.records.access.tables import share
from fieldstone.records.access.visible import visible_ids
from fieldstone.records.accounts.audit import record_audit
from fieldstone.records.people import principal_labels
from fieldstone.records.save.history import add_entries
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.principals import principal
from fieldstone.storage.published import PublishedModel

TOOL = "share"

NO_RECEIVER = declare(
    "access.E008",
    "There is nobody to share with: name one user or team, or one role.",
    "Choose somebody who is there and active.",
)
NO_SHARE = declare("access.E009", "The record is not shared like that.", "Look again: it may have been taken back.")
BAD_ACCESS = declare("access.E010", "A record cannot be shared for {access}.", "Write read or edit.")
ENDS_BEFORE = declare("access.E011", "A share must end in the future.", "Choose a later time, or none.")


@dataclass(frozen=True, kw_only=True)
class Share:
    """`principal` (a user or team, with its `label`) or `role` is who it is shared with. `access`: read or edit.
    `until`: when it ends by itself."""

    id: int
    principal: int | None
    role: str
    label: str
    access: str
    by: int | None
    at: datetime
    until: datetime | None = None


def share_record(
    work: SaveWork,
    module: str,
    record_id: int,
    *,
    principal: int | None = None,
    role: str = "",
    access: str = "read",
    until: datetime | None = None,
) -> int:
    """Bring a record into the reach of a user, a team (and the teams below it) or a role, `until` a time or for good;
    the id of the share. Sharing it again with the same changes the access and the end.

    Raises ForbiddenError access.E006 without the tool, NotFoundError record.E010 for a record that the actor may not
    edit, InvalidInputError access.E008, access.E010, access.E011.
    """
    program, row = _open(work, module, record_id)
    if access not in SHARED_ACCESS:
        raise InvalidInputError(BAD_ACCESS, access=access)
    if until is not None and until <= work.now:
        raise InvalidInputError(ENDS_BEFORE)
    if (principal is None) == (not role) or not _is_there(work, principal, role):
        raise InvalidInputError(NO_RECEIVER)
    same = sa.and_(_of(program, record_id), share.c.principal_id == principal, share.c.role.is_(None))
    if role:
        same = sa.and_(_of(program, record_id), share.c.role == role)
    conn = work.connection
    clear_ended(conn, work.published, work.now, only=same)
    stamp = {"access": access, "by": work.actor.user_id, "at": work.now, "until": until}
    known = conn.execute(sa.select(share.c.id, share.c.access, share.c.until).where(same)).one_or_none()
    if known is not None:
        conn.execute(sa.update(share).where(share.c.id == known.id).values(stamp))
    else:
        values = {"module": program.identity, "record_id": record_id, "principal_id": principal, "role": role or None}
        known_id = conn.execute(sa.insert(share).values(values | stamp).returning(share.c.id)).scalar_one()
    before = None if known is None else told_share(principal, role, known.access, known.until)
    _note(work, program, row, "shared", before, told_share(principal, role, access, until))
    return int(known_id if known is None else known.id)


def unshare_record(work: SaveWork, module: str, record_id: int, share_id: int) -> None:
    """Take a share back. Raises as `share_record`, and NotFoundError access.E009."""
    program, row = _open(work, module, record_id)
    mine = sa.and_(_of(program, record_id), share.c.id == share_id)
    found = work.connection.execute(sa.select(share).where(mine, lasts(work.published))).one_or_none()
    if found is None:
        raise NotFoundError(NO_SHARE)
    work.connection.execute(sa.delete(share).where(mine))
    before = told_share(found.principal_id, found.role or "", found.access, found.until)
    _note(work, program, row, "unshared", before, None)


def rename_shares(conn: sa.Connection, roles: Mapping[str, str]) -> None:
    """What is shared with renamed roles (old → new name) stays shared with them, all at once. What was left over of a
    role that had one of the new names before goes."""
    if not roles:
        return
    held = conn.execute(sa.select(share.c.id, share.c.role).where(share.c.role.in_(sorted(roles)))).all()
    conn.execute(sa.delete(share).where(share.c.role.in_(sorted(set(roles.values()) - roles.keys()))))
    for row in held:
        conn.execute(sa.update(share).where(share.c.id == row.id).values(role=roles[row.role]))


def shares_of(conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, record_id: int) -> list[Share]:
    """With whom a record is shared, oldest first. Raises NotFoundError record.E010 for one out of reach."""
    if not visible_ids(conn, published, actor, module, [record_id], "view"):
        raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
    identity = published.model.modules[module].identity
    mine = (share.c.module == identity, share.c.record_id == record_id, lasts(published))
    rows = conn.execute(sa.select(share).where(*mine).order_by(share.c.id)).all()
    people = principal_labels(conn, {row.principal_id for row in rows if row.principal_id is not None})
    roles = published.model.roles
    return [
        Share(
            id=row.id,
            principal=row.principal_id,
            role=row.role or "",
            label=_label(roles[row.role].label if row.role in roles else row.role, people.get(row.principal_id)),
            access=row.access,
            by=row.by,
            at=row.at,
            until=row.until,
        )
        for row in rows
    ]


def _open(work: SaveWork, module: str, record_id: int) -> tuple[ModuleProgram, SaveRow]:
    require_tool(work.published, work.actor, TOOL)
    program = program_for(work, module)
    stored = read_rows(work, program, [record_id], right="edit").get(record_id)
    if stored is None:
        raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
    return program, SaveRow(module=module, id=record_id, old=stored, values=dict(stored))


def _is_there(work: SaveWork, principal_id: int | None, role: str) -> bool:
    if role:
        return role in work.published.model.roles
    found = sa.select(principal.c.id).where(principal.c.id == principal_id, principal.c.active)
    return work.connection.execute(found).first() is not None


def _of(program: ModuleProgram, record_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(share.c.module == program.identity, share.c.record_id == record_id)


def _note(
    work: SaveWork,
    program: ModuleProgram,
    row: SaveRow,
    kind: str,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    """An entry in the history of the record, whose version does not move, and one in the audit log."""
    add_entries(work, program, [(row, kind, json.dumps({"share": [before, after]}, separators=(",", ":")))])
    record_audit(
        work.connection,
        f"record.{kind}",
        by=work.actor,
        now=work.now,
        target=f"{row.module}:{row.id}",
        details={"before": before, "after": after},
    )


def _label(role: str | None, person: str | None) -> str:
    return role or person or ""
