"""The labels of records that values refer to, where the read path has not brought them along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fieldstone.fields.values import RecordRef
from fieldstone.records import access
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import DescribedField


def find_labels(references: Iterable[tuple[str, int]]) -> Labels:
    """Labels of (target, id); those of modules that the person may not see at all are left out."""
    published, actor = current_published(), current_actor()
    wanted: dict[str, set[int]] = {}
    for target, number in references:
        wanted.setdefault(target, set()).add(number)
    labels: Labels = {}
    for target, ids in wanted.items():
        if target == PRINCIPAL or access.has_right(published, actor, target, "view"):
            for number, label in current_records().labels(None, target, ids).items():
                labels[target, number] = label
    return labels


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
