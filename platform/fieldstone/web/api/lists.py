"""GET /m/{module}: a page of records; GET /m/{module}/suggest: autocomplete."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from fieldstone.records.query_types import COUNT_CAP, Query
from fieldstone.web.api.request import (
    current_actor,
    current_site,
    flag_parameter,
    list_parameter,
    number_parameter,
)
from fieldstone.web.api.serialize import record_to_json

_MOST = 1_000


def add_routes(api: Blueprint) -> None:
    @api.get("/m/<module>")
    def list_records(module: str) -> dict[str, Any]:
        site, actor = current_site(), current_actor()
        where = request.args.get("where", "")
        query = Query(
            where=where,
            sort=list_parameter("sort"),
            fields=list_parameter("fields"),
            limit=number_parameter("limit", 50, 1, _MOST),
            cursor=request.args.get("cursor", ""),
            deleted=flag_parameter("deleted"),
        )
        page = site.records.query(actor, module, query)
        published = site.models.current
        body: dict[str, Any] = {
            "data": [record_to_json(published, record) for record in page.records],
            "next_cursor": page.next_cursor or None,
            "has_more": page.has_more,
        }
        if flag_parameter("count"):
            count = site.records.count(actor, module, where, cap=COUNT_CAP)
            body |= {"count": count.value, "count_exact": count.exact}
        return body

    @api.get("/m/<module>/suggest")
    def suggest(module: str) -> dict[str, Any]:
        limit = number_parameter("limit", 10, 1, 50)
        found = current_site().records.suggest(current_actor(), module, request.args.get("q", ""), limit)
        return {"data": [{"id": each.id, "label": each.label, "detail": each.detail} for each in found]}
