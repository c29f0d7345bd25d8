"""Expressions as SQL, for filters, sorts and groups, with the same meaning as in Python.

The only part of the package that knows SQLAlchemy. SQLite gets what it cannot do exactly from
functions in Python, which the storage registers on every connection.
"""

from __future__ import annotations

from fieldstone.expressions.sql.columns import ColumnSource, SqlColumn
from fieldstone.expressions.sql.compile import compile_filter, compile_value
from fieldstone.expressions.sql.keys import column_keys, present_key
from fieldstone.expressions.sql.sqlite import register_sqlite_functions

__all__ = [
    "ColumnSource",
    "SqlColumn",
    "column_keys",
    "compile_filter",
    "compile_value",
    "present_key",
    "register_sqlite_functions",
]
