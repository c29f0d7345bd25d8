"""Imports that were begun and maps that were saved go on when what they name is renamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fieldstone.records.imports.tables import fs_import, fs_import_link, fs_import_map, fs_import_problem


def rename_imports(conn: sa.Connection, modules: Mapping[str, str], fields: Mapping[str, Mapping[str, str]]) -> None:
    """`modules`: former → present name. `fields`: module by its present name → former → present name."""
    if not modules and not fields:
        return
    _rename_maps(conn, modules, fields)
    query = sa.select(fs_import.c.id, fs_import.c.module, fs_import.c.options)
    for row in conn.execute(query).all():
        module = modules.get(row.module, row.module)
        names = fields.get(module, {})
        options = json.dumps(_renamed(json.loads(row.options), names), ensure_ascii=False)
        if (module, options) != (row.module, row.options):
            same = fs_import.c.id == row.id
            conn.execute(sa.update(fs_import).where(same).values(module=module, options=options))
        for kept in (fs_import_link, fs_import_problem):
            for former, present in names.items():
                mine = sa.and_(kept.c.import_id == row.id, kept.c.field == former)
                conn.execute(sa.update(kept).where(mine).values(field=present))


def _rename_maps(conn: sa.Connection, modules: Mapping[str, str], fields: Mapping[str, Mapping[str, str]]) -> None:
    columns = fs_import_map.c
    for row in conn.execute(sa.select(columns.id, columns.module, columns.options)).all():
        module = modules.get(row.module, row.module)
        options = json.dumps(_renamed(json.loads(row.options), fields.get(module, {})), ensure_ascii=False)
        conn.execute(sa.update(fs_import_map).where(columns.id == row.id).values(module=module, options=options))


def _renamed(options: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Mapping and guess give fields to columns, `key` is a field, `values` are by field."""
    renamed = dict(options)
    for part in ("mapping", "guess"):
        if isinstance(options.get(part), dict):
            renamed[part] = {column: names.get(field, field) for column, field in options[part].items()}
    if isinstance(options.get("key"), str):
        renamed["key"] = names.get(options["key"], options["key"])
    if isinstance(options.get("values"), dict):
        renamed["values"] = {names.get(field, field): values for field, values in options["values"].items()}
    return renamed
