"""Which change each statement serves."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.metadata.change import Change
from fieldstone.metadata.model import AppModel
from fieldstone.storage.ddl import Operation
from fieldstone.storage.shapes import column_name

_IN_TABLES = ("_module", "_field", "_relation", "_type", "_index", "_record_type")
"""The ends of the kinds of changes that may need statements."""


def assign_statements(
    changes: Sequence[Change], operations: Sequence[Operation], old: AppModel | None, new: AppModel
) -> tuple[list[list[Operation]], dict[str, list[Operation]]]:
    """The statements of each change, and those that serve none that is listed, by table."""
    assigned: list[list[Operation]] = [[] for _ in changes]
    places = [_place(change, old, new) for change in changes]
    left: dict[str, list[Operation]] = {}
    for operation in operations:
        scores = [_closeness(operation, table, column) for table, column in places]
        best = max(scores, default=0)
        if best:
            assigned[scores.index(best)].append(operation)
        else:
            left.setdefault(operation.table, []).append(operation)
    return assigned, left


def _place(change: Change, old: AppModel | None, new: AppModel) -> tuple[str, str]:
    """The physical table, and the column or "", that a change is about; ("", "") when it is about none."""
    if not change.kind.endswith(_IN_TABLES):
        return "", ""
    module_name, _, name = change.target.partition(".")
    for model in (new, old):
        module = model.modules.get(module_name) if model else None
        if module is None:
            continue
        if name in module.fields:
            return module.table, column_name(module.fields[name])
        if name in module.relations:
            return module.relations[name].table or module.table, ""
        if model is new and old is not None and change.kind.startswith("remove"):
            continue
        return module.table, ""
    return "", ""


def _closeness(operation: Operation, table: str, column: str) -> int:
    """0: not about the place. The closest of several changes to one table gets the statement."""
    if operation.table != table:
        return 0
    if not column:
        return 1
    return 2 if any(found == column or found.startswith(column + "_") for found in operation.columns) else 0
