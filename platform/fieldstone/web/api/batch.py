"""/m/{module}/batch: up to 1,000 records at once, all or none, or each by itself with ?partial=true."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.changes import RecordChange, SaveResult
from fieldstone.web.api.problems import field_errors
from fieldstone.web.api.records import save_options
from fieldstone.web.api.request import current_actor, current_site, flag_parameter, json_object, list_of

TOO_MANY = declare("api.E020", "A batch holds {count} records; {most} are allowed.", "Send it in parts.")
NO_RECORD = declare("api.E021", "Item {row} of the batch is no JSON object.", "Send objects with the fields to write.")
NO_ID = declare("api.E022", "Item {row} of the batch has no id.", 'Say which record to change: {{"id": 42, …}}.')
BAD_IDS = declare("api.E023", "ids must be whole numbers.", "")

_MOST = 1_000


def add_routes(api: Blueprint) -> None:
    @api.post("/m/<module>/batch")
    def create_many(module: str) -> tuple[dict[str, Any], int]:
        return _save([RecordChange(module=module, values=item) for item in _items()]), 201

    @api.patch("/m/<module>/batch")
    def change_many(module: str) -> dict[str, Any]:
        changes = []
        for row, item in enumerate(_items()):
            record_id, version = item.pop("id", None), item.pop("base_version", None)
            if not isinstance(record_id, int) or isinstance(record_id, bool):
                raise InvalidInputError(NO_ID, row=row)
            changes.append(RecordChange(module=module, id=record_id, version=version, values=item))
        return _save(changes)

    @api.delete("/m/<module>/batch")
    def delete_many(module: str) -> dict[str, Any]:
        ids = list_of(json_object(), "ids")
        _check_size(ids)
        if not all(isinstance(each, int) and not isinstance(each, bool) for each in ids):
            raise InvalidInputError(BAD_IDS)
        result = current_site().records.delete(current_actor(), module, ids)
        return {"deleted": len(result.records)}


def _items() -> list[dict[str, Any]]:
    items = list_of(json_object(), "records")
    _check_size(items)
    for row, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidInputError(NO_RECORD, row=row)
    return items


def _check_size(items: list[Any]) -> None:
    if len(items) > _MOST:
        raise InvalidInputError(TOO_MANY, count=len(items), most=_MOST)


def _save(changes: list[RecordChange]) -> dict[str, Any]:
    options = replace(save_options(), partial=flag_parameter("partial"))
    return _body(current_site().records.save(current_actor(), changes, options=options))


def _body(result: SaveResult) -> dict[str, Any]:
    body: dict[str, Any] = {
        "data": [
            {"row": each.row, "id": each.id, "version": each.version, "created": each.created}
            for each in result.records
        ]
    }
    if result.problems:
        body["errors"] = field_errors(list(result.problems))
    if result.warnings:
        body["duplicates"] = [
            {"row": each.row, "matches": [{"id": match.id, "label": match.label} for match in each.matches]}
            for each in result.warnings
        ]
    return body
