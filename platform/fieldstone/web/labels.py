"""The labels of records that values refer to, where the read path has not brought them along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fieldstone.fields.values import RecordRef
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.described import DescribedField


def find_labels(references: Iterable[tuple[str, int]], *, as_of: datetime | None = None) -> Labels:
    """Labels of (target, id), those of a past time with `as_of`; those of records that the person may not see
    are left out."""
    wanted: dict[str, set[int]] = {}
    for target, number in references:
        wanted.setdefault(target, set()).add(number)
    return current_records().labels(current_actor(), wanted, as_of=as_of) if wanted else {}


def value_labels(values: Iterable[tuple[DescribedField, Any]]) -> Labels:
    """The labels of what lookups, users and owners among the values point to."""
    references: list[tuple[str, int]] = []
    for field, value in values:
        if isinstance(value, RecordRef):
            references.append((value.module, value.id))
        elif isinstance(value, int) and field.control == "lookup":
            references.append((field.field.to[0], value))
        elif isinstance(value, int) and field.control in ("user", "owner"):
            references.append((PRINCIPAL, value))
    return find_labels(references) if references else {}
