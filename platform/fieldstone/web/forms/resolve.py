"""The record or person that a name stands for, when somebody typed one into a lookup and chose none."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.kernel.folding import fold
from fieldstone.records.query_types import PRINCIPAL, Suggestion
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.people import suggest_people

_LOOKED_AT = 20


def resolve(target: str, text: str) -> int | None:
    """The id of the one whose label is the text, whatever its capitals; None for none, or for several."""
    name = text.strip("“”")
    wanted = fold(name)
    found = {item.id for item in _candidates(target, name) if fold(item.label) == wanted}
    return found.pop() if len(found) == 1 else None


def _candidates(target: str, name: str) -> Sequence[Suggestion]:
    if target == PRINCIPAL:
        return suggest_people(name, teams=True, limit=_LOOKED_AT)
    if target not in current_model().modules:
        return ()
    try:
        return current_records().suggest(current_actor(), target, name, limit=_LOOKED_AT)
    except FieldstoneError:
        return ()
