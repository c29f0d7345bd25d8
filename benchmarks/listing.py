"""A list of 50 rows and 10 columns, two of them lookups, and a sum over everything, in a large module."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from benchmarks.bare import Bare
from benchmarks.clock import side_by_side
from benchmarks.figure import Figure
from benchmarks.filling import REPRESENTATIVE
from benchmarks.scale import Scale
from benchmarks.stage import Stage
from fieldstone.records.query_types import Query

COLUMNS = ("name", "organization", "contact", "amount", "probability", "stage", "close_date", "source", "owner",
           "record_number")  # fmt: skip
WHERE, SORT = "stage == 'proposal'", "-close_date"
_BARE_LIST = """
    SELECT o.id, o.name, o.organization, o.contact, o.amount, o.probability, o.stage, o.close_date, o.source,
           o.owner_id, o.record_number, g.name, c.name, p.label
    FROM opportunity o LEFT JOIN organization g ON g.id = o.organization LEFT JOIN contact c ON c.id = o.contact
    LEFT JOIN fs_principal p ON p.id = o.owner_id
    WHERE o.stage = ? AND o.deleted_at IS NULL ORDER BY o.close_date DESC, o.id DESC LIMIT ?"""
_BARE_UNINDEXED = """
    SELECT id, name, amount FROM opportunity
    WHERE source = ? AND probability < ? AND deleted_at IS NULL ORDER BY close_date DESC, id DESC LIMIT 51"""
_BARE_SUM = "SELECT stage, count(*), sum(amount) FROM opportunity WHERE deleted_at IS NULL GROUP BY stage"


def measure(site: Stage, scale: Scale, records: int) -> Iterator[Figure]:
    """On a site filled with `records` opportunities."""
    place = f"{records:,}, {site.dialect}"
    site.log_in()
    bare = Bare(site)
    query = {"where": WHERE, "sort": SORT, "limit": "50"}
    api = f"/m/opportunity?{urlencode({**query, 'fields': ','.join(COLUMNS)})}"
    page = f"/m/opportunity?{urlencode({**query, 'columns': ','.join(COLUMNS)})}"
    token = site.site.accounts.add_token(REPRESENTATIVE, label="benchmark").secret
    times = side_by_side(
        {
            "bare": bare.asking(_BARE_LIST, "proposal", 51),
            "records": lambda: site.site.records.query(
                site.actor, "opportunity", Query(where=WHERE, sort=(SORT,), fields=COLUMNS, limit=50)
            ),
            "api": lambda: site.get(api),
            "api, own records": lambda: site.get(api, token),
            "page": lambda: site.page(page),
            "board": lambda: site.page("/m/opportunity?as=kanban"),
        },
        rounds=scale.rounds,
    )
    sql = times["bare"].p50
    yield Figure(name=f"list of 50, records, {place}", value=times["records"].p50, peer="bare SQL", peer_value=sql)
    yield Figure(
        name=f"list of 50, API, {place}", value=times["api"].p50, peer="bare SQL", peer_value=sql, ratio_bar=3,
        note=f"CPU {times['api'].cpu:.1f}",
    )  # fmt: skip
    for name, label in (("api", "API"), ("api, own records", "API, row rules"), ("page", "HTML")):
        found = times[name]
        note = f"p50 {found.p50:.1f}, CPU {found.cpu:.1f}"
        yield Figure(name=f"list of 50, {label}, p95, {place}", value=found.p95, bar=50, note=note)
    yield Figure(
        name=f"kanban board, HTML, p95, {place}",
        value=times["board"].p95,
        bar=300,
        note=f"p50 {times['board'].p50:.1f}",
    )
    unindexed = urlencode({"where": "source == 'website' and probability < 0", "sort": SORT, "limit": "50"})
    totals = urlencode({"group": "stage", "measure": "count,sum(amount)"})
    rounds = max(5, scale.rounds // 6)
    slow = side_by_side(
        {
            "bare": bare.asking(_BARE_UNINDEXED, "website", 0),
            "unindexed": lambda: site.get(f"/m/opportunity?{unindexed}"),
            "bare sum": bare.asking(_BARE_SUM),
            "sum": lambda: site.get(f"/m/opportunity/aggregate?{totals}"),
        },
        rounds=rounds,
        warm_up=1,
    )
    yield Figure(
        name=f"list, unindexed, nothing found, {place}", value=slow["unindexed"].p50, bar=500, peer="bare SQL",
        peer_value=slow["bare"].p50,
    )  # fmt: skip
    yield Figure(
        name=f"sum by stage, API, {place}", value=slow["sum"].p50, peer="bare SQL", peer_value=slow["bare sum"].p50,
        ratio_bar=1.5,
    )  # fmt: skip
    bare.close()
