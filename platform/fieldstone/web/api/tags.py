"""GET /m/{module}/tags/{field}: the tags in use, the most used first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort

from fieldstone.records.access import require
from fieldstone.web.api.parameters import accepts, text_parameter
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import describe
from fieldstone.web.known_tags import has_tags, known_tags


def add_routes(api: Blueprint) -> None:
    @api.get("/m/<module>/tags/<field>")
    @accepts("q")
    def tags(module: str, field: str) -> dict[str, Any]:
        require(current_published(), current_actor(), module, "view")
        if not has_tags(describe(current_published(), module, current_actor()), field):
            abort(404)
        return {"data": known_tags(module, field, text_parameter("q"))}
