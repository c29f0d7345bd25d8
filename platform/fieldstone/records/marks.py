"""Marks that people put on records (a star, following them), kept in system tables, for filters that ask for them."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from fieldstone.storage.published import PublishedModel

Marked = Callable[[str, int], sa.Select[tuple[int]]]
"""(module identity, user) → the ids of the records that the user has marked."""

MARKS: dict[str, Marked] = {}


def register_mark(name: str, marked: Marked) -> None:
    """`name` is that of the function in expressions. Raises ValueError for one that is there already."""
    if name in MARKS:
        raise ValueError(f"{name} is registered twice")
    MARKS[name] = marked


def is_marked(
    published: PublishedModel, name: str, module: str, column: sa.ColumnElement[int], user_id: object
) -> sa.ColumnElement[bool]:
    """Whether the column holds a record that a user has marked: the marked ones are found first, by an index of
    theirs, and as a table: where the condition is denied or one of several, each record is looked up in it. Nobody
    marks users and teams, and whoever is no user has marked nothing."""
    if not isinstance(user_id, int) or module not in published.model.modules:
        return sa.false()
    marked = MARKS[name](published.model.modules[module].identity, user_id)
    return column.in_(marked)
