"""System tables of drafts."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

draft = sa.Table(
    "fs_draft",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("base", Id, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("clashes", Text, nullable=False),
    sa.Column("modified_at", UtcDateTime, nullable=False),
)
"""One draft of each administrator. `base` is the revision it starts from, `position` how many of its steps count
(those after it were undone), `turn` goes up with every change, `clashes` JSON of what is to be decided."""

draft_step = sa.Table(
    "fs_draft_step",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("label", Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("documents", Text, nullable=False),
    sa.Column("follow_up", Text, nullable=False),
)
"""What a step changed: `documents` JSON {path: text of the site's document after it, null where it has gone},
`follow_up` JSON of what is to be done once it is published."""
