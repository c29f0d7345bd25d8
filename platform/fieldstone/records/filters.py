"""Filter expressions made ready for a statement, and what of the request their text depends on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.sql import compile_filter
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UnavailableError
from fieldstone.records.access import readable_scope
from fieldstone.records.columns import Columns
from fieldstone.records.contexts import team_principals, user_context, user_values
from fieldstone.records.filled import semijoins
from fieldstone.records.live import LiveFormula, find_live
from fieldstone.records.paths import find_path
from fieldstone.records.plan_cache import plans_of
from fieldstone.storage.published import PublishedModel

NOT_READY = declare(
    "query.E020",
    "{name} is being brought over from an earlier definition and cannot be searched or sorted by yet.",
    "Try again in a while: a job is at it.",
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a statement's text depends on beyond the query: `user`, the actor; `day`, the date in the
    actor's and the site's zone; `moment`, the very time, so that it cannot be kept."""

    user: bool
    day: bool
    moment: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """The request as statements see it. `key` holds all of it that is in their text; `keep` False: the
    statement is good for this moment only."""

    columns: Columns
    key: Hashable
    keep: bool


def compile_where(published: PublishedModel, actor: Actor, module: str, where: str) -> CompiledExpression | None:
    """The checked filter of somebody, None for "". Raises ExpressionError, ForbiddenError access.E003 when it names a
    hidden field."""
    if not where.strip():
        return None
    return compile_expression(where, readable_scope(published, actor, module), expected="boolean")


def filter_condition(where: CompiledExpression, columns: Columns) -> sa.ColumnElement[bool]:
    return compile_filter(where, columns, columns.context, columns.dialect)


def extra_conditions(where: CompiledExpression | None, columns: Columns) -> list[sa.ColumnElement[bool]]:
    """Conditions that follow from the filter and help the planner; none where it needs no help."""
    return semijoins(where, columns) if where is not None and columns.dialect == "sqlite" else []


def ask(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    expressions: tuple[CompiledExpression, ...],
    paths: tuple[str, ...],
    now: datetime,
) -> Asker:
    """`expressions` and the fields named by `paths` go into the statement's text."""
    if published.waiting:
        _require_ready(published, module, expressions, paths)
    key = ("traits", module, tuple(item.source for item in expressions), paths)
    traits = plans_of(published).get(key, lambda: _traits(published, module, expressions, paths))
    user = user_values(conn, actor) if traits.user else {}
    team = team_principals(conn, actor) if traits.user else frozenset()
    context = user_context(published.model, actor, now, team)
    dates: Hashable = None
    if traits.day:
        dates = tuple(now.astimezone(ZoneInfo(zone)).date() for zone in (actor.zone, published.model.app.zone))
    return Asker(
        columns=Columns(published, actor, module, context, user),
        key=(actor.zone if expressions else "", tuple(user.items()), team, dates),
        keep=not traits.moment,
    )


def _require_ready(
    published: PublishedModel, module: str, expressions: tuple[CompiledExpression, ...], paths: tuple[str, ...]
) -> None:
    """Raises UnavailableError query.E020: a list filtered by values that are not there yet would be wrong."""
    names = [path for expression in expressions for path in expression.paths]
    names += [tuple(path.removeprefix("order(").removesuffix(")").split(".")) for path in paths]
    for path in names:
        for length in range(1, len(path) + 1):
            found = find_path(published, module, path[:length])
            if found is not None and published.waiting.get(found.field.identity) in ("values", "order"):
                raise UnavailableError(NOT_READY, name=".".join(path[:length]))


def _traits(
    published: PublishedModel, module: str, expressions: Iterable[CompiledExpression], paths: Iterable[str]
) -> Traits:
    functions: set[str] = set()
    uses_time = uses_user = False
    waiting = [(module, item) for item in expressions]
    for text in paths:
        waiting += _live_inputs(published, module, tuple(text.split(".")))
    while waiting:
        owner, compiled = waiting.pop()
        functions |= compiled.functions
        uses_time = uses_time or compiled.uses_time
        uses_user = uses_user or compiled.uses_user
        for names in compiled.paths:
            waiting += _live_inputs(published, owner, names)
    moment = "now" in functions
    return Traits(user=uses_user, day=uses_time and not moment, moment=moment)


def _live_inputs(
    published: PublishedModel, module: str, names: tuple[str, ...]
) -> list[tuple[str, CompiledExpression]]:
    path = find_path(published, module, names)
    live = None if path is None else find_live(published, path.module, path.field.name)
    if live is None:
        return []
    if isinstance(live, LiveFormula):
        return [(live.module, live.compiled)]
    found = [(live.relation.to, live.where)] if live.where is not None else []
    return found + (_live_inputs(published, live.relation.to, (live.field.of,)) if live.field.of else [])
