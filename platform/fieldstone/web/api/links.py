"""/m/{module}/{id}/links/{relation}: related records, linking and unlinking."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.web.api.body import ids_in, json_object
from fieldstone.web.api.lists import page_to_json, read_query
from fieldstone.web.api.parameters import accepts, flag_parameter
from fieldstone.web.api.paths import RECORD
from fieldstone.web.current import current_actor, current_records

BAD_ATTRIBUTES = declare("api.E030", "attributes must be a JSON object.", 'For example {{"role": "buyer"}}.')


def add_routes(api: Blueprint) -> None:
    @api.get(f"{RECORD}/links/<relation>")
    @accepts("where", "fields", "sort", "limit", "cursor", "count", "as_of")
    def related(module: str, record_id: int, relation: str) -> dict[str, Any]:
        query = read_query()
        page = current_records().related(current_actor(), module, record_id, relation, query)
        body = page_to_json(page, query)
        if flag_parameter("count"):
            count = current_records().count_related(
                current_actor(), module, record_id, relation, query.where, as_of=query.as_of
            )
            body |= {"count": count.value, "count_exact": count.exact}
        return body

    @api.post(f"{RECORD}/links/<relation>")
    def link(module: str, record_id: int, relation: str) -> Response:
        """Body: {"ids": [42], "attributes": {…}}. Those that are linked already stay linked."""
        body = json_object()
        attributes = body.pop("attributes", None)
        if attributes is not None and not isinstance(attributes, dict):
            raise InvalidInputError(BAD_ATTRIBUTES, field="attributes")
        current_records().link(current_actor(), module, record_id, relation, ids_in(body), attributes)
        return Response(status=204)

    @api.delete(f"{RECORD}/links/<relation>/<int(max=9223372036854775807):other_id>")
    def unlink(module: str, record_id: int, relation: str, other_id: int) -> Response:
        current_records().unlink(current_actor(), module, record_id, relation, [other_id])
        return Response(status=204)
