"""Recomputing beyond one save, by a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fieldstone.workflows.recompute import RECOMPUTE_KIND, defer_to

Open = Callable[..., Any]


def test_deferred_fields_are_computed_by_a_job(open_sales: Open) -> None:
    sales = open_sales()
    deals = [sales.create(amount="200", probability="50") for _ in range(3)]
    table = sales.models.current.tables.module("opportunity").table
    forecast = sales.models.current.tables.module("opportunity").column("forecast").name

    def spoil(conn: sa.Connection) -> None:
        conn.execute(sa.update(table).values({forecast: None}))
        defer_to(sales.post.jobs)(conn, "opportunity", ["forecast"], deals * 1000)

    sales.database.transact(spoil)
    assert sales.post.worker.run_due() == 2
    assert sales.post.jobs.list(kind=RECOMPUTE_KIND)[0].state == "done"
    assert [row[forecast] for row in sales.rows("opportunity")] == [100, 100, 100]
