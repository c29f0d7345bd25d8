"""GET /m/{module}/{id}/history: who changed what, when, and through what, newest first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from fieldstone.fields.values import RecordRef
from fieldstone.records.history import HistoryEntry
from fieldstone.records.tables import MAILED
from fieldstone.web.api.parameters import accepts, as_of_parameter, number_parameter
from fieldstone.web.api.paths import RECORD
from fieldstone.web.api.serialize import moment_to_json, reference_to_json, value_to_json
from fieldstone.web.current import current_actor, current_published, current_records


def add_routes(api: Blueprint) -> None:
    @api.get(f"{RECORD}/history")
    @accepts("limit", "before", "as_of")
    def history(module: str, record_id: int) -> dict[str, Any]:
        limit = number_parameter("limit", most=500)
        before = number_parameter("before") or None
        as_of = as_of_parameter()
        entries = current_records().history(current_actor(), module, record_id, limit, before, as_of=as_of)
        return {"data": [_entry(module, entry) for entry in entries]}


def _entry(module: str, entry: HistoryEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": moment_to_json(entry.at),
        "by": {"id": entry.by, "label": entry.by_label} if entry.by else None,
        "via": entry.via or None,
        "acting": entry.acting_label or None,
        "kind": entry.kind,
        "version": entry.version,
        "changes": [
            {
                "field": each.field,
                "old": _value(module, entry, each.field, each.old),
                "new": _value(module, entry, each.field, each.new),
            }
            for each in entry.changes
        ],
    }


def _value(module: str, entry: HistoryEntry, name: str, value: Any) -> Any:
    """That of a field, the subject of a mail, or the other end of a link: `name` is then that of a relation."""
    if name == MAILED:
        return value
    if isinstance(value, RecordRef) and current_published().model.find_field(module, name) is None:
        return reference_to_json(value.module, value, entry.labels)
    return value_to_json(module, name, value, entry.labels)
