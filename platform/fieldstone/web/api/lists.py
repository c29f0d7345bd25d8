"""GET /m/{module}: a page of records. GET /m/{module}/suggest: autocomplete."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from fieldstone.records.query_types import Page, Query
from fieldstone.web.api.parameters import (
    accepts,
    as_of_parameter,
    flag_parameter,
    names_parameter,
    number_parameter,
    text_parameter,
)
from fieldstone.web.api.serialize import moment_to_json, record_to_json
from fieldstone.web.api.views import with_view
from fieldstone.web.current import current_actor, current_records


def add_routes(api: Blueprint) -> None:
    @api.get("/m/<module>")
    @accepts("where", "fields", "sort", "limit", "cursor", "count", "deleted", "as_of", "view")
    def list_records(module: str) -> dict[str, Any]:
        query = with_view(module, read_query())
        page = current_records().query(current_actor(), module, query)
        body = page_to_json(page, query)
        if flag_parameter("count"):
            count = current_records().count(
                current_actor(), module, query.where, deleted=query.deleted, as_of=query.as_of
            )
            body |= {"count": count.value, "count_exact": count.exact}
        return body

    @api.get("/m/<module>/suggest")
    @accepts("q", "limit")
    def suggest(module: str) -> dict[str, Any]:
        limit = number_parameter("limit", default=10, most=50)
        found = current_records().suggest(current_actor(), module, text_parameter("q"), limit)
        return {"data": [{"id": each.id, "label": each.label, "detail": each.detail} for each in found]}


def read_query() -> Query:
    return Query(
        where=text_parameter("where"),
        sort=names_parameter("sort"),
        fields=names_parameter("fields"),
        limit=number_parameter("limit"),
        cursor=text_parameter("cursor"),
        deleted=flag_parameter("deleted"),
        as_of=as_of_parameter(),
    )


def page_to_json(page: Page, query: Query) -> dict[str, Any]:
    """`as_of` is the time that was asked for, so that a date says which moment it was."""
    past = {} if query.as_of is None else {"as_of": moment_to_json(query.as_of)}
    return {
        **past,
        "data": [record_to_json(record) for record in page.records],
        "next_cursor": page.next_cursor or None,
        "has_more": page.has_more,
    }
