"""Formulas and rollups: always as if everything were computed afresh, with no version counted up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import ValidationError
from fieldstone.records.changes import RecordChange, TempRef
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history
from records.save.conftest import Trade


def organization(trade: Trade, record_id: int) -> tuple[Any, ...]:
    row = trade.row("organization", record_id)
    return row["deals"], row["won_total"], row["best"], row["mean"], row["rank"]


def test_rollups_follow_their_children(trade: Trade) -> None:
    acme, bolt = (trade.create("organization", name=name) for name in ("Acme", "Bolt"))
    assert organization(trade, acme) == (0, 0, None, None, "B")
    deal = trade.create("opportunity", name="A", organization=acme, amount="900", stage="won")
    trade.create("opportunity", name="B", organization=acme, amount="100")
    assert organization(trade, acme) == (2, 900, 900, 500, "B")
    trade.update("opportunity", deal, amount="1001.50")
    assert organization(trade, acme) == (2, Decimal("1001.5"), Decimal("1001.5"), Decimal("550.75"), "A")
    trade.update("opportunity", deal, organization=bolt)
    assert organization(trade, acme) == (1, 0, 100, 100, "B")
    assert organization(trade, bolt)[:2] == (1, Decimal("1001.5"))
    trade.records.delete(trade.anna, "opportunity", [deal])
    assert organization(trade, bolt) == (0, 0, None, None, "B")
    trade.records.restore(trade.anna, "opportunity", [deal])
    assert organization(trade, bolt)[4] == "A"
    assert trade.row("organization", bolt)["version"] == 1
    assert [kind for kind, _ in trade.history("organization", bolt)] == ["created"]


def test_formulas_follow_what_they_look_up(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme", industry="Steel")
    deal = trade.create("opportunity", name="A", organization=acme, amount="10")
    row = trade.row("opportunity", deal)
    assert (row["weighted"], row["forecast"], row["days_left"]) == ("Steel B", 5, None)
    trade.update("organization", acme, industry="Paper")
    assert trade.row("opportunity", deal)["weighted"] == "Paper B"
    trade.update("opportunity", deal, stage="won", amount="5000")  # rollup, formula over it, formula looking it up
    row = trade.row("opportunity", deal)
    assert (row["weighted"], row["version"]) == ("Paper A", 2)
    trade.update("opportunity", deal, organization=None)
    assert trade.row("opportunity", deal)["weighted"] in (None, " ")


def test_a_whole_tree_in_one_save(trade: Trade) -> None:
    seen: list[Any] = []
    trade.stage.before = lambda work: seen.extend(row.values["won_total"] for row in work.rows if "rank" in row.values)
    acme, deal, _ = trade.save(
        RecordChange(module="organization", ref="o", values={"name": "Acme", "industry": "Ore"}),
        RecordChange(
            module="opportunity", values={"name": "A", "organization": TempRef("o"), "amount": 2000, "stage": "won"}
        ),
        RecordChange(module="opportunity", values={"name": "B", "organization": TempRef("o"), "amount": 1}),
    )
    assert seen == [2000]
    assert organization(trade, acme.id)[:2] == (2, 2000)
    assert trade.row("opportunity", deal.id)["weighted"] == "Ore A"


def test_own_rollups_reckon_with_stored_children_too(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    first = trade.create("opportunity", name="A", organization=acme, amount="10", stage="won")
    trade.create("opportunity", name="B", organization=acme, amount="20", stage="won")
    seen: list[Any] = []
    trade.stage.before = lambda work: seen.extend(
        (row.values["won_total"], row.values["deals"]) for row in work.rows if row.module == "organization"
    )
    trade.save(
        RecordChange(module="organization", id=acme, values={"name": "Acme Ltd"}),
        RecordChange(module="opportunity", id=first, values={"amount": "50"}),
        RecordChange(module="opportunity", values={"name": "C", "organization": acme, "amount": "1", "stage": "won"}),
    )
    assert seen == [(71, 3)]
    assert organization(trade, acme)[:2] == (3, 71)


def test_a_result_too_large_is_a_problem(trade: Trade) -> None:
    with pytest.raises(ValidationError) as error:
        trade.create("opportunity", name="A", amount="99999999999999", probability="10000")
    assert [item.field for item in error.value.problems] == ["forecast"]


def test_dependants_beyond_a_unit_of_work_are_left_to_a_job(trade: Trade) -> None:
    deferred: list[tuple[str, Sequence[str], Sequence[int]]] = []

    def defer(conn: sa.Connection, module: str, fields: Sequence[str], ids: Sequence[int]) -> None:
        deferred.append((module, fields, ids))

    records = Records(trade.models, clock=trade.clock, defer_recompute=defer)
    object.__setattr__(records.environment, "inline_limit", 3)
    acme = trade.create("organization", name="Acme", industry="Steel")
    deals = trade.save(
        *(RecordChange(module="opportunity", values={"name": f"{n}", "organization": acme}) for n in range(5))
    )
    records.save(trade.anna, [RecordChange(module="organization", id=acme, values={"industry": "Paper"})])
    assert deferred == [("opportunity", ["weighted"], [deals[3].id, deals[4].id])]
    assert [trade.row("opportunity", deal.id)["weighted"] for deal in deals] == ["Paper B"] * 3 + ["Steel B"] * 2
    records.recompute(trade.anna, *deferred[0])
    assert trade.row("opportunity", deals[4].id)["weighted"] == "Paper B"


def test_after_save_stages_see_what_was_recomputed(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    seen: list[Any] = []

    def after(work: SaveWork) -> None:
        seen.extend(row.values["rank"] for row in work.rows if row.module == "organization")

    trade.stage.after = after
    trade.save(
        RecordChange(module="organization", id=acme, values={"industry": "Ore"}),
        RecordChange(module="opportunity", values={"name": "A", "organization": acme, "amount": 2000, "stage": "won"}),
    )
    assert seen == ["A"]
    assert len(trade.rows(history)) == 3


@pytest.mark.parametrize("seed", range(3))
def test_many_changes_give_what_a_fresh_computation_gives(trade: Trade, seed: int) -> None:
    chance = random.Random(seed)
    owners = [trade.create("organization", name=f"O{n}", industry="x") for n in range(3)]
    live: list[int] = []
    binned: list[int] = []
    for _ in range(25):
        move = chance.choice(["create", "create", "update", "update", "delete", "restore"])
        values = {
            "organization": chance.choice([*owners, None]),
            "amount": chance.choice([None, "0.3333", "10", "99.9999", "1000"]),
            "stage": chance.choice(["open", "offer"]),
            "probability": chance.choice([None, 0, 33, "12.5"]),
        }
        if move == "create":
            batch = [RecordChange(module="opportunity", values={"name": "D", **values})] * chance.randint(1, 3)
            live += [item.id for item in trade.save(*batch)]
        elif move == "update" and live:
            picked = chance.sample(live, k=min(2, len(live)))
            trade.save(*(RecordChange(module="opportunity", id=item, values=values) for item in picked))
        elif move == "delete" and live:
            binned.append(live.pop(chance.randrange(len(live))))
            trade.records.delete(trade.anna, "opportunity", binned[-1:])
        elif move == "restore" and binned:
            live.append(binned.pop())
            trade.records.restore(trade.anna, "opportunity", live[-1:])
    deals = [trade.row("opportunity", item) for item in live]
    for owner in owners:
        amounts = [deal["amount"] for deal in deals if deal["organization"] == owner]
        known = [amount for amount in amounts if amount is not None]
        mean = (sum(known) / len(known)).quantize(Decimal("0.0001"), ROUND_HALF_UP) if known else None
        assert organization(trade, owner)[:4] == (len(amounts), 0, max(known, default=None), mean)
    for deal in deals:
        if deal["amount"] is not None and deal["probability"] is not None:
            exact = (deal["amount"] * deal["probability"] / 100).quantize(Decimal("0.0001"), ROUND_HALF_UP)
            assert deal["forecast"] == exact
        else:
            assert deal["forecast"] is None
