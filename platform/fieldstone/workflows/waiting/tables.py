"""System tables of runs that wait."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.records.merge.kept_tables import KeptTable, keep_with_record
from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

fs_waiting = sa.Table(
    "fs_waiting",
    system_metadata,
    sa.Column("run_id", Id, primary_key=True, autoincrement=False),
    sa.Column("module", Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("workflow", Text, nullable=False),
    sa.Column("definition", Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("until", UtcDateTime),
    sa.Column("key", Text, nullable=False),
    sa.Column("actor", Id),
    sa.Column("answer", Text, nullable=False, server_default=""),
    sa.Index("fs_waiting_key", "key"),
    sa.Index("fs_waiting_record", "module", "record_id"),
    sa.Index("fs_waiting_definition", "definition"),
)
"""A run between two of its steps: the one at `position` waits, `until` a time (NULL: for people alone). Whoever
deletes the row may go on with the run, or end it: so each happens once. `module` is an identity, `definition` an id of
fs_run_definition, `key` that of the job which comes for it, shared by all that are due together. `answer`: what the
last approval came to."""

fs_run_definition = sa.Table(
    "fs_run_definition",
    system_metadata,
    sa.Column("id", Text, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("entry", Text, nullable=False),
)
"""Workflows as they were when runs of them began to wait, each content once; see `waiting.definitions`."""

keep_with_record(KeptTable(table=fs_waiting, key=("run_id",)))
