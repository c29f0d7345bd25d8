"""Sort terms: from names to the columns that order rows.

Text is ordered by its sort key (pinyin for Chinese) where the field has one, else by its folded key. A
picklist is ordered by its keys as rows hold them, which an index serves, or with `order(stage)` in the declared
order. A lookup is ordered by the name of the record it holds, a user or team by its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.access.paths import readable_path
from fieldstone.records.columns import Columns
from fieldstone.records.live import find_live
from fieldstone.records.paging import SortTerm
from fieldstone.records.paths import FieldPath, find_path, lookup_target

MAX_TERMS = 5

NOT_SORTABLE = declare("query.E005", "{name} has no order to sort by.", "Sort by another field.")
TOO_MANY_TERMS = declare("query.E006", "At most {limit} fields can be sorted by.", "Leave some out.")
NO_DECLARED_ORDER = declare("query.E007", "order({name}) needs a picklist.", "Write {name} without order().")

_ORDER = re.compile(r"order\(([a-z0-9_.]+)\)")


@dataclass(frozen=True, slots=True)
class Sorting:
    """`kinds`: the Python type of each term's value. The last term is always the id."""

    terms: tuple[SortTerm, ...]
    kinds: tuple[type, ...]

    def without_empties(self) -> Sorting:
        """For rows whose leading term is known to be filled in."""
        return replace(self, terms=(replace(self.terms[0], filled=True), *self.terms[1:]))


def build_sorting(columns: Columns, sort: Sequence[str]) -> Sorting:
    """Raises InvalidInputError query.E001, E005, E006, E007, ForbiddenError access.E003."""
    if len(sort) > MAX_TERMS:
        raise InvalidInputError(TOO_MANY_TERMS, limit=MAX_TERMS)
    terms: list[SortTerm] = []
    kinds: list[type] = []
    ascending = True
    for text in dict.fromkeys(sort):
        ascending = not text.startswith("-")
        column, kind = _column(columns, text.removeprefix("-"))
        if column is columns.root.c.id:
            break
        required = isinstance(column, sa.Column) and column.table is columns.root and not column.nullable
        nullable = not required and kind is not bool
        terms.append(SortTerm(column, ascending, nullable))
        kinds.append(kind)
    terms.append(SortTerm(columns.root.c.id, ascending, False))
    kinds.append(int)
    return Sorting(tuple(terms), tuple(kinds))


def _column(columns: Columns, text: str) -> tuple[sa.ColumnElement[Any], type]:
    published = columns.published
    ordered = _ORDER.fullmatch(text)
    path = readable_path(published, columns.actor, columns.module, ordered[1] if ordered else text)
    if ordered:
        return _declared_order(columns, path), int
    if not path.type.sortable or path.type.name == "secret":
        raise InvalidInputError(NOT_SORTABLE, name=text)
    if path.value_type.kind == "reference" and path.field.name != "id":
        return _name_order(columns, path), str
    if find_live(published, path.module, path.field.name) or path.part:
        found = columns.sql_column(path)
        assert found is not None
        return found.column, _python_type(found.column)
    physical = columns.physical(path)
    column = physical.get("__sort", physical.get("__key", next(iter(physical.values()))))
    if path.value_type.kind == "boolean":
        return sa.func.coalesce(column, sa.false(), type_=sa.Boolean()), bool
    return column, _python_type(column)


def _name_order(columns: Columns, path: FieldPath) -> sa.ColumnElement[Any]:
    """By the name of what the lookup holds."""
    if path.value_type.targets == ("principal",):
        return columns.principal_at(path).c.label_key
    target = lookup_target(columns.published.model, path.field)
    if not target:
        raise InvalidInputError(NOT_SORTABLE, name=path.text)
    name = columns.published.model.modules[target].name_field
    own = find_path(columns.published, columns.module, (*path.names, name))
    if own is None:
        raise InvalidInputError(NOT_SORTABLE, name=path.text)
    physical = columns.physical(own)
    return physical.get("__sort", physical.get("__key", next(iter(physical.values()))))


def _declared_order(columns: Columns, path: FieldPath) -> sa.ColumnElement[Any]:
    picklist = columns.published.model.picklists.get(path.field.picklist)
    if picklist is None or path.value_type.kind != "choice":
        raise InvalidInputError(NO_DECLARED_ORDER, name=path.text)
    column = columns.physical(path)[""]
    # Bound as values of the column, whose type knows how rows hold the keys.
    places = [(sa.literal(key, column.type), place) for place, key in enumerate(picklist.values)]
    return sa.case(*places, value=column, else_=sa.case((column.is_not(None), len(places)), else_=None))


def _python_type(column: sa.ColumnElement[Any]) -> type:
    kind = column.type
    return kind.impl_instance.python_type if isinstance(kind, sa.TypeDecorator) else kind.python_type
