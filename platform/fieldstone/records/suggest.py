"""Records offered while somebody types: by the beginning of the name, then by words, then by a part of it.

The first two are answered by an index. A part in the middle of a name is only looked for among the
newest records, so that the cost stays the same however many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.folding import fold, has_cjk, sort_key
from fieldstone.records.access import access_profile, require, row_condition, scope_parameters
from fieldstone.records.access.narrow import among_few
from fieldstone.records.describe import describe_records
from fieldstone.records.listed_reach import read_listed_reach
from fieldstone.records.plan_cache import plans_of
from fieldstone.records.query_types import Suggestion
from fieldstone.records.search.find import find_ids
from fieldstone.records.walks import unindexed
from fieldstone.storage.columns import Text
from fieldstone.storage.kept_plans import planned_anew
from fieldstone.storage.published import PublishedModel

MOST = 100
LOOKED_THROUGH = 3_000
_LONGEST = 200
_LAST = "\U0010ffff"

BAD_LIMIT = declare("query.E010", "{limit} suggestions cannot be given.", "Ask for 1 to {most}.")


def suggest_records(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    text: str,
    *,
    now: datetime,
    limit: int = 10,
) -> list[Suggestion]:
    """At most `limit` records of a module within reach; for "" the newest.

    Raises ForbiddenError and NotFoundError for the module, InvalidInputError query.E010.
    """
    require(published, actor, module, "view")
    if not 1 <= limit <= MOST:
        raise InvalidInputError(BAD_LIMIT, limit=limit, most=MOST)
    typed = fold(text.strip()[:_LONGEST]).replace("\x00", "")
    finder = _Finder(conn, published, actor, module, limit)
    ids = dict.fromkeys(finder.newest() if not typed else finder.beginning(typed))
    if typed and len(ids) < limit:
        found = find_ids(conn, published, actor, text, module=module, limit=limit)
        ids.update(dict.fromkeys(id for _, id in found))
    if typed and len(ids) < limit:
        ids.update(dict.fromkeys(finder.containing(typed)))
    chosen = list(ids)[:limit]
    described = describe_records(conn, published, actor, module, chosen, now=now)
    return [described[id] for id in chosen if id in described]


class _Finder:
    """The ids found by name, one kept statement for each way."""

    def __init__(self, conn: sa.Connection, published: PublishedModel, actor: Actor, module: str, limit: int) -> None:
        self._conn = conn
        self._published = published
        self._actor = actor
        self._module = module
        self._limit = limit
        self._reach = read_listed_reach(conn, published, actor, module)
        field = published.model.modules[module].fields[published.model.modules[module].name_field]
        table = published.tables.module(module)
        self._table: sa.FromClause = table.table
        columns = table.columns_of(field)
        self._key = columns.get("__key", table.column(field.name))
        self._sort = columns.get("__sort", self._key)

    def newest(self) -> Sequence[int]:
        return self._run("newest", lambda: self._limited(sa.select(self._table.c.id).order_by(self._table.c.id.desc())))

    def beginning(self, typed: str) -> Sequence[int]:
        """Names that begin with what is typed, in order. Chinese names are also found by their pinyin."""
        start = sort_key(typed).partition("\x1f")[0] if self._sort is not self._key else typed
        chinese = has_cjk(typed)

        def build() -> sa.Select[tuple[int]]:
            first, end = sa.bindparam("first", None, type_=Text), sa.bindparam("end", None, type_=Text)
            found = sa.select(self._table.c.id).where(self._sort >= first, self._sort < end)
            if chinese:
                found = found.where(self._key.like(sa.bindparam("like", None, type_=Text), escape="/"))
            return self._limited(found.order_by(self._sort, self._table.c.id))

        values = {"first": start, "end": start + _LAST, "like": f"{_escaped(typed)}%"}
        return self._run(f"beginning{chinese}", build, values)

    def containing(self, typed: str) -> Sequence[int]:
        def build() -> sa.Select[tuple[int]]:
            every = self._table.alias()
            newest = sa.select(every.c.id).order_by(every.c.id.desc()).limit(LOOKED_THROUGH).subquery()
            like = self._key.like(sa.bindparam("like", None, type_=Text), escape="/")
            found = sa.select(self._table.c.id).select_from(newest.join(self._table, self._table.c.id == newest.c.id))
            return self._limited(found.where(like).order_by(self._table.c.id.desc()))

        return self._run("containing", build, {"like": f"%{_escaped(typed)}%"})

    def _limited(self, found: sa.Select[tuple[int]]) -> sa.Select[tuple[int]]:
        found = found.where(self._table.c.deleted_at.is_(None)).limit(sa.literal_column(str(self._limit)))
        if self._reach is None:
            visible = row_condition(self._published, self._actor, self._module, self._table)
            return found if visible is None else found.where(unindexed(visible, self._published.tables.dialect))
        if self._reach.size == "few":
            found = found.where(among_few(self._reach.present, self._table))
        return found.where(self._reach.condition(self._table, leading=False))

    def _run(self, way: str, build: Any, values: dict[str, Any] | None = None) -> Sequence[int]:
        reach = self._reach.key if self._reach else None
        key = ("suggest", way, self._module, self._limit, reach, access_profile(self._actor))
        statement = plans_of(self._published).get(key, lambda: planned_anew(build()))
        scope = scope_parameters(self._actor, self._published.tables.dialect)
        if self._reach is not None:
            scope.update(self._reach.parameters)
        return self._conn.execute(statement, {**scope, **(values or {})}).scalars().all()


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
