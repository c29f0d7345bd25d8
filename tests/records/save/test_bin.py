"""Deleting, restoring and emptying the recycle bin."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import NotFoundError, ValidationError
from fieldstone.records.stages import SaveWork
from fieldstone.records.tables import history, recycle_bin, stage_time
from records.save.conftest import Trade


def test_a_deleted_record_is_gone_until_it_is_restored(trade: Trade) -> None:
    deal = trade.create("opportunity", name="Deal")
    trade.records.delete(trade.anna, "opportunity", [deal])
    assert trade.row("opportunity", deal)["deleted_at"] == trade.clock.now
    with pytest.raises(NotFoundError):
        trade.update("opportunity", deal, name="X")
    with pytest.raises(NotFoundError):
        trade.records.delete(trade.anna, "opportunity", [deal])
    trade.records.restore(trade.anna, "opportunity", [deal])
    with pytest.raises(NotFoundError):
        trade.records.restore(trade.anna, "opportunity", [deal])
    row = trade.row("opportunity", deal)
    assert (row["deleted_at"], row["version"]) == (None, 3)
    assert [kind for kind, _ in trade.history("opportunity", deal)] == ["created", "deleted", "restored"]


def test_restrict_counts_what_stands_in_the_way(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    deals = [trade.create("opportunity", name="Deal", organization=acme) for _ in range(2)]
    with pytest.raises(ValidationError) as error:
        trade.records.delete(trade.anna, "organization", [acme])
    (problem,) = error.value.problems
    assert problem.text == "Acme cannot be deleted: other records refer to it (Opportunities)."
    trade.records.delete(trade.anna, "opportunity", deals)
    trade.records.delete(trade.anna, "organization", [acme])


def test_cascade_and_clear_come_back_with_the_root(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    branch = trade.create("organization", name="Branch", parent=acme)
    eva = trade.create("contact", name="Eva", organization=acme)
    deal = trade.create("opportunity", name="Deal", contact=eva)
    note = trade.create("note", text="About Eva", about=RecordRef("contact", eva))
    kept = trade.create("note", text="About the deal", about=RecordRef("opportunity", deal))
    result = trade.records.delete(trade.anna, "organization", [acme])
    assert {(item.module, item.id) for item in result.records} == {
        ("organization", acme), ("contact", eva), ("note", note),
    }  # fmt: skip
    assert trade.row("organization", branch)["parent"] is None
    assert trade.row("opportunity", deal)["contact"] is None
    assert trade.row("note", kept)["deleted_at"] is None
    assert trade.history("opportunity", deal)[1] == ("updated", {"contact": (eva, None)})
    trade.records.restore(trade.anna, "organization", [acme])
    assert trade.row("organization", branch)["parent"] == acme
    assert trade.row("opportunity", deal)["contact"] == eva
    assert trade.row("note", note)["deleted_at"] is None
    assert trade.rows(recycle_bin) == []


def test_a_lookup_filled_meanwhile_stays(trade: Trade) -> None:
    eva, jo = trade.create("contact", name="Eva"), trade.create("contact", name="Jo")
    deal = trade.create("opportunity", name="Deal", contact=eva)
    trade.records.delete(trade.anna, "contact", [eva])
    trade.update("opportunity", deal, contact=jo)
    trade.records.restore(trade.anna, "contact", [eva])
    assert trade.row("opportunity", deal)["contact"] == jo


def test_one_of_those_taken_along_can_be_restored_alone(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    eva = trade.create("contact", name="Eva", organization=acme)
    trade.records.delete(trade.anna, "organization", [acme])
    trade.records.restore(trade.anna, "contact", [eva])
    assert trade.row("organization", acme)["deleted_at"] is not None
    trade.records.restore(trade.anna, "organization", [acme])
    assert trade.row("contact", eva)["version"] == 3


def test_only_ones_own_records_can_be_deleted(trade: Trade) -> None:
    deal = trade.create("opportunity", actor=trade.ben, name="Deal")
    with pytest.raises(NotFoundError):
        trade.records.delete(trade.cleo, "opportunity", [deal])
    trade.records.delete(trade.ben, "opportunity", [deal])
    with pytest.raises(NotFoundError):
        trade.records.restore(trade.cleo, "opportunity", [deal])


def test_stages_see_deletions_and_restorations(trade: Trade) -> None:
    seen: list[tuple[bool, bool]] = []

    def after(work: SaveWork) -> None:
        seen.extend((row.deleted, row.restored) for row in work.rows)

    deal = trade.create("opportunity", name="Deal")
    trade.stage.after = after
    trade.records.delete(trade.anna, "opportunity", [deal])
    trade.records.restore(trade.anna, "opportunity", [deal])
    assert seen == [(True, False), (False, True)]


def test_purging_leaves_no_trace(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    deal = trade.create("opportunity", name="Deal", party=RecordRef("organization", acme))
    trade.records.link(trade.anna, "opportunity", deal, "rivals", [acme])
    with pytest.raises(NotFoundError):
        trade.records.purge(trade.anna, "opportunity", [deal])
    trade.records.delete(trade.anna, "opportunity", [deal])
    trade.records.purge(trade.anna, "opportunity", [deal])
    table = trade.models.current.tables.module("opportunity").table
    assert trade.rows(table) == trade.rows(stage_time) == trade.rows(recycle_bin) == []
    assert {row["kind"] for row in trade.rows(history)} == {"created", "linked"}
    with trade.database.read() as conn:
        link = trade.models.current.tables.link("opportunity", "rivals")
        assert conn.execute(sa.select(sa.func.count()).select_from(link)).scalar_one() == 0
