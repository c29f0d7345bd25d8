"""A round through the pages on PostgreSQL, which the other tests make on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor, text_of


@pytest.mark.postgres
def test_pages_are_the_same_on_postgresql(tmp_path: Path, new_database: Callable[[str], str]) -> None:
    site = Site.create(
        tmp_path / "site", admin="admin", password="a long password", database_url=new_database("postgresql")
    )
    try:
        visitor = Visitor(create_app(site))
        visitor.log_in()
        actor = site.accounts.operator()
        deals = [{"name": f"Deal {n:02}", "amount": n, "close_date": "2031-01-01"} for n in range(1, 31)]
        site.records.save(actor, [RecordChange(module="opportunity", values=values) for values in deals])
        listed = text_of(
            visitor.get("/m/opportunity?where=amount >= 5 and contains(name, 'deal')&sort=-amount&limit=20")
        )
        assert "1–20 of 26" in listed
        assert listed.index("Deal 30") < listed.index("Deal 29")
        assert "$465" in text_of(visitor.htmx("/m/opportunity/totals?view=all"))
        visitor.get("/m/opportunity/1/edit")
        visitor.post("/m/opportunity/1/edit", {"f.name": "Renamed", "base": '{"name":"Deal 01"}', "version": "1"})
        page = text_of(visitor.get("/m/opportunity/1"))
        assert "Renamed" in page
        assert "changed Opportunity name from Deal 01 to Renamed" in page
        assert "<mark>Rena</mark>med" in visitor.get("/search?q=rena").text
        assert visitor.get("/m/opportunity/export.csv?columns=name").get_data().count(b"\n") == 31
        moved = visitor.post("/m/opportunity/delete", {"id": 1})
        assert "1 opportunity moved to the recycle bin" in text_of(visitor.get(moved.location))
    finally:
        site.close()
