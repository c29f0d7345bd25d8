"""/m/{module}/views: the views of a list, those of the layout and those that people have saved, as far as the caller
may use them. `?view=` of the list shows one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.errors import ForbiddenError, NotFoundError
from fieldstone.records.access import require
from fieldstone.records.filters import compile_where
from fieldstone.records.query_types import Query
from fieldstone.records.views.checks import NO_VIEW
from fieldstone.web.api.parameters import accepts, text_parameter
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.list_views import ListView, list_views


def add_routes(api: Blueprint) -> None:
    @api.get("/m/<module>/views")
    @accepts()
    def views(module: str) -> dict[str, Any]:
        """In the order in which the caller has them."""
        described, found = _views(module)
        return {"data": [_to_json(described, each) for each in found.values()]}

    @api.get("/m/<module>/views/<view>")
    @accepts()
    def view(module: str, view: str) -> dict[str, Any]:
        described, found = _find(module, view)
        return _to_json(described, found)


def with_view(module: str, query: Query) -> Query:
    """The query within the view that `view` names: its filter besides, its order and columns where none are asked for.

    Raises NotFoundError view.E001."""
    key = text_parameter("view")
    if not key:
        return query
    described, found = _find(module, key)
    where = " and ".join(f"({each})" for each in (found.definition.filter, query.where) if each.strip())
    return Query(
        where=where,
        sort=query.sort or described.known_sort(found.definition.sort),
        fields=query.fields or _fields(described, found),
        limit=query.limit,
        cursor=query.cursor,
        deleted=query.deleted,
        as_of=query.as_of,
    )


def _find(module: str, key: str) -> tuple[DescribedModule, ListView]:
    described, found = _views(module)
    if key not in found:
        raise NotFoundError(NO_VIEW)
    return described, found[key]


def _views(module: str) -> tuple[DescribedModule, Mapping[str, ListView]]:
    """Without those whose filter names a field that is hidden from the caller, or gone."""
    require(current_published(), current_actor(), module, "view")
    described = describe(current_published(), module, current_actor())
    return described, {key: each for key, each in list_views(described).items() if _works(module, each)}


def _works(module: str, view: ListView) -> bool:
    try:
        compile_where(current_published(), current_actor(), module, view.definition.filter)
    except (ExpressionError, ForbiddenError):
        return False
    return True


def _fields(module: DescribedModule, view: ListView) -> tuple[str, ...]:
    wanted = view.definition.columns or module.layout.columns
    return tuple(name for name in wanted if module.find(name) is not None)


def _to_json(module: DescribedModule, view: ListView) -> dict[str, Any]:
    """`audience` "layout": it comes with the module; else private, shared or public, and `owner` made it."""
    saved = view.saved
    return {
        "key": view.key,
        "label": view.label,
        "where": view.definition.filter or None,
        "fields": list(_fields(module, view)),
        "sort": list(module.known_sort(view.definition.sort)),
        "group": view.grouped or None,
        "default": view.definition.default,
        "audience": saved.audience if saved else "layout",
        "owner": {"id": saved.owner_id, "label": saved.owner_label} if saved else None,
    }
