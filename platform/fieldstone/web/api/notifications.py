"""What the application has told the caller: read, and marked as read or unread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from fieldstone.records.access.tokens import token_allows, token_allows_tool
from fieldstone.web.api.body import check_keys, ids_in, json_object
from fieldstone.web.api.caller import require_writing
from fieldstone.web.api.parameters import accepts, choice_parameter, flag_parameter, number_parameter
from fieldstone.web.api.serialize import moment_to_json
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.labels import find_labels
from fieldstone.workflows.notifications import Notification

Labels = dict[tuple[str, int], str]


def add_routes(api: Blueprint) -> None:
    @api.get("/notifications")
    @accepts("unread", "kind", "limit", "before")
    def notifications() -> dict[str, Any]:
        """Newest first."""
        told = current_site().workflows.notifications.list(
            _me(),
            unread=flag_parameter("unread"),
            kind=choice_parameter("kind"),
            limit=number_parameter("limit", most=200),
            before=number_parameter("before") or None,
        )
        return {"data": _to_json([each for each in told if _is_for_token(each)])}

    @api.post("/notifications/read")
    def mark_read() -> dict[str, Any]:
        """Body: {"ids": [7, 9]}, or {} for all."""
        require_writing()
        body = json_object()
        check_keys(body, ("ids",))
        ids = ids_in(body) if body else None
        return {"marked": current_site().workflows.notifications.mark_read(_me(), ids)}

    @api.post("/notifications/unread")
    def mark_unread() -> dict[str, Any]:
        """Body: {"ids": [7, 9]}."""
        require_writing()
        return {"marked": current_site().workflows.notifications.mark_unread(_me(), ids_in(json_object()))}


def _me() -> int:
    return current_actor().user_id or 0


def _is_for_token(told: Notification) -> bool:
    """Whether a token that is limited to some modules may know of it."""
    scopes = current_actor().scopes
    if not told.module:
        return not any(scope.startswith("module:") for scope in scopes) or token_allows_tool(scopes)
    return token_allows(scopes, told.module, "view")


def _to_json(notifications: Sequence[Notification]) -> list[dict[str, Any]]:
    references = [(each.module, each.record_id) for each in notifications if each.module and each.record_id]
    references += [("principal", each.by) for each in notifications if each.by]
    labels = find_labels(references)
    return [
        {
            "id": each.id,
            "at": moment_to_json(each.at),
            "kind": each.kind,
            "message": each.message,
            "read_at": moment_to_json(each.read_at) if each.read_at else None,
            "by": {"id": each.by, "label": labels.get(("principal", each.by), "")} if each.by else None,
            "record": _record(each, labels),
        }
        for each in notifications
    ]


def _record(told: Notification, labels: Labels) -> dict[str, Any] | None:
    if not told.module or told.record_id is None:
        return None
    return {"module": told.module, "id": told.record_id, "label": labels.get((told.module, told.record_id), "")}
