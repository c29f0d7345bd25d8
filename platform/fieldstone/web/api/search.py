"""GET /search: records of every module the caller may see."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from fieldstone.web.api.parameters import accepts, number_parameter, text_parameter
from fieldstone.web.current import current_actor, current_records


def add_routes(api: Blueprint) -> None:
    @api.get("/search")
    @accepts("q", "module", "limit")
    def search() -> dict[str, Any]:
        limit = number_parameter("limit", default=20, most=100)
        module = text_parameter("module") or None
        hits = current_records().search(current_actor(), text_parameter("q"), module=module, limit=limit)
        return {
            "data": [
                {"module": each.module, "id": each.id, "label": each.label, "detail": each.detail} for each in hits
            ]
        }
