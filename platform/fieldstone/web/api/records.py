"""One record: create, read, change, delete, restore, and the actions of manual workflows."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, jsonify, url_for

from fieldstone.kernel.errors import ForbiddenError, NotFoundError
from fieldstone.records.changes import RecordChange, SavedRecord, SaveOptions
from fieldstone.records.query_types import Record
from fieldstone.web.api.body import json_object
from fieldstone.web.api.idempotency import idempotent
from fieldstone.web.api.parameters import accepts, as_of_parameter, choice_parameter, flag_parameter, names_parameter
from fieldstone.web.api.paths import RECORD
from fieldstone.web.api.serialize import record_to_json
from fieldstone.web.api.versions import etag, matches_etag, require_base, required_version
from fieldstone.web.current import current_actor, current_records, current_site


def save_options(*, partial: bool = False) -> SaveOptions:
    return SaveOptions(ignore_duplicate_warning=choice_parameter("duplicates") == "ignore", partial=partial)


def add_routes(api: Blueprint) -> None:
    @api.post("/m/<module>")
    @accepts("duplicates")
    @idempotent
    def create(module: str) -> Response:
        change = RecordChange(module=module, values=json_object())
        saved, record = current_records().save_and_read(current_actor(), change, options=save_options())
        response = _saved(saved, record)
        response.status_code = 201
        response.headers["Location"] = url_for("api.read", module=module, record_id=saved.id)
        return response

    @api.get(RECORD)
    @accepts("fields", "deleted", "as_of")
    def read(module: str, record_id: int) -> Response:
        as_of = as_of_parameter()
        if as_of is not None:
            return _read_past(module, record_id, as_of)
        response = _read(module, record_id, names_parameter("fields"), deleted=flag_parameter("deleted"))
        if matches_etag(int(response.headers["ETag"].strip('"'))):
            return Response(status=304, headers={"ETag": response.headers["ETag"]})
        return response

    @api.patch(RECORD)
    @accepts("duplicates")
    def change(module: str, record_id: int) -> Response:
        values = json_object()
        version, exact = require_base(values)
        patch = RecordChange(module=module, id=record_id, version=version, exact=exact, values=values)
        return _saved(*current_records().save_and_read(current_actor(), patch, options=save_options()))

    @api.delete(RECORD)
    def delete(module: str, record_id: int) -> Response:
        version = required_version()
        if version is not None:
            current_records().require_version(current_actor(), module, record_id, version)
        current_records().delete(current_actor(), module, [record_id])
        return Response(status=204)

    @api.post(f"{RECORD}/restore")
    def restore(module: str, record_id: int) -> Response:
        restored = current_records().restore(current_actor(), module, [record_id]).records[0]
        return _written(module, record_id, restored.version)

    @api.post(f"{RECORD}/actions/<workflow>")
    @idempotent
    def act(module: str, record_id: int, workflow: str) -> Response:
        version = current_records().get(current_actor(), module, record_id, fields=("version",)).version
        current_site().workflows.run_manual(current_actor(), workflow, module, [record_id])
        return _written(module, record_id, version)


def _read(module: str, record_id: int, fields: tuple[str, ...] = (), *, deleted: bool = False) -> Response:
    return _shown(current_records().get(current_actor(), module, record_id, fields=fields, deleted=deleted))


def _shown(record: Record) -> Response:
    response = jsonify(record_to_json(record))
    response.headers["ETag"] = etag(record.version)
    return response


def _read_past(module: str, record_id: int, as_of: datetime) -> Response:
    """Without an ETag: a change is never based on the past."""
    fields, deleted = names_parameter("fields"), flag_parameter("deleted")
    record = current_records().get(current_actor(), module, record_id, fields=fields, deleted=deleted, as_of=as_of)
    return jsonify(record_to_json(record))


def _written(module: str, record_id: int, version: int) -> Response:
    """The record as it is now; only its id and version when the caller gave it out of reach by the change."""
    try:
        return _read(module, record_id)
    except (ForbiddenError, NotFoundError):
        return _bare(record_id, version)


def _saved(saved: SavedRecord, record: Record | None) -> Response:
    """As `_written`, of a record that was read with the save."""
    return _bare(saved.id, saved.version) if record is None else _shown(record)


def _bare(record_id: int, version: int) -> Response:
    response = jsonify(id=record_id, version=version)
    response.headers["ETag"] = etag(version)
    return response
