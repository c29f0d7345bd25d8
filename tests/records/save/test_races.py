"""Many writers at once: nothing is lost, nothing is given twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fieldstone.kernel.errors import StaleRecordError, ValidationError
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.tables import history
from records.save.conftest import Trade


def together(count: int, work: Any) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_fifty_writers_count_one_record_up(trade: Trade) -> None:
    counter = trade.create("counter", name="visits", value=0)

    def increment(_: int) -> int:
        conflicts = 0
        while True:
            row = trade.row("counter", counter)
            try:
                trade.update("counter", counter, version=row["version"], value=row["value"] + 1)
            except StaleRecordError:
                conflicts += 1
            else:
                return conflicts

    together(50, increment)
    row = trade.row("counter", counter)
    assert (row["value"], row["version"]) == (50, 51)
    versions = [entry["version"] for entry in trade.rows(history)]
    assert versions == list(range(1, 52))


def test_of_twenty_equal_unique_values_one_is_saved(trade: Trade) -> None:
    def create(number: int) -> str:
        try:
            trade.create("counter", name="Same" if number % 2 else "same")
        except ValidationError as error:
            return error.problems[0].code
        return "saved"

    assert sorted(together(20, create)) == ["record.E013"] * 19 + ["saved"]


def test_numbers_are_never_given_twice(trade: Trade) -> None:
    def create(_: int) -> None:
        changes = [RecordChange(module="opportunity", values={"name": "Deal"})] * 3
        trade.records.save(trade.anna, changes, options=SaveOptions())

    together(25, create)
    rows = trade.rows(trade.models.current.tables.module("opportunity").table)
    assert len({row["record_number"] for row in rows}) == len({row["ticket"] for row in rows}) == 75


def test_children_saved_at_once_are_all_counted(trade: Trade) -> None:
    acme, bolt = (trade.create("organization", name=name) for name in ("Acme", "Bolt"))

    def create(number: int) -> None:
        owner = (acme, bolt)[number % 2]
        other = (bolt, acme)[number % 2]
        changes = [
            RecordChange(module="opportunity", values={"name": "A", "organization": owner, "amount": 1}),
            RecordChange(module="opportunity", values={"name": "B", "organization": other, "amount": 2}),
        ]
        trade.records.save(trade.anna, changes)

    together(20, create)
    for organization in (acme, bolt):
        row = trade.row("organization", organization)
        assert (row["deals"], row["mean"]) == (20, row["mean"])
        assert row["mean"] * 20 == 30


def test_nobody_refers_to_what_is_being_deleted(trade: Trade) -> None:
    def fight(number: int) -> None:
        acme = trade.create("organization", name=f"O{number}")

        def move(choice: int) -> None:
            try:
                if choice:
                    trade.create("opportunity", name="Deal", organization=acme)
                else:
                    trade.records.delete(trade.anna, "organization", [acme])
            except ValidationError:
                pass

        together(2, move)

    together(6, fight)
    deals = trade.rows(trade.models.current.tables.module("opportunity").table)
    for deal in deals:
        assert trade.row("organization", deal["organization"])["deleted_at"] is None
