"""Which statements PostgreSQL plans again each time they are asked.

A reading connection keeps the plan of a statement that comes again and again: to plan what finds a record by its key
costs more than to find it. How a list is best answered depends on what is bound, though: on how common the value of
its filter is, on how many records somebody reaches.
"""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa

S = TypeVar("S", bound=sa.Executable)

_ANEW = "fieldstone_planned_anew"

KEPT_AFTER = 5
"""So often is a statement planned before its plan is kept, if that promises to be as good."""

MOST_KEPT = 250
"""Statements that a connection keeps: those of a few pages of a few modules."""


def planned_anew(statement: S) -> S:
    """The statement, to be planned each time for what is bound. Nothing of it changes on SQLite."""
    return statement.execution_options(**{_ANEW: True})


def keep_plans(engine: sa.Engine) -> None:
    """Let connections of PostgreSQL keep the plans of all other statements."""

    @sa.event.listens_for(engine, "connect")
    def most(connection: Any, _record: object) -> None:
        connection.prepared_max = MOST_KEPT

    @sa.event.listens_for(engine, "before_cursor_execute")
    def choose(_conn: object, cursor: Any, *rest: Any) -> None:
        _statement, _parameters, context, _many = rest
        cursor.connection.prepare_threshold = None if context.execution_options.get(_ANEW) else KEPT_AFTER
