"""Where a field is shown: its block, the short form of a new record, the columns of lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.changes.editing.layouts import move_field, page_of, with_page

Plain = dict[str, Any]
_LAST = 10_000


def with_places(
    data: Mapping[str, Any],
    fields: Sequence[str],
    name: str,
    *,
    block: str = "",
    quick_create: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> Plain:
    """A layout's document with a field last in a block ("": where it is put by itself), in the short form and in the
    columns of lists. These are what they show so far; None leaves them as they are. `fields` has the field too."""
    made: Plain = dict(data)
    if block:
        made = with_page(made, "", move_field(page_of(made), fields, name, block, _LAST))
    if quick_create is not None:
        made = {**made, "quick_create": [*(each for each in quick_create if each != name), name]}
    if columns is not None:
        listed = [*(each for each in columns if each != name), name]
        made = {**made, "list": {**(made.get("list") or {}), "columns": listed}}
    return made
