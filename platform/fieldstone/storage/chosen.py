"""Settings that were made in Setup, as they are stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fieldstone.storage.columns import Text
from fieldstone.storage.system import system_metadata

setting = sa.Table(
    "fs_setting",
    system_metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("value", Text, nullable=False),
)
"""`value` is JSON; what is secret is encrypted in it."""


def read_chosen(conn: sa.Connection) -> dict[str, Any]:
    return {name: json.loads(value) for name, value in conn.execute(sa.select(setting.c.name, setting.c.value))}


def write_chosen(conn: sa.Connection, values: Mapping[str, Any]) -> None:
    """Keep values by name; None forgets one."""
    conn.execute(sa.delete(setting).where(setting.c.name.in_(sorted(values))))
    rows = [{"name": name, "value": json.dumps(value)} for name, value in values.items() if value is not None]
    if rows:
        conn.execute(sa.insert(setting), rows)
