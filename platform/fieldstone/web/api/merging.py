"""Records that look alike, merging them into one of them, and taking that back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, InvalidInputError
from fieldstone.records.merge.order import Merged, MergeOrder
from fieldstone.records.merge.past import PastMerge
from fieldstone.web.api.body import BAD_IDS, check_keys, find_id_in, is_id, json_object
from fieldstone.web.api.idempotency import idempotent
from fieldstone.web.api.parameters import accepts, names_parameter, number_parameter, text_parameter
from fieldstone.web.api.paths import RECORD
from fieldstone.web.api.serialize import moment_to_json
from fieldstone.web.api.versions import PreconditionRequiredError
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.labels import find_labels

BAD_VALUES = declare(
    "api.E031", "{name} must be a JSON object of ids or versions.", 'For example {{"values": {{"phone": 36}}}}.'
)
NO_VERSIONS = declare(
    "api.E032",
    "The merge does not say which version of each record it is based on.",
    'Send versions, such as {{"35": 3, "36": 1}}.',
)


def add_routes(api: Blueprint) -> None:
    @api.get("/m/<module>/duplicates")
    @accepts("match", "where", "after", "limit")
    def duplicates(module: str) -> dict[str, Any]:
        """Groups of records that have the same in the fields that `match` names."""
        found = current_records().alike(
            current_actor(),
            module,
            names_parameter("match"),
            where=text_parameter("where"),
            after=number_parameter("after"),
            limit=number_parameter("limit", default=20, most=100),
        )
        labels = find_labels((module, id) for group in found.groups for id in group.ids)
        return {
            "data": [{"count": group.count, "records": _named(module, group.ids, labels)} for group in found.groups],
            "after": found.after,
            "capped": found.capped,
        }

    @api.post("/m/<module>/merge")
    @idempotent
    def merge(module: str) -> Response:
        """Body: {"keep": 35, "others": [36], "values": {"phone": 36}, "versions": {"35": 3, "36": 1}}. `values`: field
        → the record whose value the kept one gets."""
        body = json_object()
        check_keys(body, ("keep", "others", "values", "versions"))
        keep, others = find_id_in(body, "keep") or 0, body.get("others")
        if not isinstance(others, list) or not all(is_id(each) for each in others):
            raise InvalidInputError(BAD_IDS, name="others", field="others")
        versions = {int(id): version for id, version in _numbers(body, "versions").items() if id.isdecimal()}
        if not {keep, *others} <= versions.keys():
            raise PreconditionRequiredError(NO_VERSIONS)
        order = MergeOrder(module=module, keep=keep, others=others, choices=_numbers(body, "values"), versions=versions)
        return _merged(current_records().merge(current_actor(), order))

    @api.get(f"{RECORD}/merges")
    @accepts()
    def merges(module: str, record_id: int) -> dict[str, Any]:
        """Those in which the record stayed, newest first. `obstacle`: what keeps one from being undone."""
        return {"data": [_past(each) for each in current_records().merges(current_actor(), module, record_id)]}

    @api.post("/merges/<int(max=9223372036854775807):merge_id>/undo")
    @idempotent
    def undo_merge(merge_id: int) -> Response:
        return _merged(current_records().undo_merge(current_actor(), merge_id))


def _numbers(body: dict[str, Any], name: str) -> dict[str, int]:
    found = body.get(name, {})
    if not isinstance(found, dict) or not all(is_id(each) for each in found.values()):
        raise InvalidInputError(BAD_VALUES, name=name, field=name)
    return found


def _merged(merged: Merged) -> Response:
    return jsonify(id=merged.id, module=merged.module, keep=merged.keep, others=list(merged.others))


def _past(merge: PastMerge) -> dict[str, Any]:
    return {
        "id": merge.id,
        "others": list(merge.others),
        "by": {"id": merge.by, "label": merge.by_label} if merge.by else None,
        "at": moment_to_json(merge.at),
        "undone_at": moment_to_json(merge.undone_at) if merge.undone_at else None,
        "obstacle": _told(merge.obstacle),
    }


def _told(obstacle: FieldstoneError | None) -> dict[str, Any] | None:
    return None if obstacle is None else {"code": obstacle.code, "message": obstacle.message}


def _named(module: str, ids: Iterable[int], labels: dict[tuple[str, int], str]) -> list[dict[str, Any]]:
    return [{"id": id, "label": labels.get((module, id), "")} for id in ids]
