"""/m/{module}/{id}/links/{relation}: related records, linking and unlinking."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.query_types import Query
from fieldstone.web.api.request import (
    current_actor,
    current_site,
    json_object,
    list_of,
    list_parameter,
    number_parameter,
)
from fieldstone.web.api.serialize import record_to_json

BAD_IDS = declare("api.E030", "ids must be a list of whole numbers.", 'Send {{"ids": [42]}}.')


def add_routes(api: Blueprint) -> None:
    @api.get("/m/<module>/<int:record_id>/links/<relation>")
    def related(module: str, record_id: int, relation: str) -> dict[str, Any]:
        site = current_site()
        query = Query(
            sort=list_parameter("sort"),
            fields=list_parameter("fields"),
            limit=number_parameter("limit", 50, 1, 1_000),
            cursor=request.args.get("cursor", ""),
        )
        page = site.records.related(current_actor(), module, record_id, relation, query)
        return {
            "data": [record_to_json(site.models.current, record) for record in page.records],
            "next_cursor": page.next_cursor or None,
            "has_more": page.has_more,
        }

    @api.post("/m/<module>/<int:record_id>/links/<relation>")
    def link(module: str, record_id: int, relation: str) -> Response:
        ids = list_of(json_object(), "ids")
        if not all(isinstance(each, int) and not isinstance(each, bool) for each in ids):
            raise InvalidInputError(BAD_IDS)
        current_site().records.link(current_actor(), module, record_id, relation, ids)
        return Response(status=204)

    @api.delete("/m/<module>/<int:record_id>/links/<relation>/<int:other_id>")
    def unlink(module: str, record_id: int, relation: str, other_id: int) -> Response:
        current_site().records.unlink(current_actor(), module, record_id, relation, [other_id])
        return Response(status=204)
