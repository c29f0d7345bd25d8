"""Following: whether the caller is told of what happens to a record, and of which records."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from fieldstone.web.api.caller import require_writing
from fieldstone.web.api.parameters import accepts
from fieldstone.web.api.paths import RECORD
from fieldstone.web.current import current_actor, current_site


def add_routes(api: Blueprint) -> None:
    @api.get("/following")
    @accepts()
    def followed() -> dict[str, Any]:
        """The last begun first."""
        found = current_site().activity.follows.all_of(current_actor())
        return {"data": [{"module": each.module, "id": each.id, "label": each.label} for each in found]}

    @api.get(f"{RECORD}/following")
    @accepts()
    def following(module: str, record_id: int) -> dict[str, Any]:
        actor = current_actor()
        found = current_site().activity.follows.followers(actor, module, record_id)
        return {
            "following": actor.user_id in {each.id for each in found},
            "followers": [{"id": each.id, "label": each.label} for each in found],
        }

    @api.put(f"{RECORD}/following")
    def follow(module: str, record_id: int) -> Response:
        return _follow(module, record_id, follows=True)

    @api.delete(f"{RECORD}/following")
    def unfollow(module: str, record_id: int) -> Response:
        return _follow(module, record_id, follows=False)


def _follow(module: str, record_id: int, *, follows: bool) -> Response:
    require_writing(module)
    current_site().activity.follows.follow(current_actor(), module, record_id, follows=follows)
    return Response(status=204)
