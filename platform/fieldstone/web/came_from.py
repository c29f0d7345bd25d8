"""The list that the person looked at last: a record page steps through it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import session
from werkzeug.datastructures import MultiDict

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.query_types import Query
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.list_state import ListState, read_state

_KEY = "list"
_LONGEST = 1_000
"""What goes into the cookie; a list with more conditions is not stepped through."""


@dataclass(frozen=True, kw_only=True)
class CameFrom:
    """A step is "" at the end of the list."""

    label: str
    url: str
    previous_url: str
    following_url: str


def remember_list(state: ListState) -> None:
    query = urlencode(state.arguments())
    kept = [state.module, query] if len(query) <= _LONGEST else None
    if session.get(_KEY) != kept:
        session[_KEY] = kept


def find_list(module: DescribedModule, record_id: int) -> CameFrom | None:
    """None when the last list was one of another module, cannot be read any more, or lacks the record."""
    kept = session.get(_KEY)
    if not kept or kept[0] != module.name:
        return None
    state = read_state(module, MultiDict(parse_qsl(kept[1], keep_blank_values=True)))
    try:
        query = Query(where=state.where, sort=state.sort)
        found = current_records().neighbours(current_actor(), module.name, record_id, query)
    except FieldstoneError:  # the list itself says what is wrong with its conditions
        return None
    if found.previous is None and found.following is None:
        return None
    return CameFrom(
        label=module.view_label(state.view),
        url=state.url(),
        previous_url=f"/m/{module.name}/{found.previous}" if found.previous is not None else "",
        following_url=f"/m/{module.name}/{found.following}" if found.following is not None else "",
    )
