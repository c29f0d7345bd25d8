"""A publish that begins to hide a searched field takes its words out of the reach of those it is hidden from."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.records.search.tables import search_entry
from fieldstone.runtime.site import Site

HIDING = "roles:\n  sales_rep:\n    fields:\n      opportunity: {next_step: hidden}\n"


def test_words_of_a_field_that_becomes_hidden_are_found_no_more(tmp_path: Path) -> None:
    site = Site.create(tmp_path / "site", admin="admin", password="a long password")
    try:
        admin = site.accounts.operator()
        rep = site.accounts.actor(site.accounts.add_user("rep", roles=["sales_rep"]))
        values = {"name": "Pump deal", "next_step": "zebrafish", "owner": rep.user_id}
        site.records.save(admin, [RecordChange(module="opportunity", values=values)])

        def found(actor: object, text: str) -> int:
            return len(site.records.search(actor, text))  # type: ignore[arg-type]

        def parts() -> int:
            with site.database.read() as conn:
                return int(conn.scalar(sa.select(sa.func.count()).select_from(search_entry)) or 0)

        assert (found(rep, "zebrafish"), found(rep, "pump"), parts()) == (1, 1, 1)
        hiding = Layer(name="site", documents={"metadata/roles.yaml": HIDING})
        site.publishing.publish(site.publishing.plan(hiding), admin)
        site.models.refresh()
        assert (found(rep, "zebrafish"), found(rep, "zebra"), found(rep, "pump")) == (0, 0, 1)
        assert (found(admin, "zebrafish"), found(admin, "pump zebrafish"), parts()) == (1, 1, 3)
        site.publishing.publish(site.publishing.plan(Layer(name="site", documents={})), admin)
        site.models.refresh()
        assert (found(rep, "zebrafish"), found(rep, "pump"), parts()) == (1, 1, 1)
    finally:
        site.close()
