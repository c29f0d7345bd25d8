"""GET /m/{module}/aggregate: counts and sums by group."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, request

from fieldstone.web.api.request import current_actor, current_site, list_parameter


def add_routes(api: Blueprint) -> None:
    @api.get("/m/<module>/aggregate")
    def aggregate(module: str) -> dict[str, Any]:
        groups = current_site().records.aggregate(
            current_actor(),
            module,
            group=list_parameter("group"),
            measures=list_parameter("measure") or ("count",),
            where=request.args.get("where", ""),
        )
        return {"data": [{name: _plain(value) for name, value in group.items()} for group in groups]}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value
