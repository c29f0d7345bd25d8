"""Saved views follow renames: what they say is read as the list views of a layout are, and said by the new names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fieldstone.metadata.layers import Layer
from fieldstone.metadata.references.documents import SourceDocument
from fieldstone.metadata.references.mention import Visitor
from fieldstone.metadata.references.names import DeclaredNames
from fieldstone.metadata.references.reading import read_documents
from fieldstone.metadata.writer import write_document
from fieldstone.records.views.tables import habit, view, view_share


def has_views(conn: sa.Connection) -> bool:
    """Whether anybody has saved a view, or has arranged one."""
    return any(conn.execute(sa.select(table.c.module).limit(1)).first() is not None for table in (view, habit))


def rename_views(
    conn: sa.Connection, modules: Mapping[str, str], names: DeclaredNames, visit: Visitor, changed: Iterable[str]
) -> None:
    """Rewrite what saved views say, and the widths of columns that people chose.

    `modules`: identity → the name before, by which `names` knows it; `visit` answers with the new names; `changed` are
    the names that change: a view that says none of them is passed over.
    """
    sought = frozenset(changed)
    query = sa.select(view.c.id, view.c.module, view.c.filter, view.c.columns, view.c.sort, view.c.grouped)
    for row in conn.execute(query).all():
        said = " ".join((row.filter, row.columns, row.sort, row.grouped))
        if row.module not in modules or not any(name in said for name in sought):
            continue
        before = {
            "filter": row.filter,
            "columns": json.loads(row.columns),
            "sort": json.loads(row.sort),
            "grouped": [row.grouped],
        }
        after = reworded(modules[row.module], before, names, visit)
        if after != before:
            values = {
                "filter": after["filter"],
                "columns": json.dumps(after["columns"]),
                "sort": json.dumps(after["sort"]),
                "grouped": after["grouped"][0],
            }
            conn.execute(sa.update(view).where(view.c.id == row.id).values(**values))
    _rename_widths(conn, modules, names, visit)


def rename_receivers(conn: sa.Connection, roles: Mapping[str, str]) -> None:
    """Views shared with a role (old → new name) stay shared with it; names may change places."""
    held = sa.select(view_share.c.id, view_share.c.role).where(view_share.c.role.in_(sorted(roles)))
    for row in conn.execute(held).all():
        conn.execute(sa.update(view_share).where(view_share.c.id == row.id).values(role=roles[row.role]))


def _rename_widths(conn: sa.Connection, modules: Mapping[str, str], names: DeclaredNames, visit: Visitor) -> None:
    query = sa.select(habit.c.user_id, habit.c.module, habit.c.view, habit.c.widths).where(habit.c.widths != "{}")
    for row in conn.execute(query).all():
        if row.module not in modules:
            continue
        widths = json.loads(row.widths)
        before = list(widths)
        after = reworded(modules[row.module], {"columns": before}, names, visit)["columns"]
        if after != before:
            same = sa.and_(habit.c.user_id == row.user_id, habit.c.module == row.module, habit.c.view == row.view)
            kept = json.dumps(dict(zip(after, widths.values(), strict=True)))
            conn.execute(sa.update(habit).where(same).values(widths=kept))


def reworded(module: str, said: Mapping[str, Any], names: DeclaredNames, visit: Visitor) -> dict[str, Any]:
    """The same parts by the new names. What cannot be read stays as it is."""
    data = {"module": module, "list": {"views": dict(_parts(said))}}
    layer = Layer(name="views", documents={f"layouts/{module}.yaml": write_document(data)})
    found: Sequence[SourceDocument] = read_documents(layer)
    if not found:
        return dict(said)
    views = found[0].visited(names, visit).root.data()["list"]["views"]
    after = {name: views.get(name, {}).get("columns", said[name]) for name in said if name not in ("filter", "sort")}
    for name in ("filter", "sort"):
        if name in said:
            after[name] = views.get(name, {}).get(name, said[name])
    return {name: after[name] for name in said}


def _parts(said: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part as a view of its own, in the place where a layout has such a thing."""
    for name, value in said.items():
        if value and value != [""]:
            yield name, {name if name in ("filter", "sort") else "columns": value}
