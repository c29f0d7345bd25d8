"""GET /search: records of every module the caller may see."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from fieldstone.web.api.request import current_actor, current_site, number_parameter


def add_routes(api: Blueprint) -> None:
    @api.get("/search")
    def search() -> dict[str, Any]:
        hits = current_site().records.search(
            current_actor(),
            request.args.get("q", ""),
            module=request.args.get("module") or None,
            limit=number_parameter("limit", 20, 1, 100),
        )
        return {
            "data": [
                {"module": each.module, "id": each.id, "label": each.label, "detail": each.detail} for each in hits
            ]
        }
