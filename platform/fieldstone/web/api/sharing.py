"""/m/{module}/{id}/shares: sharing one record by hand. …/audience: who sees it, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify

from fieldstone.records.access.audience import Witness
from fieldstone.records.access.explain import Explanation, Reason
from fieldstone.records.access.shares import Share
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.web.api.body import check_keys, find_id_in, json_object, moment_in, text_in
from fieldstone.web.api.idempotency import idempotent
from fieldstone.web.api.parameters import accepts
from fieldstone.web.api.paths import RECORD
from fieldstone.web.api.serialize import moment_to_json
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.labels import find_labels
from fieldstone.web.reasons import labels_of

_SHARE = f"{RECORD}/shares/<int(max=9223372036854775807):share_id>"
_PERSON = f"{RECORD}/audience/<int(max=9223372036854775807):user_id>"


def add_routes(api: Blueprint) -> None:
    @api.get(f"{RECORD}/shares")
    @accepts()
    def shares(module: str, record_id: int) -> dict[str, Any]:
        return {"data": _shares(current_records().shares(current_actor(), module, record_id))}

    @api.post(f"{RECORD}/shares")
    @idempotent
    def share(module: str, record_id: int) -> Response:
        """Body: {"principal": 5} (a user or a team) or {"role": "sales_rep"}, with "access" read (else) or edit, and
        "until", when it ends. With whom it is shared already gets what is said now."""
        body, actor, records = json_object(), current_actor(), current_records()
        check_keys(body, ("principal", "role", "access", "until"))
        made = records.share(
            actor,
            module,
            record_id,
            principal=find_id_in(body, "principal"),
            role=text_in(body, "role", default=""),
            access=text_in(body, "access", default="read"),
            until=moment_in(body, "until") if body.get("until") is not None else None,
        )
        # Whoever shares what comes to them by a share of a role may not be among those who see it any more.
        told = [each for each in records.shares(actor, module, record_id) if each.id == made]
        response = jsonify(_shares(told)[0])
        response.status_code = 201
        return response

    @api.delete(_SHARE)
    def unshare(module: str, record_id: int, share_id: int) -> Response:
        current_records().unshare(current_actor(), module, record_id, share_id)
        return Response(status=204)

    @api.get(f"{RECORD}/audience")
    @accepts()
    def audience(module: str, record_id: int) -> dict[str, Any]:
        """Everybody who sees the record. `withheld`: there are ways that the caller may not know of."""
        told = current_records().audience(current_actor(), module, record_id)
        labels = labels_of(reason for each in told.people for reason in each.view.reasons)
        return {"data": [_witness(each, labels) for each in told.people], "withheld": told.withheld}

    @api.get(_PERSON)
    @accepts()
    def explain_person(module: str, record_id: int, user_id: int) -> dict[str, Any]:
        """What one person may do with the record."""
        told = current_records().explain(current_actor(), module, record_id, user_id)
        labels = labels_of(reason for each in told.rights.values() for reason in each.reasons)
        return {
            "id": user_id,
            "label": told.actor.name,
            "rights": {right: _explanation(each, labels) for right, each in told.rights.items()},
            "withheld": told.withheld,
        }


def _shares(shares: Iterable[Share]) -> list[dict[str, Any]]:
    found = list(shares)
    labels = find_labels((PRINCIPAL, each.by) for each in found if each.by is not None)
    return [
        {
            "id": each.id,
            "principal": {"id": each.principal, "label": each.label} if each.principal is not None else None,
            "role": each.role or None,
            "access": each.access,
            "until": moment_to_json(each.until) if each.until else None,
            "by": {"id": each.by, "label": labels.get((PRINCIPAL, each.by), "")} if each.by is not None else None,
            "at": moment_to_json(each.at),
        }
        for each in found
    ]


def _witness(witness: Witness, labels: Labels) -> dict[str, Any]:
    return {
        "id": witness.actor.user_id,
        "label": witness.actor.name,
        "edit": witness.edit.allowed,
        "reasons": [_reason(each, labels) for each in witness.view.reasons],
    }


def _explanation(explanation: Explanation, labels: Labels) -> dict[str, Any]:
    return {
        "allowed": explanation.allowed,
        "missing": explanation.missing or None,
        "reasons": [_reason(each, labels) for each in explanation.reasons],
    }


def _reason(reason: Reason, labels: Labels) -> dict[str, Any]:
    """What is not said of a kind is left out."""
    told: dict[str, Any] = {
        name: getattr(reason, name)
        for name in ("kind", "name", "source", "role", "scope", "access", "owners")
        if getattr(reason, name)
    }
    if reason.until is not None:
        told["until"] = moment_to_json(reason.until)
    if reason.principal is not None:
        told["principal"] = {"id": reason.principal, "label": labels.get((PRINCIPAL, reason.principal), "")}
    if reason.record_id is not None:
        label = labels.get((reason.module, reason.record_id), "")
        told["record"] = {"module": reason.module, "id": reason.record_id, "label": label}
    if reason.reasons:
        told["reasons"] = [_reason(each, labels) for each in reason.reasons]
    return told
