"""The records a person looked at last, kept in the signed cookie of the session: (identity of the module,
id), newest first."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.query_types import Query
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import describe
from fieldstone.web.show import Shower

_KEY = "recent"
_KEPT = 10


@dataclass(frozen=True, kw_only=True)
class Recent:
    module: str
    module_label: str
    icon: str
    id: int
    label: str


def remember(module: str, record_id: int) -> None:
    this = [current_published().model.modules[module].identity, record_id]
    session[_KEY] = [this, *(entry for entry in session.get(_KEY, []) if entry != this)][:_KEPT]


def recent_records(shower: Shower) -> list[Recent]:
    """Those that still exist and that the person may still see; one query per module."""
    published, actor = current_published(), current_actor()
    names = {module.identity: module.name for module in published.model.modules.values()}
    seen = [(names[identity], number) for identity, number in session.get(_KEY, []) if identity in names]
    found: dict[tuple[str, int], Recent] = {}
    for module in dict.fromkeys(module for module, _ in seen):
        described = describe(published, module, actor)
        ids = [number for name, number in seen if name == module]
        where = f"id in ({', '.join(str(int(number)) for number in ids)},)"
        name = described.name_field
        try:
            page = current_records().query(actor, module, Query(where=where, fields=(name.path,), limit=_KEPT))
        except FieldstoneError:
            continue
        for record in page.records:
            found[module, record.id] = Recent(
                module=module,
                module_label=described.label,
                icon=described.icon,
                id=record.id,
                label=shower.text(name, record.values.get(name.path)) or f"#{record.id}",
            )
    return [found[key] for key in seen if key in found]
