"""What a filter says beyond itself: which fields are filled in, and which looked-up records can be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.nodes import Call, Comparison, Literal, Logic, Membership, Name, Node, Not
from fieldstone.expressions.sql import SqlColumn, compile_filter
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.columns import Columns
from fieldstone.records.field_columns import field_columns
from fieldstone.records.paths import lookup_target

Path = tuple[str, ...]


def filled_paths(node: Node) -> frozenset[Path]:
    """Paths that are not empty in any row where the condition holds (there may be more).

    A comparison with something empty is false, and so is a strict function of it.
    """
    if isinstance(node, Logic) and node.items:
        each = [filled_paths(item) for item in node.items]
        return frozenset.union(*each) if node.operator == "and" else frozenset.intersection(*each)
    operands: tuple[Node, ...] = ()
    if isinstance(node, Comparison):
        empty = any(isinstance(side, Literal) and side.value is None for side in node.children)
        operands = () if empty else node.children
    elif isinstance(node, Membership):
        operands = () if None in node.values else node.children
    elif isinstance(node, Not) and isinstance(node.operand, Comparison) and node.operand.operator == "==":
        sides = node.operand.children  # `not is_empty(x)`
        operands = sides if any(isinstance(side, Literal) and side.value is None for side in sides) else ()
    elif isinstance(node, Call) and node.function.strict and node.type.kind == "boolean":
        operands = node.arguments
    return frozenset(item.path for item in operands if isinstance(item, Name))


def semijoins(where: CompiledExpression, columns: Columns) -> list[sa.ColumnElement[bool]]:
    """Conditions that the filter implies: a lookup holds one of the records that pass the part of the
    filter which is about them.

    They change no result. With them SQLite finds the few looked-up records first, where it would else go
    through the whole table and look up one record for each row.
    """
    found = []
    for part in conjuncts(where.root):
        paths = set(_paths(part))
        hops = {path[0] for path in paths}
        if len(hops) != 1 or not any(len(path) > 1 for path in filled_paths(part)):
            continue
        condition = _semijoin(replace(where, root=part, paths=frozenset(paths)), next(iter(hops)), columns)
        if condition is not None:
            found.append(condition)
    return found


def _semijoin(part: CompiledExpression, hop: str, columns: Columns) -> sa.ColumnElement[bool] | None:
    model = columns.published.model
    field = find_any_field(model.modules[columns.module], hop)
    target = lookup_target(model, field) if field is not None else ""
    if field is None or not target or not all(len(path) > 1 for path in part.paths):
        return None
    table = columns.published.tables.module(target).table.alias()
    looked_up = Columns(
        columns.published,
        columns.actor,
        target,
        columns.context,
        {"id": columns.find_value(("user", "id"))},
        root=table,
    )
    condition = compile_filter(part, _Within(looked_up), columns.context, columns.dialect)
    (lookup,) = field_columns(columns.published, columns.module, field).values()
    ids = sa.select(table.c.id).select_from(looked_up.from_clause).where(condition)
    return columns.root.c[lookup.name].in_(ids)


@dataclass(frozen=True, slots=True)
class _Within:
    """The columns of a looked-up module under the names by which the referring one knows them."""

    columns: Columns

    def find_column(self, path: Path) -> SqlColumn | None:
        return self.columns.find_column(path[1:])

    def find_value(self, path: Path) -> Any | None:
        return None

    def marked(self, mark: str, module: str, record: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return self.columns.marked(mark, module, record)


def conjuncts(node: Node) -> Iterator[Node]:
    """The parts of a condition that must all hold."""
    if isinstance(node, Logic) and node.operator == "and":
        for item in node.items:
            yield from conjuncts(item)
    else:
        yield node


def _paths(node: Node) -> Iterator[Path]:
    if isinstance(node, Name):
        yield node.path
    for child in node.children:
        yield from _paths(child)
