"""What the caller is asked to approve, has asked for, and has answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from fieldstone.records.access.tokens import token_allows
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.web.api.body import check_keys, json_object, text_in
from fieldstone.web.api.caller import require_writing
from fieldstone.web.api.parameters import accepts, choice_parameter, number_parameter
from fieldstone.web.api.serialize import moment_to_json
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.labels import find_labels
from fieldstone.workflows.approvals.answers import APPROVED, REJECTED
from fieldstone.workflows.approvals.service import ApprovalRequest

_ID = "<int(max=9223372036854775807):approval_id>"


def add_routes(api: Blueprint) -> None:
    @api.get("/approvals")
    @accepts("show", "limit", "before")
    def approvals() -> dict[str, Any]:
        """Newest first; `show`: waiting (for the caller), asked (by the caller) or done."""
        actor = current_actor()
        found = current_site().workflows.approvals.list(
            actor.user_id or 0,
            choice_parameter("show"),
            limit=number_parameter("limit", most=200),
            before=number_parameter("before") or None,
        )
        return {"data": _to_json([each for each in found if token_allows(actor.scopes, each.module, "view")])}

    @api.post(f"/approvals/{_ID}/approve")
    def approve(approval_id: int) -> dict[str, Any]:
        """Body: {"comment": "…"}, or {}."""
        return _answer(approval_id, APPROVED)

    @api.post(f"/approvals/{_ID}/reject")
    def reject(approval_id: int) -> dict[str, Any]:
        """Body: {"comment": "…"}, or {}."""
        return _answer(approval_id, REJECTED)


def _answer(approval_id: int, answer: str) -> dict[str, Any]:
    service, actor = current_site().workflows.approvals, current_actor()
    require_writing(service.find(actor, approval_id).module)
    body = json_object()
    check_keys(body, ("comment",))
    service.answer(actor, approval_id, answer, text_in(body, "comment", default="").strip())
    return _to_json([service.find(actor, approval_id)])[0]


def _to_json(found: Sequence[ApprovalRequest]) -> list[dict[str, Any]]:
    references = [(each.module, each.record_id) for each in found if each.module]
    people = {said.user_id for each in found for said in each.answers} | {each.asked_by for each in found}
    labels = find_labels([*references, *((PRINCIPAL, id) for id in people if id is not None)])

    def named(user_id: int | None) -> dict[str, Any] | None:
        return None if user_id is None else {"id": user_id, "label": labels.get((PRINCIPAL, user_id), "")}

    return [
        {
            "id": each.id,
            "message": each.message,
            "state": each.state,
            "need": each.need,
            "asked_by": named(each.asked_by),
            "asked_at": moment_to_json(each.asked_at),
            "due_at": moment_to_json(each.due_at) if each.due_at else None,
            "record": {
                "module": each.module, "id": each.record_id, "label": labels.get((each.module, each.record_id), ""),
            },
            "answers": [
                {
                    "by": named(said.user_id), "answer": said.answer or None, "comment": said.comment,
                    "at": moment_to_json(said.at) if said.at else None,
                }
                for said in each.answers
            ],
        }
        for each in found
    ]  # fmt: skip
