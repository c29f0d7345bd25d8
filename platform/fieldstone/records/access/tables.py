"""System tables of access: records shared by hand, and the records that users stand for."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

share = sa.Table(
    "fs_share",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("principal_id", Id, sa.ForeignKey("fs_principal.id"), index=True),
    sa.Column("role", Text),
    sa.Column("access", Text, nullable=False),
    sa.Column("by", Id),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime, index=True),
    sa.Index("fs_share_record", "module", "record_id"),
    sa.Index("fs_share_principal", "module", "principal_id"),
    sa.Index("fs_share_role", "module", "role"),
)
"""One record shared with a user or a team (`principal_id`; a team stands for the teams below it too) or with a
`role`. `module` is an identity, `access` read or edit (which includes read). From `until` on it gives nothing
(`records.access.share_ends`)."""

stands_for = sa.Table(
    "fs_stands_for",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("module", Text, primary_key=True),
    sa.Column("record_id", Id, primary_key=True, autoincrement=False),
    sa.Index("fs_stands_for_record", "module", "record_id"),
)
"""The contact or organization that a user of a portal is: what the scope `related` starts from. `module` is an
identity."""
