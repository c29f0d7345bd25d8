"""Everything a site's database holds, to be compared before and after."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fieldstone.runtime.settings import load_settings
from fieldstone.storage.database import Database

Dump = dict[str, list[tuple[Any, ...]]]

COUNTERS = ("fs_counter",)
IMPORTS = ("fs_import", "fs_import_problem", "fs_import_link")


def dump_site(folder: Path, *, without: Collection[str] = ()) -> Dump:
    """Table → its rows by id, system tables too; not the words' index, which has the same content as `fs_search`."""
    database = Database.open(load_settings(folder).database_url)
    try:
        with database.read() as conn:
            names = sa.inspect(conn).get_table_names()
            return {
                name: sorted(map(tuple, conn.execute(sa.text(f'SELECT * FROM "{name}"')).all()), key=repr)
                for name in sorted(names)
                if name not in without and not name.startswith("fs_search_")
            }
    finally:
        database.close()
