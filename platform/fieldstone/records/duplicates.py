"""Records that look alike: those that have the same in some fields, as groups.

Text is compared as the check for duplicates does when something is saved: capitals and widths do not tell it apart.
At most MOST_COMPARED records are compared, the newest; a list with conditions narrows them down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records import codes
from fieldstone.records.access import require, require_readable, row_condition, scope_parameters
from fieldstone.records.filters import ask, compile_where, extra_conditions, filter_condition
from fieldstone.records.save.program import program_of
from fieldstone.storage.published import PublishedModel

MOST_COMPARED = 100_000
MOST_FIELDS = 3
MOST_SHOWN = 25
"""Records named of one group; how many there are is told."""

_COMPARED = frozenset(
    {"text", "person_name", "email", "phone", "url", "integer", "number", "date", "lookup", "picklist"}
)

NOT_COMPARED = declare(
    "duplicate.E001", "{label} cannot be compared to find duplicates.", "Choose text, a number, a date or a lookup."
)
WRONG_FIELDS = declare("duplicate.E002", "Choose between one and {limit} fields to compare.", "Name fewer of them.")


@dataclass(frozen=True, kw_only=True)
class AlikeGroup:
    """`count` records that have the same; `ids` are the first of them."""

    ids: Sequence[int]
    count: int


@dataclass(frozen=True, kw_only=True)
class AlikePage:
    """`after`: with what the next page begins, None at the end. `capped`: there are more records than were compared."""

    groups: Sequence[AlikeGroup]
    after: int | None
    capped: bool


def comparable_fields(module: ModuleDef) -> tuple[str, ...]:
    """The fields by which duplicates of a module can be looked for."""
    return tuple(
        field.name
        for field in module.fields.values()
        if field.type in _COMPARED and not (field.type == "lookup" and (len(field.to) > 1 or "*" in field.to))
    )


def find_alike(
    conn: sa.Connection,
    published: PublishedModel,
    actor: Actor,
    module: str,
    fields: Sequence[str],
    *,
    now: datetime,
    where: str = "",
    after: int = 0,
    limit: int = 20,
) -> AlikePage:
    """Groups in the order of their oldest record, those whose oldest is beyond `after`. Records of which one of the
    fields is empty are like no other. `where` narrows the records down.

    Raises ForbiddenError access.E001, access.E003, InvalidInputError duplicate.E001, duplicate.E002, record.E003,
    ExpressionError."""
    require(published, actor, module, "view")
    program = program_of(published, module, conn.dialect)
    names = list(dict.fromkeys(fields))
    if not 1 <= len(names) <= MOST_FIELDS:
        raise InvalidInputError(WRONG_FIELDS, limit=MOST_FIELDS)
    for name in names:
        if name not in program.fields:
            raise InvalidInputError(codes.NO_FIELD, module=module, field=name)
    require_readable(published, actor, module, [(name,) for name in names])
    for name in names:
        if name not in comparable_fields(program.module):
            raise InvalidInputError(NOT_COMPARED, label=program.fields[name].field.label)
    compiled = compile_where(published, actor, module, where)
    columns = ask(conn, published, actor, module, () if compiled is None else (compiled,), tuple(names), now).columns
    keys = [program.fields[name].key.column for name in names]
    base = sa.select(columns.root.c.id, *(key.label(f"k{place}") for place, key in enumerate(keys)))
    base = base.where(columns.root.c.deleted_at.is_(None))
    visible = row_condition(published, actor, module, columns.root)
    if visible is not None:
        base = base.where(visible)
    if compiled is not None:
        base = base.where(filter_condition(compiled, columns), *extra_conditions(compiled, columns))
    base = base.select_from(columns.from_clause).order_by(columns.root.c.id.desc()).limit(MOST_COMPARED)
    compared = base.cte("compared")
    same = [compared.c[f"k{place}"] for place in range(len(keys))]
    groups = (
        sa.select(sa.func.min(compared.c.id).label("first"), sa.func.count().label("count"), *same)
        .where(*(key.is_not(None) for key in same))
        .group_by(*same)
        .having(sa.func.count() > 1, sa.func.min(compared.c.id) > after)
        .order_by(sa.literal_column("1"))
        .limit(limit + 1)
        .cte("alike")
    )
    matches = sa.and_(*(key == groups.c[key.name] for key in same))
    numbered = (
        sa.select(
            groups.c.first,
            groups.c.count,
            compared.c.id,
            sa.func.row_number().over(partition_by=groups.c.first, order_by=compared.c.id).label("place"),
        )
        .select_from(groups.join(compared, matches))
        .subquery()
    )
    query = sa.select(numbered).where(numbered.c.place <= MOST_SHOWN).order_by(numbered.c.first, numbered.c.id)
    found: dict[int, AlikeGroup] = {}
    for first, count, record_id, _ in conn.execute(query, scope_parameters(actor, conn.dialect.name)).all():
        known = found[first].ids if first in found else ()
        found[first] = AlikeGroup(ids=(*known, record_id), count=count)
    shown = list(found)[:limit]
    total = conn.execute(sa.select(sa.func.count()).select_from(compared), scope_parameters(actor, conn.dialect.name))
    return AlikePage(
        groups=[found[first] for first in shown],
        after=shown[-1] if len(found) > limit else None,
        capped=total.scalar_one() >= MOST_COMPARED,
    )
