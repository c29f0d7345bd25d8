"""Two writers on one record: the same field is a conflict, different fields merge."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fieldstone.kernel.errors import StaleRecordError
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.tables import history
from records.save.conftest import Trade


def test_the_same_field_shows_all_three_values(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", amount="1")
    trade.update("opportunity", deal, version=1, amount="2")
    trade.update("opportunity", deal, version=2, amount="3")
    with pytest.raises(StaleRecordError) as error:
        trade.update("opportunity", deal, version=1, amount="9", name="Other")
    (conflict,) = error.value.conflicts
    assert (conflict.field, conflict.base, conflict.theirs, conflict.mine) == ("amount", 1, 3, 9)
    assert (error.value.version, error.value.changed_by) == (3, "Anna")
    assert trade.row("opportunity", deal)["name"] == "Deal"


def test_different_fields_merge(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", amount="1")
    trade.update("opportunity", deal, version=1, amount="2")
    saved = trade.update("opportunity", deal, version=1, name="Other")
    assert saved.version == 3
    row = trade.row("opportunity", deal)
    assert (row["amount"], row["name"]) == (Decimal(2), "Other")


def test_the_same_value_from_both_is_a_conflict(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", amount="1")
    trade.update("opportunity", deal, version=1, amount="2")
    with pytest.raises(StaleRecordError):
        trade.update("opportunity", deal, version=1, amount="2.00")


def test_a_form_that_sends_every_field_overwrites_nothing(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", amount="1")
    trade.update("opportunity", deal, version=1, amount="2")
    saved = trade.update("opportunity", deal, version=1, name="Other", amount="1.00")
    assert saved.changed == {"name"}
    assert trade.row("opportunity", deal)["amount"] == 2


def test_fields_that_came_back_are_no_conflict(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", amount="1")
    trade.update("opportunity", deal, amount="2")
    trade.update("opportunity", deal, amount="1")
    assert trade.update("opportunity", deal, version=1, amount="5").version == 4


def test_expected_values_decide_without_a_version(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", amount="1")
    trade.update("opportunity", deal, amount="2")
    change = RecordChange(module="opportunity", id=deal, values={"amount": "3"}, expected={"amount": "1"})
    with pytest.raises(StaleRecordError) as error:
        trade.save(change)
    assert error.value.conflicts[0].base == 1


def test_unaudited_fields_conflict_too(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", quiet="a")
    trade.update("opportunity", deal, quiet="b")
    with pytest.raises(StaleRecordError):
        trade.update("opportunity", deal, version=1, quiet="c")
    assert trade.history("opportunity", deal)[1] == ("updated", {})


def test_a_partial_save_reports_the_conflict(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", amount="1")
    other = trade.create("opportunity", name="Other")
    trade.update("opportunity", deal, amount="2")
    result = trade.records.save(
        trade.anna,
        [
            RecordChange(module="opportunity", id=deal, version=1, values={"amount": "3"}),
            RecordChange(module="opportunity", id=other, version=1, values={"amount": "3"}),
        ],
        options=SaveOptions(partial=True),
    )
    assert [(item.row, item.field, item.code) for item in result.problems] == [(0, "amount", "record.E002")]
    assert [item.id for item in result.records] == [other]


def test_saving_what_is_there_writes_nothing(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", amount="1.50", won=False)
    trade.clock.advance(hours=1)
    before = trade.row("opportunity", deal)
    saved = trade.update("opportunity", deal, version=1, name=" Deal ", amount="1.5000", won="no")
    assert (saved.version, saved.changed) == (1, frozenset())
    assert trade.row("opportunity", deal) == before
    assert len(trade.rows(history)) == 1
