"""Steps 1 to 4: what is sent, what is refused, what is filled in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import FieldProblem, NotFoundError, ValidationError
from fieldstone.records.changes import RecordChange, TempRef
from fieldstone.records.stages import SaveWork
from records.save.conftest import Trade


def problems_of(trade: Trade, *changes: RecordChange) -> list[FieldProblem]:
    with pytest.raises(ValidationError) as error:
        trade.save(*changes)
    return error.value.problems


@pytest.mark.parametrize(
    "key", ["id", "version", "created_at", "created_by", "modified_by", "deleted_at", "record_number"]
)
def test_system_fields_cannot_be_smuggled_in(trade: Trade, key: str) -> None:
    (problem,) = problems_of(trade, RecordChange(module="opportunity", values={"name": "Deal", key: "1"}))
    assert (problem.field, problem.code) == (key, "record.E005")


@pytest.mark.parametrize(
    ("key", "code"),
    [("owner_id", "record.E003"), ("is_admin", "record.E003"), ("forecast", "record.E004"), ("ticket", "record.E004")],
)
def test_unknown_and_computed_keys_are_refused(trade: Trade, key: str, code: str) -> None:
    (problem,) = problems_of(trade, RecordChange(module="opportunity", values={"name": "Deal", key: "1"}))
    assert (problem.field, problem.code) == (key, code)


def test_all_problems_of_all_rows_are_reported(trade: Trade) -> None:
    found = problems_of(
        trade,
        RecordChange(module="opportunity", values={"amount": "a lot", "stage": "won"}),
        RecordChange(module="contact", values={"email": "nowhere"}),
    )
    assert {(item.row, item.field) for item in found} == {
        (0, "name"), (0, "amount"), (0, ""), (1, "name"), (1, "email"),
    } - {(0, "")}  # fmt: skip


def test_defaults_are_filled_in(trade: Trade) -> None:
    record_id = trade.create("opportunity", name="Deal")
    row = trade.row("opportunity", record_id)
    assert row["stage"] == "open"
    assert row["probability"] == 50
    assert row["close_date"] == date(2026, 4, 1)
    assert row["owner_id"] == row["created_by"] == 1
    assert row["record_number"] == "OPP-0001"
    assert row["ticket"] == "T-001"
    assert row["record_type"] == "standard"
    assert (row["version"], row["created_at"]) == (1, trade.clock.now)


def test_what_is_sent_beats_the_default_even_when_empty(trade: Trade) -> None:
    record_id = trade.create("opportunity", name="Deal", probability="", close_date=None, owner=2)
    row = trade.row("opportunity", record_id)
    assert (row["probability"], row["close_date"], row["owner_id"]) == (None, None, 2)


def test_a_record_type_takes_no_default_it_does_not_offer(trade: Trade) -> None:
    (problem,) = problems_of(
        trade, RecordChange(module="opportunity", values={"name": "Tender", "record_type": "tender"})
    )
    assert (problem.field, problem.code) == ("stage", "record.E012")
    record_id = trade.create("opportunity", name="Tender", record_type="tender", stage="offer")
    assert trade.row("opportunity", record_id)["record_type"] == "tender"


def test_records_of_one_changeset_refer_to_each_other(trade: Trade) -> None:
    saved = trade.save(
        RecordChange(
            module="opportunity", values={"name": "Deal", "organization": TempRef("o"), "party": TempRef("c")}
        ),
        RecordChange(module="contact", ref="c", values={"name": "Eva Lang", "organization": TempRef("o")}),
        RecordChange(module="organization", ref="o", values={"name": "Acme", "parent": TempRef("p")}),
        RecordChange(module="organization", ref="p", values={"name": "Acme Group"}),
    )
    deal, contact, acme, group = (item.id for item in saved)
    assert trade.row("opportunity", deal)["organization"] == acme
    assert trade.row("opportunity", deal)["party_contact"] == contact
    assert trade.row("organization", acme)["parent"] == group


def test_records_that_refer_to_each_other_in_a_circle(trade: Trade) -> None:
    acme, eva = trade.save(
        RecordChange(module="organization", ref="o", values={"name": "Acme", "best_contact": TempRef("c")}),
        RecordChange(module="contact", ref="c", values={"name": "Eva", "organization": TempRef("o")}),
    )
    assert trade.row("organization", acme.id)["best_contact"] == eva.id
    assert trade.row("contact", eva.id)["organization"] == acme.id


def test_a_reference_to_nothing_is_refused(trade: Trade) -> None:
    (problem,) = problems_of(
        trade, RecordChange(module="contact", values={"name": "Eva", "organization": TempRef("x")})
    )
    assert (problem.field, problem.code) == ("organization", "record.E025")


def test_composite_values_secrets_and_references(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    eva = trade.create("contact", name={"first_name": "Eva", "last_name": "Lang"}, password="sesame")
    deal = trade.create("opportunity", name="Deal", party=RecordRef("organization", acme), tags="b, a")
    note = trade.create("note", text="Hello", about=RecordRef("opportunity", deal))
    assert trade.row("contact", eva)["password"] == "emases"
    assert trade.row("contact", eva)["name_last_name"] == "Lang"
    assert trade.row("opportunity", deal)["party_organization"] == acme
    identity = trade.models.current.model.modules["opportunity"].identity
    assert (trade.row("note", note)["about_module"], trade.row("note", note)["about_id"]) == (identity, deal)
    trade.update("opportunity", deal, party=RecordRef("contact", eva))
    assert trade.row("opportunity", deal)["party_organization"] is None
    assert trade.history("contact", eva) == [("created", {})]
    trade.update("contact", eva, password="other", name="Eva Lang-Berg")
    assert trade.history("contact", eva)[1][1]["password"] == ("••••", "••••")


def test_before_save_stages_are_parsed_and_checked_too(trade: Trade) -> None:
    def raise_amount(work: SaveWork) -> None:
        for row in work.rows:
            if row.module == "opportunity":
                row.values |= {"amount": "12.50", "score": 7, "forecast": 1}

    trade.stage.before = raise_amount
    (problem,) = problems_of(trade, RecordChange(module="opportunity", values={"name": "Deal"}))
    assert (problem.field, problem.code) == ("forecast", "record.E004")
    trade.stage.before = lambda work: work.rows[0].values.update(amount="12.50", score=7)
    row = trade.row("opportunity", trade.create("opportunity", name="Deal"))
    assert (row["amount"], row["score"], row["forecast"]) == (Decimal("12.5"), 7, Decimal("6.25"))


def test_a_record_that_is_not_there(trade: Trade) -> None:
    with pytest.raises(NotFoundError):
        trade.update("opportunity", 99, name="X")
    with pytest.raises(NotFoundError):
        trade.create("nothing", name="X")


def test_another_persons_record_is_not_there(trade: Trade) -> None:
    deal = trade.create("opportunity", actor=trade.ben, name="Deal")
    with pytest.raises(NotFoundError):
        trade.update("opportunity", deal, actor=trade.cleo, name="Mine")
    trade.update("opportunity", deal, actor=trade.ben, name="Still Ben's")
    assert trade.row("opportunity", deal)["name"] == "Still Ben's"


def test_the_same_record_twice_is_refused(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal")
    change = RecordChange(module="opportunity", id=deal, values={"name": "X"})
    assert [item.code for item in problems_of(trade, change, change)] == ["record.E027"]
