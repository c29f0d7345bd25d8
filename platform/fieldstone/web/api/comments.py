"""/m/{module}/{id}/comments: what people write about a record, with the replies. One's own can be changed and removed.

`text` is as it is kept: whom it mentions stands in it as `@[Name](user:5)`, and under `mentions`. It is written in that
way too, or with user names: `@anna`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify

from fieldstone.activity.comments import CommentKind, Comments
from fieldstone.activity.mentions import MENTION
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records.codes import NOT_FOUND
from fieldstone.records.query_types import PRINCIPAL, Labels, Record
from fieldstone.web.api.body import check_keys, find_id_in, json_object, text_in
from fieldstone.web.api.idempotency import idempotent
from fieldstone.web.api.parameters import accepts, number_parameter, text_parameter
from fieldstone.web.api.paths import RECORD
from fieldstone.web.api.serialize import moment_to_json, reference_to_json
from fieldstone.web.current import current_actor, current_site

_COMMENT = f"{RECORD}/comments/<int(max=9223372036854775807):comment_id>"


def add_routes(api: Blueprint) -> None:
    @api.get(f"{RECORD}/comments")
    @accepts("limit", "cursor")
    def comments(module: str, record_id: int) -> dict[str, Any]:
        kind, actor = _comments().kind_of(current_actor(), module), current_actor()
        limit = number_parameter("limit", default=30, most=200)
        page = _comments().list(actor, module, record_id, cursor=text_parameter("cursor"), limit=limit)
        data = [_to_json(kind, each.record, page.labels, each.replies) for each in page.entries if each.record]
        return {"data": data, "next_cursor": page.next_cursor or None, "has_more": bool(page.next_cursor)}

    @api.post(f"{RECORD}/comments")
    @idempotent
    def comment(module: str, record_id: int) -> Response:
        """Body: {"text": "…", "reply_to": 12}."""
        body = json_object()
        check_keys(body, ("text", "reply_to"))
        text, reply_to = text_in(body, "text"), find_id_in(body, "reply_to")
        made = _comments().add(current_actor(), module, record_id, text, reply_to)
        response = _one(module, record_id, made)
        response.status_code = 201
        return response

    @api.patch(_COMMENT)
    def change_comment(module: str, record_id: int, comment_id: int) -> Response:
        """Body: {"text": "…", "reason": "…"}."""
        body = json_object()
        check_keys(body, ("text", "reason"))
        text, reason = text_in(body, "text"), text_in(body, "reason", default="")
        _comments().change(current_actor(), module, record_id, comment_id, text, reason)
        return _one(module, record_id, comment_id)

    @api.delete(_COMMENT)
    def remove_comment(module: str, record_id: int, comment_id: int) -> Response:
        _comments().remove(current_actor(), module, record_id, comment_id)
        return Response(status=204)


def _comments() -> Comments:
    return current_site().activity.comments


def _one(module: str, record_id: int, comment_id: int) -> Response:
    actor = current_actor()
    found = _comments().find(actor, module, record_id, comment_id)
    if found is None:
        raise NotFoundError(NOT_FOUND)
    return jsonify(_to_json(_comments().kind_of(actor, module), found, found.labels))


def _to_json(
    kind: CommentKind, record: Record, labels: Labels, replies: Sequence[Record] | None = None
) -> dict[str, Any]:
    """With `replies`, oldest first, where it may have some."""
    values, activity = record.values, kind.activity
    text, edited = values.get(activity.text) or "", values.get(activity.edited_at)
    created_at = values.get("created_at")
    body = {
        "id": record.id,
        "text": text,
        "mentions": [{"id": int(found[2]), "label": found[1]} for found in MENTION.finditer(text)],
        "by": reference_to_json(PRINCIPAL, values.get("created_by"), labels),
        "at": moment_to_json(created_at) if created_at else None,
        "edited_at": moment_to_json(edited) if edited else None,
        "reply_to": values.get(activity.reply_to),
    }
    return body if replies is None else body | {"replies": [_to_json(kind, each, labels) for each in replies]}
