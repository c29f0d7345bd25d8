"""Step 9 and after: what is kept of every change, and taking changes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError, NotFoundError, StaleRecordError
from fieldstone.records.changes import RecordChange
from fieldstone.records.tables import stage_time
from records.save.conftest import Trade


def test_one_entry_for_each_changed_record(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    deal = trade.create("opportunity", name="Deal", amount="1", organization=acme, tags="a")
    trade.save(
        RecordChange(
            module="opportunity", id=deal, values={"amount": "2.5", "tags": "a, b", "close_date": "2026-05-01"}
        ),
        RecordChange(module="organization", id=acme, values={"industry": "Ore"}),
        actor=trade.anna.through("import:1"),
    )
    created, updated = trade.history("opportunity", deal)
    assert created == ("created", {})
    assert updated[1]["amount"] == (Decimal("1"), Decimal("2.5"))
    assert updated[1]["tags"] == (("a",), ("a", "b"))
    assert set(updated[1]) == {"amount", "tags", "close_date"}
    entry = trade.records.history(trade.anna, "opportunity", deal, limit=1)[0]
    assert (entry.by_label, entry.via, entry.version, entry.at) == ("Anna", "import:1", 2, trade.clock.now)
    (older,) = trade.records.history(trade.anna, "opportunity", deal, before=entry.id)
    assert older.kind == "created"


def test_references_are_worded_for_those_who_may_know(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    deal = trade.create("opportunity", name="Deal")
    trade.update("opportunity", deal, organization=acme, helper=2)
    entry = trade.records.history(trade.anna, "opportunity", deal)[0]
    assert entry.labels == {("organization", acme): "Acme", ("principal", 2): "Ben"}


def test_the_history_of_another_persons_record_is_not_there(trade: Trade) -> None:
    deal = trade.create("opportunity", actor=trade.ben, name="Deal")
    with pytest.raises(NotFoundError):
        trade.records.history(trade.cleo, "opportunity", deal)


def test_time_at_each_stage_is_kept(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal")
    start = trade.clock.now
    trade.clock.advance(days=2)
    trade.update("opportunity", deal, stage="offer")
    trade.clock.advance(days=1)
    trade.update("opportunity", deal, name="Same stage")
    rows = [(row["value"], row["entered_at"], row["left_at"]) for row in trade.rows(stage_time)]
    moved = start + timedelta(days=2)
    assert rows == [("open", start, moved), ("offer", moved, None)]


def test_a_change_can_be_undone(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    deal = trade.create("opportunity", name="Deal", amount="1", organization=acme, tags="x")
    trade.update("opportunity", deal, amount="2", name="Other", organization=None, tags=None, close_date=None)
    entry = trade.records.history(trade.anna, "opportunity", deal)[0]
    trade.update("opportunity", deal, probability="10")  # another field: no obstacle
    saved = trade.records.undo(trade.anna, "opportunity", deal, entry.id).records[0]
    row = trade.row("opportunity", deal)
    assert (row["amount"], row["name"], row["organization"], row["version"]) == (1, "Deal", acme, saved.version)
    assert row["probability"] == 10
    assert trade.row("organization", acme)["deals"] == 1
    with pytest.raises(StaleRecordError) as error:
        trade.records.undo(trade.anna, "opportunity", deal, entry.id)
    assert {item.field for item in error.value.conflicts} >= {"amount", "name"}


def test_what_cannot_be_undone_says_so(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal")
    entry = trade.records.history(trade.anna, "opportunity", deal)[0]
    with pytest.raises(InvalidInputError):
        trade.records.undo(trade.anna, "opportunity", deal, entry.id)
    with pytest.raises(NotFoundError):
        trade.records.undo(trade.anna, "opportunity", deal, 10_000)
    other = trade.create("opportunity", name="Other")
    with pytest.raises(NotFoundError):
        trade.records.undo(trade.anna, "opportunity", other, entry.id)


def test_workflow_entries_name_what_began_them(trade: Trade) -> None:
    workflow = Actor(kind="workflow", user_id=1, is_admin=True, via="workflow:greet")

    def after(work) -> None:  # type: ignore[no-untyped-def]
        if not work.depth:
            change = RecordChange(module="note", values={"text": "Hello"})
            trade.records.save_within(work, workflow, [change], through="greet")

    trade.stage.after = after
    trade.create("opportunity", actor=trade.anna.through("import:4"), name="Deal")
    assert trade.records.history(trade.anna, "note", 1)[0].via == "import:4 workflow:greet"
