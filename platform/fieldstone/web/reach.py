"""How a form's conditions look through a lookup: the value of a field of the record it names."""

from __future__ import annotations

from typing import Any

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.records.access import can_read_field
from fieldstone.records.query_types import Query
from fieldstone.web.current import current_published, current_records
from fieldstone.web.forms.conditions import Reach


def reach_of(actor: Actor) -> Reach:
    """As this actor sees it: a record out of reach, or a hidden field of it, counts as empty."""

    def reach(module: str, record_id: int, path: str) -> Any:
        if not can_read_field(current_published(), actor, module, path):
            return None
        query = Query(where=f"id == {record_id}", fields=(path,), limit=1)
        found = current_records().query(actor, module, query).records
        value = found[0].values.get(path) if found else None
        return value.id if isinstance(value, RecordRef) else value

    return reach
