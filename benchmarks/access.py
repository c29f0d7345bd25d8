"""Row rules in a large module: the list page for people of every level, beside the same condition in bare SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from benchmarks.bare import Bare
from benchmarks.clock import side_by_side
from benchmarks.company import LARGE, Company, found, standing_documents
from benchmarks.figure import Figure
from benchmarks.listing import COLUMNS
from benchmarks.scale import Scale
from benchmarks.stage import DOCUMENTS, Stage
from fieldstone.kernel.actors import Actor
from fieldstone.records.query_types import Query

SORT = "-close_date"
WHERE = "stage == 'proposal'"
_BARE = """
    SELECT o.id, o.name, o.organization, o.contact, o.amount, o.probability, o.stage, o.close_date, o.source,
           o.owner_id, o.record_number, g.name, c.name, p.label
    FROM opportunity o LEFT JOIN organization g ON g.id = o.organization LEFT JOIN contact c ON c.id = o.contact
    LEFT JOIN fs_principal p ON p.id = o.owner_id
    WHERE o.deleted_at IS NULL AND {reach}{where} ORDER BY o.close_date DESC NULLS LAST, o.id DESC LIMIT 51"""


def measure(site: Stage, scale: Scale, records: int) -> Iterator[Figure]:
    """On a site filled with `records` opportunities. Prints the plan of each list."""
    yield from measure_company(site, found(site, standing_documents(DOCUMENTS)), scale, records)


def measure_company(site: Stage, company: Company, scale: Scale, records: int) -> Iterator[Figure]:
    """On a site where the company is."""
    place = f"{records:,}, {site.dialect}"
    bare = Bare(site)
    for name, actor in company.levels.items():
        reach = _reach(site, company, actor)
        for filtered, where, more in (("", "", ""), (", filtered", WHERE, " AND o.stage = 'proposal'")):
            query = Query(where=where, sort=(SORT,), fields=COLUMNS, limit=50)
            _print_plan(site, actor, query, f"{name}{filtered}, {place}")
            times = side_by_side(
                {
                    "bare": bare.asking(_BARE.format(reach=reach, where=more)),
                    "list": lambda actor=actor, query=query: site.site.records.query(actor, "opportunity", query),
                    # That beside the page, and that which comes after it where the first is not exact.
                    "count": lambda actor=actor, where=where: site.site.records.count(
                        actor, "opportunity", where, quick=True
                    ),
                    "whole count": lambda actor=actor, where=where: site.site.records.count(
                        actor, "opportunity", where
                    ),
                },
                rounds=scale.rounds,
            )
            yield Figure(
                name=f"list for {name}{filtered}, {place}", value=times["list"].p50, peer="bare SQL",
                peer_value=times["bare"].p50, bar=50, ratio_bar=3,
                note=f"p95 {times['list'].p95:.1f}, "
                f"count {times['count'].p50:.1f}, whole {times['whole count'].p50:.1f}",
            )  # fmt: skip
    bare.close()


def _reach(site: Stage, company: Company, actor: Actor) -> str:
    """What the actor reaches, with the ids written out."""
    if "head" in actor.roles:
        return "1 = 1"
    model = site.site.models.current.model
    below, waiting = set(), list(actor.roles)
    while waiting:
        here = waiting.pop()
        for role in model.roles.values():
            if role.parent == here:
                below.add(role.name)
                waiting.append(role.name)
    scope = model.roles[actor.roles[0]].grants.scope
    owners = {actor.user_id or 0} | (_holders(site, below) if scope == "subtree" else set())
    large: set[int] = set()
    for rule in model.sharing.rules.values():
        if any(party.name in actor.roles for party in rule.to) and rule.owners is not None:
            holders = _holders(site, {rule.owners.name})
            if rule.where:
                large |= holders
            else:
                owners |= holders
    ways = [f"o.owner_id IN ({', '.join(map(str, sorted(owners)))})"]
    if large:
        scaled = LARGE * 10_000 if site.dialect == "sqlite" else LARGE
        ways.append(f"(o.amount > {scaled} AND o.owner_id IN ({', '.join(map(str, sorted(large)))}))")
    return f"({' OR '.join(ways)})"


def _holders(site: Stage, roles: set[str]) -> set[int]:
    with site.site.database.read() as conn:
        rows = conn.execute(sa.text("SELECT user_id, role FROM fs_user_role")).all()
    return {user for user, role in rows if role in roles}


def _print_plan(site: Stage, actor: Actor, query: Query, name: str) -> None:
    """The statements of one list, as the database means to answer them."""
    sent: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "opportunity" in statement and statement.lstrip().startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    engine = site.site.database.reader
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        site.site.records.query(actor, "opportunity", query)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if site.dialect == "sqlite" else "EXPLAIN "
    print(f"\n-- plan of the list for {name}")
    with engine.connect() as conn:
        for place, (statement, parameters) in enumerate(sent, start=1):
            for row in conn.exec_driver_sql(explain + statement, parameters):
                print(f"   {place}  {row[-1]}")
