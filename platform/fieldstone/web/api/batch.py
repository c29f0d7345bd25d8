"""/m/{module}/batch: up to 1,000 records at once, all or none, or with ?partial=true each by itself.

`row` is the position of a record in the request, from 0. Without `partial` any problem refuses the whole
batch. With it, `data` lists what was saved and `errors` (and `duplicates`) the rows that were not.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldProblem, FieldstoneError, InvalidInputError, ValidationError
from fieldstone.records.changes import RecordChange, SaveResult
from fieldstone.web.api.body import ids_in, is_id, json_object, list_in
from fieldstone.web.api.idempotency import idempotent
from fieldstone.web.api.parameters import accepts, flag_parameter
from fieldstone.web.api.problems import duplicates_to_json, problems_to_json
from fieldstone.web.api.records import save_options
from fieldstone.web.api.versions import base_version
from fieldstone.web.current import current_actor, current_records

NO_RECORD = declare("api.E021", "Item {row} of the batch is no JSON object.", "Send objects with the fields to write.")
NO_ID = declare("api.E022", "Item {row} of the batch has no id.", 'Say which record to change: {{"id": 42, …}}.')


def add_routes(api: Blueprint) -> None:
    @api.post("/m/<module>/batch")
    @accepts("partial", "duplicates")
    @idempotent
    def create_many(module: str) -> Response:
        """Body: {"records": [{…}, …]}."""
        return _save([RecordChange(module=module, values=item) for item in _items()], status=201)

    @api.patch("/m/<module>/batch")
    @accepts("partial", "duplicates")
    def change_many(module: str) -> Response:
        """Body: {"records": [{"id": 42, "base_version": 3, …}, …]}. Without `base_version` the values are set
        whatever somebody else has written meanwhile."""
        changes = []
        for row, item in enumerate(_items()):
            record_id, version = item.pop("id", None), base_version(item)
            if not is_id(record_id):
                raise InvalidInputError(NO_ID, row=row, field="id")
            changes.append(RecordChange(module=module, id=record_id, version=version, values=item))
        return _save(changes)

    @api.delete("/m/<module>/batch")
    @accepts("partial")
    def delete_many(module: str) -> Response:
        """Body: {"ids": [42, …]}."""
        ids = list(dict.fromkeys(ids_in(json_object())))
        records, actor = current_records(), current_actor()
        if not flag_parameter("partial"):
            records.delete(actor, module, ids)
            return jsonify(deleted=len(ids))
        problems: list[FieldProblem] = []
        for row, record_id in enumerate(ids):
            try:
                records.delete(actor, module, [record_id])
            except ValidationError as error:
                problems += [
                    FieldProblem(field="", code=each.code, params=each.params, row=row) for each in error.problems
                ]
            except FieldstoneError as error:
                if error.status not in (404, 409):
                    raise
                problems.append(FieldProblem(field="", code=error.code, params=error.params, row=row))
        refused = {each.row for each in problems}
        body: dict[str, Any] = {"deleted": len(ids) - len(refused)}
        return jsonify(body | ({"errors": problems_to_json(problems, rows=True)} if problems else {}))


def _items() -> list[dict[str, Any]]:
    items = list_in(json_object(), "records")
    for row, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidInputError(NO_RECORD, row=row)
    return items


def _save(changes: list[RecordChange], *, status: int = 200) -> Response:
    """`status` when all were saved."""
    options = save_options(partial=flag_parameter("partial"))
    result = current_records().save(current_actor(), changes, options=options)
    response = jsonify(_result(result))
    response.status_code = 200 if result.problems or result.warnings else status
    return response


def _result(result: SaveResult) -> dict[str, Any]:
    saved = [
        {"row": each.row, "id": each.id, "version": each.version, "created": each.created} for each in result.records
    ]
    body: dict[str, Any] = {"data": saved}
    if result.problems:
        body["errors"] = problems_to_json(result.problems, rows=True)
    if result.warnings:
        body["duplicates"] = duplicates_to_json(result.warnings, rows=True)
    return body
