"""System tables of imports."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Text
from fieldstone.storage.system import system_metadata

fs_import = sa.Table(
    "fs_import",
    system_metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("module", Text, nullable=False),
    sa.Column("file_name", Text, nullable=False),
    sa.Column("path", Text, nullable=False),
    sa.Column("encoding", Text, nullable=False),
    sa.Column("delimiter", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("phase", Text, nullable=False, server_default="rows"),
    sa.Column("options", Text, nullable=False, server_default="{}"),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("row", sa.Integer, nullable=False, server_default="1"),
    sa.Column("created", sa.Integer, nullable=False, server_default="0"),
    sa.Column("updated", sa.Integer, nullable=False, server_default="0"),
    sa.Column("unchanged", sa.Integer, nullable=False, server_default="0"),
    sa.Column("skipped", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("message", Text, nullable=False, server_default=""),
    sa.Column("created_by", sa.Integer),
    sa.Column("acted_by", sa.Integer),
    sa.Column("created_at", Text, nullable=False),
    sa.Column("finished_at", Text),
)
"""One import. `state`: draft, queued, running, paused, done, failed, undone. `phase`: rows, then links
(lookups to records that stand later in the same file). `row`: the last row that is committed. `acted_by`: the
administrator who sent it, or let it run, in the name of `created_by`."""

fs_import_problem = sa.Table(
    "fs_import_problem",
    system_metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("import_id", sa.Integer, nullable=False, index=True),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("field", Text, nullable=False),
    sa.Column("value", Text, nullable=False),
    sa.Column("code", Text, nullable=False),
    sa.Column("params", Text, nullable=False),
    sa.Column("message", Text, nullable=False),
)
"""One problem of one row; the report groups them by field, value and message."""

fs_import_link = sa.Table(
    "fs_import_link",
    system_metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("import_id", sa.Integer, nullable=False, index=True),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("record_id", sa.Integer, nullable=False),
    sa.Column("field", Text, nullable=False),
    sa.Column("value", Text, nullable=False),
)
"""A lookup to its own module that could not be resolved when its row was saved."""

fs_import_map = sa.Table(
    "fs_import_map",
    system_metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("module", Text, nullable=False, index=True),
    sa.Column("owner_id", sa.Integer),
    sa.Column("label", Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("columns", Text, nullable=False),
    sa.Column("options", Text, nullable=False),
)
"""What was decided about the columns of a file, kept by name. `columns` (JSON) are those of the file, `options` what an
import keeps in its own; by present names, which a publish that renames something rewrites."""
