"""What grows, how much of it there is, and how much of that a limit of age would remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from fieldstone.records.accounts.tables import audit, log_in
from fieldstone.records.bin_tidy import count_in_bin
from fieldstone.records.tables import history
from fieldstone.storage.catalogue import load_catalogue, load_purged
from fieldstone.workflows.tidy import KEPT

if TYPE_CHECKING:
    from fieldstone.runtime.site import Site

BIN = "keep.recycle_bin_days"
_BY_SETTING: Mapping[str, tuple[sa.Column[object], sa.ColumnElement[bool]]] = {
    **{f"keep.{kept.name}_days": (kept.column, kept.condition) for kept in KEPT if kept.name != "fired"},
    "log_in_history_days": (log_in.c.at, sa.true()),
    "audit_log_days": (audit.c.at, sa.true()),
}
SETTINGS = (*_BY_SETTING, BIN)
"""The settings that say how long something is kept."""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`held` of what a setting is about, of which `old` would go with the next tidying."""

    held: int
    old: int


def holdings(site: Site, days: Mapping[str, int]) -> dict[str, Holding]:
    """For each of SETTINGS, with the days given; 0 days remove nothing."""
    found = {}
    now = site.clock()
    with site.database.read() as conn:
        for name, (column, condition) in _BY_SETTING.items():
            is_old = sa.func.count(sa.case((column < now - timedelta(days=days[name]), 1)))
            held, old = conn.execute(sa.select(sa.func.count(), is_old).where(condition)).one()
            found[name] = Holding(held=held, old=old)
    held, old = count_in_bin(site.records, now - timedelta(days=days[BIN]))
    found[BIN] = Holding(held=held, old=old if days[BIN] else 0)
    return found


def count_history(site: Site) -> int:
    """Entries of the history of records, which are always kept: what a record was at a time is read from them."""
    with site.database.read() as conn:
        return conn.execute(sa.select(sa.func.count()).select_from(history)).scalar_one()


def count_hidden(site: Site) -> int:
    """Modules, fields and relations that were removed from the model and not purged."""
    with site.database.read() as conn:
        gone = load_purged(conn)
        there = (entry for entry in load_catalogue(conn) if (entry.identity, entry.physical) not in gone)
        return sum(entry.removed and entry.kind in ("module", "field", "relation") for entry in there)
