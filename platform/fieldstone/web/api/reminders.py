"""The caller's own reminders: those that are to come, a new one of a record, one less."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from fieldstone.activity.reminders import Reminder
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records.access.tokens import token_allows
from fieldstone.web.api.body import check_keys, json_object, moment_in, text_in
from fieldstone.web.api.caller import require_writing
from fieldstone.web.api.idempotency import idempotent
from fieldstone.web.api.parameters import accepts
from fieldstone.web.api.paths import RECORD
from fieldstone.web.api.serialize import moment_to_json
from fieldstone.web.current import current_actor, current_records, current_site


def add_routes(api: Blueprint) -> None:
    @api.get("/reminders")
    @accepts()
    def reminders() -> dict[str, Any]:
        """The next first."""
        return {"data": [_to_json(each) for each in _mine()]}

    @api.get(f"{RECORD}/reminders")
    @accepts()
    def record_reminders(module: str, record_id: int) -> dict[str, Any]:
        actor = current_actor()
        current_records().get(actor, module, record_id, fields=("id",))
        found = current_site().activity.reminders.list(actor, module, record_id)
        return {"data": [_to_json(each) for each in found]}

    @api.post(f"{RECORD}/reminders")
    @idempotent
    def remind(module: str, record_id: int) -> Response:
        """Body: {"at": "2026-03-14T09:00:00Z", "note": "…"}."""
        require_writing(module)
        body, actor = json_object(), current_actor()
        check_keys(body, ("at", "note"))
        current_records().get(actor, module, record_id, fields=("id",))
        note = text_in(body, "note", default="").strip()
        made = current_site().activity.reminders.add(actor, module, record_id, moment_in(body, "at"), note)
        found = current_site().activity.reminders.list(actor, module, record_id)
        response = jsonify(_to_json(next(each for each in found if each.id == made)))
        response.status_code = 201
        return response

    @api.delete("/reminders/<int(max=9223372036854775807):reminder_id>")
    def cancel_reminder(reminder_id: int) -> Response:
        """Done or not wanted any more: it comes no more."""
        found = next((each for each in _mine() if each.id == reminder_id), None)
        if found is None:
            raise NotFoundError("activity.E003")
        require_writing(found.module)
        current_site().activity.reminders.cancel(current_actor(), reminder_id)
        return Response(status=204)


def _mine() -> list[Reminder]:
    """Those of modules that the token reaches."""
    actor = current_actor()
    found = current_site().activity.reminders.list(actor)
    return [each for each in found if token_allows(actor.scopes, each.module, "view")]


def _to_json(reminder: Reminder) -> dict[str, Any]:
    """`label` "": the record is out of reach by now."""
    return {
        "id": reminder.id,
        "at": moment_to_json(reminder.due_at),
        "note": reminder.note,
        "record": {"module": reminder.module, "id": reminder.record_id, "label": reminder.label},
    }
