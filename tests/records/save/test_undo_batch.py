"""Undoing a whole import restores the exact state before."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import ForbiddenError
from fieldstone.records.changes import RecordChange, TempRef
from fieldstone.records.search.tables import search_entry
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history, stage_time
from fieldstone.records.undo_refusals import UndoRefusedError
from records.save.conftest import Trade

VIA = "import:7"


def everything(trade: Trade) -> dict[str, Any]:
    """All rows of all modules, of the history, stage times and the search index (without its own keys)."""
    tables = trade.models.current.tables
    state: dict[str, Any] = {name: trade.rows(tables.module(name).table) for name in trade.models.current.model.modules}
    state["history"] = trade.rows(history)
    state["stages"] = trade.rows(stage_time)
    with trade.database.read() as conn:
        columns = [column for column in search_entry.c if column.name != "id"]
        rows = conn.execute(sa.select(*columns).order_by(search_entry.c.module, search_entry.c.record_id)).all()
    state["search"] = [tuple(row) for row in rows]
    return state


def bring_in(trade: Trade, acme: int, deal: int) -> None:
    """An import that creates and changes, with a workflow behind it."""

    def after(work: SaveWork) -> None:
        if work.depth == 0:
            notes = [RecordChange(module="note", values={"text": f"{row.module} {row.id}"}) for row in work.rows]
            trade.records.save_within(work, work.actor.through("workflow:note"), notes, through="note")

    trade.stage.after = after
    actor = trade.anna.through(VIA)
    trade.clock.advance(hours=1)
    trade.save(
        RecordChange(module="organization", ref="o", values={"name": "Imported", "best_contact": TempRef("c")}),
        RecordChange(module="contact", ref="c", values={"name": "Eva", "organization": TempRef("o")}),
        RecordChange(module="opportunity", values={"name": "New", "organization": acme, "amount": 70}),
        RecordChange(
            module="opportunity", id=deal, values={"organization": TempRef("o"), "stage": "won", "quiet": "b"}
        ),
        actor=actor,
    )
    trade.clock.advance(hours=1)
    trade.save(
        RecordChange(module="opportunity", id=deal, values={"amount": "3000", "tags": "z", "stage": "won"}),
        RecordChange(module="organization", id=acme, values={"industry": "Paper"}),
        actor=actor,
    )
    trade.stage.after = None
    trade.clock.advance(hours=1)


def prepare(trade: Trade) -> tuple[int, int]:
    acme = trade.create("organization", name="Acme", industry="Ore")
    deal = trade.create("opportunity", actor=trade.ben, name="Deal", amount="1", quiet="a")
    trade.update("opportunity", deal, organization=acme)
    trade.clock.advance(hours=1)
    trade.update("opportunity", deal, stage="offer", tags="x")
    return acme, deal


@pytest.mark.parametrize("limit", [1, 3, 2_000])
def test_the_exact_state_before_comes_back(trade: Trade, limit: int) -> None:
    acme, deal = prepare(trade)
    before = everything(trade)
    bring_in(trade, acme, deal)
    assert everything(trade)["history"] != before["history"]
    assert trade.records.find_undo_refusals(trade.anna, VIA) == []
    rounds = 0
    while trade.records.undo_batch(trade.anna, VIA, limit=limit).remaining:
        rounds += 1
    assert rounds == {1: 11, 3: 3, 2_000: 0}[limit]
    assert everything(trade) == before


def test_records_edited_or_used_since_refuse(trade: Trade) -> None:
    acme, deal = prepare(trade)
    bring_in(trade, acme, deal)
    imported = acme + 1
    trade.update("opportunity", deal, name="Edited since")
    jo = trade.create("contact", name="Jo", organization=imported)
    kept = everything(trade)
    with pytest.raises(UndoRefusedError) as error:
        trade.records.undo_batch(trade.anna, VIA)
    found = {(item.module, item.id, item.reason) for item in error.value.refusals}
    assert found == {("opportunity", deal, "changed"), ("contact", jo, "used")}
    assert everything(trade) == kept


def test_other_imports_are_left_alone(trade: Trade) -> None:
    trade.create("note", actor=trade.anna.through("import:70"), text="Seventy")
    before = everything(trade)
    trade.create("note", actor=trade.anna.through(VIA), text="Seven")
    trade.records.undo_batch(trade.anna, VIA)
    assert everything(trade) == before


def test_undoing_needs_the_right_to_import(trade: Trade) -> None:
    trade.create("note", actor=trade.ben.through(VIA), text="Seven")
    with pytest.raises(ForbiddenError):
        trade.records.undo_batch(trade.ben, VIA)
