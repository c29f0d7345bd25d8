"""The steps of a save stand in their published order, and each sees what the ones before it did."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ForbiddenError, ValidationError
from fieldstone.records.changes import RecordChange
from fieldstone.records.save.pipeline import STEPS
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history
from records.save.conftest import Trade


def test_order_is_the_published_one() -> None:
    published = (
        "parse", "access", "load", "defaults", "hooks", "before_save", "validate", "write", "history", "search",
        "dependants", "after_save",
    )  # fmt: skip
    assert tuple(step.name for step in STEPS) == published


def test_each_step_sees_those_before_it(trade: Trade) -> None:
    seen: dict[str, object] = {}

    def before(work: SaveWork) -> None:
        (row,) = work.rows
        seen["default"] = row.values["probability"]
        seen["number"] = row.values["record_number"]
        seen["formula"] = row.values["forecast"]
        row.values["amount"] = "2000"  # parsed, validated and computed with

    def after(work: SaveWork) -> None:
        (row,) = work.rows
        seen["after"] = (row.values["amount"], row.values["forecast"])
        seen["history"] = work.connection.execute(sa.select(sa.func.count()).select_from(history)).scalar_one()
        table = work.published.tables.module("organization").table
        seen["rollup"] = work.connection.execute(sa.select(table.c.deals)).scalar_one()

    organization = trade.create("organization", name="Acme")
    trade.stage.before, trade.stage.after = before, after
    trade.create("opportunity", name="Deal", organization=organization, amount="10")
    assert seen == {
        "default": 50, "number": "OPP-0001", "formula": 5, "after": (2000, 1000), "history": 2, "rollup": 1,
    }  # fmt: skip


def test_access_comes_before_validation(trade: Trade) -> None:
    reader = Actor(user_id=2, roles=("reader",))
    with pytest.raises(ForbiddenError):
        trade.create("opportunity", actor=reader)


def test_a_refused_save_leaves_nothing(trade: Trade) -> None:
    changes = [
        RecordChange(module="organization", values={"name": "Acme"}),
        RecordChange(module="opportunity", values={}),
    ]
    with pytest.raises(ValidationError) as error:
        trade.save(*changes)
    assert [(item.row, item.field) for item in error.value.problems] == [(1, "name")]
    assert trade.rows(trade.models.current.tables.module("organization").table) == []
    assert trade.rows(history) == []
