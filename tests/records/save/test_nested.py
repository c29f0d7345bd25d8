"""Saves inside saves: workflows that set each other off, in one transaction."""

from __future__ import annotations

import pytest

from fieldstone.kernel.errors import InvalidInputError, ValidationError
from fieldstone.records.changes import RecordChange
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history
from records.save.conftest import Trade


def test_a_stage_saves_more_in_the_same_transaction(trade: Trade) -> None:
    depths: list[tuple[int, tuple[str, ...]]] = []

    def after(work: SaveWork) -> None:
        depths.append((work.depth, work.path))
        if work.depth == 0:
            organization = work.rows[0].values["organization"]
            change = RecordChange(module="organization", id=organization, values={"industry": "Ore"})
            trade.records.save_within(work, work.actor.through("workflow:sort"), [change], through="sort")

    acme = trade.create("organization", name="Acme")
    trade.stage.after = after
    deal = trade.create("opportunity", name="Deal", organization=acme)
    assert depths == [(0, ()), (1, ("sort",))]
    assert trade.row("opportunity", deal)["weighted"] == "Ore B"
    assert trade.rows(history)[-1]["via"] == "workflow:sort"


def test_workflows_may_fill_read_only_fields(trade: Trade) -> None:
    def after(work: SaveWork) -> None:
        if work.depth == 0:
            change = RecordChange(module="opportunity", id=work.rows[0].id, values={"score": 5})
            trade.records.save_within(work, work.actor, [change], through="score")

    trade.stage.after = after
    deal = trade.create("opportunity", name="Deal")
    row = trade.row("opportunity", deal)
    assert (row["score"], row["version"]) == (5, 2)


def test_the_caller_is_told_the_version_that_workflows_left(trade: Trade) -> None:
    seen: list[object] = []

    def after(work: SaveWork) -> None:
        (row,) = work.rows
        if work.depth < 2:
            change = RecordChange(module=row.module, id=row.id, values={"probability": 60 + work.depth})
            trade.records.save_within(work, work.actor, [change], through="weigh")
            seen.append((work.depth, row.values["probability"], row.values["forecast"]))

    trade.stage.after = after
    (saved,) = trade.save(RecordChange(module="opportunity", values={"name": "Deal", "amount": 100}))
    assert saved.version == trade.row("opportunity", saved.id)["version"] == 3
    assert seen == [(1, 61, 61), (0, 61, 61)]


def test_a_circle_is_stopped_with_its_path(trade: Trade) -> None:
    def after(work: SaveWork) -> None:
        row = work.rows[0]
        change = RecordChange(module=row.module, id=row.id, values={"amount": (row.values["amount"] or 0) + 1})
        trade.records.save_within(work, work.actor, [change], through="grow" if work.depth % 2 else "again")

    trade.stage.after = after
    with pytest.raises(InvalidInputError) as error:
        trade.create("opportunity", name="Deal")
    assert error.value.code == "record.E028"
    assert "again → grow → again" in error.value.message
    assert trade.rows(history) == []


def test_a_failing_nested_save_takes_everything_back(trade: Trade) -> None:
    def after(work: SaveWork) -> None:
        if work.depth == 0:
            trade.records.save_within(work, work.actor, [RecordChange(module="note", values={})], through="note")

    trade.stage.after = after
    with pytest.raises(ValidationError):
        trade.create("opportunity", name="Deal")
    assert trade.rows(history) == []


def test_without_workflows_no_stage_runs(trade: Trade) -> None:
    def refuse(work: SaveWork) -> None:
        raise AssertionError

    trade.stage.before = trade.stage.after = refuse
    trade.save(RecordChange(module="note", values={"text": "Hello"}), workflows=False)
