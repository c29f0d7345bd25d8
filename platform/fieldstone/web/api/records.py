"""One record: create, read, change, delete, restore, history, actions."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request, url_for

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, InvalidInputError
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.web.api.request import current_actor, current_site, flag_parameter, json_object, number_parameter
from fieldstone.web.api.serialize import record_to_json, value_to_json

NO_VERSION = declare(
    "api.E010",
    "The change does not say which version it is based on.",
    "Send the ETag you read as If-Match, or base_version in the body.",
)
BAD_ETAG = declare("api.E011", "{value} is no version of a record.", 'Send the ETag you read, such as "3".')

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class PreconditionRequiredError(FieldstoneError):
    """A change without the version it is based on. Seen by the caller."""

    status = 428


def save_options() -> SaveOptions:
    """`?duplicates=ignore` saves although records look like others."""
    return SaveOptions(ignore_duplicate_warning=request.args.get("duplicates") == "ignore")


def add_routes(api: Blueprint) -> None:
    @api.post("/m/<module>")
    def create(module: str) -> tuple[dict[str, Any], int, dict[str, str]]:
        site, actor = current_site(), current_actor()
        change = RecordChange(module=module, values=json_object())
        saved = site.records.save(actor, [change], options=save_options()).records[0]
        body, headers = _read(module, saved.id)
        headers["Location"] = url_for("api.read", module=module, record_id=saved.id)
        return body, 201, headers

    @api.get("/m/<module>/<int:record_id>")
    def read(module: str, record_id: int) -> tuple[dict[str, Any], dict[str, str]]:
        return _read(module, record_id)

    @api.patch("/m/<module>/<int:record_id>")
    def change(module: str, record_id: int) -> tuple[dict[str, Any], dict[str, str]]:
        site, actor = current_site(), current_actor()
        values = json_object()
        version, exact = _base_version(values)
        if exact:
            site.records.require_version(actor, module, record_id, version)
        patch = RecordChange(module=module, id=record_id, version=version, values=values)
        site.records.save(actor, [patch], options=save_options())
        return _read(module, record_id)

    @api.delete("/m/<module>/<int:record_id>")
    def delete(module: str, record_id: int) -> Response:
        current_site().records.delete(current_actor(), module, [record_id])
        return Response(status=204)

    @api.post("/m/<module>/<int:record_id>/restore")
    def restore(module: str, record_id: int) -> tuple[dict[str, Any], dict[str, str]]:
        current_site().records.restore(current_actor(), module, [record_id])
        return _read(module, record_id)

    @api.get("/m/<module>/<int:record_id>/history")
    def history(module: str, record_id: int) -> dict[str, Any]:
        site = current_site()
        limit = number_parameter("limit", 50, 1, 500)
        before = number_parameter("before", 0, 0, 10**11)
        entries = site.records.history(current_actor(), module, record_id, limit=limit, before=before or None)
        return {"data": [_entry(module, entry) for entry in entries]}

    @api.post("/m/<module>/<int:record_id>/actions/<workflow>")
    def act(module: str, record_id: int, workflow: str) -> tuple[dict[str, Any], dict[str, str]]:
        current_site().workflows.run_manual(current_actor(), workflow, module, [record_id])
        return _read(module, record_id)


def _read(module: str, record_id: int) -> tuple[dict[str, Any], dict[str, str]]:
    site = current_site()
    record = site.records.get(current_actor(), module, record_id, deleted=flag_parameter("deleted"))
    return record_to_json(site.models.current, record), {"ETag": f'"{record.version}"'}


def _base_version(values: dict[str, Any]) -> tuple[int, bool]:
    """The version the caller had read, and whether it must still be the current one (If-Match).

    Takes `base_version` out of the values. Raises PreconditionRequiredError api.E010.
    """
    given = values.pop("base_version", None)
    header = request.headers.get("If-Match", "")
    if header:
        found = _ETAG.fullmatch(header.strip())
        if found is None:
            raise InvalidInputError(BAD_ETAG, value=header)
        return int(found[1]), True
    if given is None:
        raise PreconditionRequiredError(NO_VERSION)
    if not isinstance(given, int) or isinstance(given, bool):
        raise InvalidInputError(BAD_ETAG, value=given)
    return given, False


def _entry(module: str, entry: Any) -> dict[str, Any]:
    published = current_site().models.current
    return {
        "id": entry.id,
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "by": {"id": entry.by, "label": entry.by_label} if entry.by else None,
        "via": entry.via or None,
        "kind": entry.kind,
        "changes": [
            {
                "field": each.field,
                "old": value_to_json(published, module, each.field, each.old),
                "new": value_to_json(published, module, each.field, each.new),
            }
            for each in entry.changes
        ],
    }
