"""List views for everybody: those of a module's layout, with their filter, columns and order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.changes.editing.naming import name_from

Plain = dict[str, Any]


def views_of(data: Mapping[str, Any]) -> dict[str, Plain]:
    """Name → what a layout's document says of the view, in order."""
    return {name: dict(entry or {}) for name, entry in ((data.get("list") or {}).get("views") or {}).items()}


def with_views(data: Mapping[str, Any], views: Mapping[str, Mapping[str, Any]]) -> Plain:
    """The document with these views, in this order."""
    listed = {key: value for key, value in (data.get("list") or {}).items() if key != "views"}
    made = {name: {key: value for key, value in entry.items() if key != "after"} for name, entry in views.items()}
    if made:
        listed["views"] = made
    kept = {key: value for key, value in data.items() if key != "list"}
    return kept | {"list": listed} if listed else kept


def put_view(
    data: Mapping[str, Any],
    name: str,
    *,
    label: str,
    filter: str = "",
    columns: Sequence[str] = (),
    sort: Sequence[str] = (),
    default: bool = False,
) -> tuple[str, Plain]:
    """(name, the document with the view). A new one (`name` "") is named after its label; no `columns` are those of
    the list. There is one default at most."""
    views = views_of(data)
    name = name or name_from(label, views)
    entry: Plain = {"label": label}
    if filter.strip():
        entry["filter"] = filter.strip()
    if columns:
        entry["columns"] = list(columns)
    if sort:
        entry["sort"] = list(sort)
    if default:
        entry["default"] = True
        views = {key: {part: value for part, value in each.items() if part != "default"} for key, each in views.items()}
    return name, with_views(data, {**views, name: entry})


def order_views(data: Mapping[str, Any], names: Sequence[str]) -> Plain:
    views = views_of(data)
    order = [name for name in dict.fromkeys(names) if name in views]
    return with_views(data, {name: views[name] for name in [*order, *(each for each in views if each not in order)]})


def remove_view(data: Mapping[str, Any], name: str) -> Plain:
    return with_views(data, {key: entry for key, entry in views_of(data).items() if key != name})
