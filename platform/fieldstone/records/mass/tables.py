"""System tables of mass actions."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

mass = sa.Table(
    "fs_mass",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("options", Text, nullable=False),
    sa.Column("where", Text, nullable=False),
    sa.Column("ids", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("last_id", Id, nullable=False),
    sa.Column("most_id", Id, nullable=False),
    sa.Column("total", Id, nullable=False),
    sa.Column("done", Id, nullable=False),
    sa.Column("changed", Id, nullable=False),
    sa.Column("failed", Id, nullable=False),
    sa.Column("message", Text, nullable=False),
    sa.Column("begun_via", Text, nullable=False),
    sa.Column("job_id", Id),
    sa.Column("created_by", Id),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Index("fs_mass_by", "created_by", "id"),
)
"""One mass action. `module` is an identity. It takes the records `ids` (JSON), or all for which `where` holds when
their turn comes, in the order of their ids up to `most_id`; those up to `last_id` are done. `begun_via`: who acted in
the person's name. `state`: queued, running, done, cancelled, failed, undone."""

mass_problem = sa.Table(
    "fs_mass_problem",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("mass_id", Id, sa.ForeignKey("fs_mass.id"), nullable=False, index=True),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("field", Text, nullable=False),
    sa.Column("code", Text, nullable=False),
    sa.Column("params", Text, nullable=False),
    sa.Column("message", Text, nullable=False),
)
"""Why one record was left as it was; a record may have several."""
