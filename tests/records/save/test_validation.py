"""Step 7: what a record may hold."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import FieldProblem, ValidationError
from fieldstone.records.changes import PossibleDuplicatesError, RecordChange, SaveOptions, TempRef
from fieldstone.storage.principals import principal
from records.save.conftest import Trade


def refused(trade: Trade, record_id: int | None, actor: Any = None, **values: Any) -> list[tuple[str, str]]:
    return [(item.field, item.code) for item in problems(trade, "opportunity", record_id, actor, **values)]


def problems(trade: Trade, module: str, record_id: int | None, actor: Any = None, **values: Any) -> list[FieldProblem]:
    with pytest.raises(ValidationError) as error:
        trade.save(RecordChange(module=module, id=record_id, values=values), actor=actor)
    return error.value.problems


def test_required_always_and_on_a_condition(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal")
    assert refused(trade, deal, name="", stage="lost") == [("name", "record.E012"), ("reason", "record.E012")]
    trade.update("opportunity", deal, stage="lost", reason="price")


def test_rules_speak_the_administrators_words(trade: Trade) -> None:
    (problem,) = problems(trade, "opportunity", None, name="Deal", stage="won")
    assert (problem.field, problem.text) == ("amount", "A won opportunity needs an amount")
    deal = trade.create("opportunity", name="Deal", stage="won", amount="1")
    assert [item.text for item in problems(trade, "opportunity", deal, stage="open")] == ["What is won stays won"]


def test_read_only_fields(trade: Trade) -> None:
    assert refused(trade, None, name="Deal", score=3) == [("score", "record.E007")]
    deal = trade.create("opportunity", name="Deal", source="fair", terms="net 30")
    assert refused(trade, deal, source="web") == [("source", "record.E008")]
    trade.update("opportunity", deal, source="fair", stage="won", amount="1", terms="net 10")
    assert refused(trade, deal, terms="net 90") == [("terms", "record.E008")]


def test_values_no_longer_offered_may_stay(trade: Trade) -> None:
    assert refused(trade, None, name="Deal", stage="parked") == [("stage", "record.E017")]
    deal = trade.create("opportunity", name="Deal")
    table = trade.models.current.tables.module("opportunity").table
    trade.database.transact(lambda conn: conn.execute(sa.update(table).values(stage="parked")))
    trade.update("opportunity", deal, name="Renamed", stage="parked")
    trade.update("opportunity", deal, stage="open")
    assert refused(trade, deal, stage="parked") == [("stage", "record.E017")]


def test_record_types_limit_picklists(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal", stage="open")
    assert refused(trade, deal, record_type="tender") == [("stage", "record.E018")]
    assert refused(trade, deal, record_type="nothing") == [("record_type", "record.E019")]
    trade.update("opportunity", deal, record_type="tender", stage="offer")


def test_lookups_name_live_records_within_reach(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme", actor=trade.ben)
    gone = trade.create("organization", name="Gone")
    trade.records.delete(trade.anna, "organization", [gone])
    missing = [("organization", "record.E016")]
    assert refused(trade, None, name="Deal", organization=gone) == missing
    assert refused(trade, None, name="Deal", organization=999) == missing
    assert refused(trade, None, trade.cleo, name="Deal", organization=acme) == missing
    assert refused(trade, None, name="Deal", helper=9) == [("helper", "record.E016")]  # a team is no user
    trade.create("opportunity", name="Deal", organization=acme, owner=9)
    trade.database.transact(lambda conn: conn.execute(sa.update(principal).values(active=False)))
    assert refused(trade, None, name="Deal", owner=3) == [("owner", "record.E016")]


def test_unique_ignores_capitals_and_names_the_other_record(trade: Trade) -> None:
    first = trade.create("opportunity", actor=trade.ben, name="First", code="A-1")
    (problem,) = problems(trade, "opportunity", None, name="Deal", code="a-1")
    assert (problem.code, problem.params["other"]) == ("record.E013", "First")
    (problem,) = problems(trade, "opportunity", None, trade.cleo, name="Deal", code="A-1")
    assert (problem.code, "other" in problem.params) == ("record.E014", False)
    trade.update("opportunity", first, code="a-1")  # its own value
    trade.records.delete(trade.anna, "opportunity", [first])
    second = trade.create("opportunity", name="Deal", code="A-1")
    with pytest.raises(ValidationError) as error:
        trade.records.restore(trade.anna, "opportunity", [first])
    assert error.value.problems[0].code == "record.E013"
    assert trade.row("opportunity", second)["code"] == "A-1"


def test_unique_within_one_save(trade: Trade) -> None:
    deals = [RecordChange(module="opportunity", values={"name": name, "code": "x"}) for name in "ab"]
    with pytest.raises(ValidationError) as error:
        trade.save(*deals)
    assert [(item.row, item.code) for item in error.value.problems] == [(1, "record.E015")]


def test_possible_duplicates_ask_first(trade: Trade) -> None:
    acme = trade.create("organization", name="ACME", actor=trade.ben)
    twin = RecordChange(module="organization", values={"name": "acme"})
    with pytest.raises(PossibleDuplicatesError) as error:
        trade.records.save(trade.anna, [twin])
    (warning,) = error.value.warnings
    assert [(match.id, match.label) for match in warning.matches] == [(acme, "ACME")]
    with pytest.raises(PossibleDuplicatesError) as error:
        trade.records.save(trade.cleo, [twin])
    assert (error.value.warnings[0].matches, error.value.warnings[0].hidden) == ((), 1)
    trade.save(twin)
    result = trade.records.save(trade.anna, [twin], options=SaveOptions(partial=True))
    assert (len(result.records), [item.row for item in result.warnings]) == (0, [0])


def test_duplicates_can_be_refused(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    eva = trade.create("contact", name="Eva Lang", organization=acme)
    (problem,) = problems(trade, "contact", None, name="EVA LANG", organization=acme)
    assert (problem.code, problem.params["id"]) == ("record.E021", eva)
    trade.create("contact", name="Eva Lang")  # without an organization it looks like no other
    trade.update("contact", eva, email="eva@example.com")
    twins = [RecordChange(module="contact", values={"name": "Jo Day", "organization": acme})] * 2
    with pytest.raises(ValidationError) as error:
        trade.save(*twins)
    assert [(item.row, item.code) for item in error.value.problems] == [(1, "record.E023")]
    trade.save(*twins, duplicates="ignore")


def test_a_partial_save_saves_the_others(trade: Trade) -> None:
    result = trade.records.save(
        trade.anna,
        [
            RecordChange(module="organization", ref="bad", values={"name": ""}),
            RecordChange(module="contact", values={"name": "Eva", "organization": None}),
            RecordChange(module="opportunity", values={"name": "Deal", "amount": "x"}),
            RecordChange(module="opportunity", id=77, values={"name": "Deal"}),
            RecordChange(module="opportunity", values={"name": "Good"}),
        ],
        options=SaveOptions(partial=True),
    )
    assert [(item.row, item.field) for item in result.problems] == [(0, "name"), (2, "amount"), (3, "")]
    assert [item.row for item in result.records] == [1, 4]


def test_a_row_that_needs_a_failed_one_fails(trade: Trade) -> None:
    result = trade.records.save(
        trade.anna,
        [
            RecordChange(module="opportunity", values={"name": "Deal", "contact": TempRef("c")}),
            RecordChange(module="contact", ref="c", values={"name": "Eva", "organization": TempRef("o")}),
            RecordChange(module="organization", ref="o", values={}),
        ],
        options=SaveOptions(partial=True),
    )
    codes = [(item.row, item.code) for item in result.problems]
    assert codes == [(0, "record.E026"), (1, "record.E026"), (2, "record.E012")]
    assert not result.records
