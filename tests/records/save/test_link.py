"""Relating records, from either side."""

from __future__ import annotations

import pytest

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import NotFoundError, ValidationError
from records.save.conftest import Trade


def links(trade: Trade) -> list[tuple[int, int, int | None]]:
    table = trade.models.current.tables.link("opportunity", "rivals")
    return [(row["left_id"], row["right_id"], row["strength"]) for row in trade.rows(table)]


def test_both_sides_know(trade: Trade) -> None:
    acme, bolt = (trade.create("organization", name=name) for name in ("Acme", "Bolt"))
    deal = trade.create("opportunity", name="Deal")
    trade.records.link(trade.anna, "opportunity", deal, "rivals", [acme, bolt, acme], {"strength": "3"})
    assert links(trade) == [(deal, acme, 3), (deal, bolt, 3)]
    trade.records.link(trade.anna, "organization", bolt, "rival_in", [deal], {"strength": 5})
    assert links(trade) == [(deal, acme, 3), (deal, bolt, 5)]
    trade.records.unlink(trade.anna, "organization", acme, "rival_in", [deal])
    trade.records.unlink(trade.anna, "organization", acme, "rival_in", [deal])
    assert links(trade) == [(deal, bolt, 5)]
    assert trade.history("organization", acme)[1:] == [
        ("linked", {"rival_in": (None, RecordRef("opportunity", deal))}),
        ("unlinked", {"rival_in": (RecordRef("opportunity", deal), None)}),
    ]
    assert [kind for kind, _ in trade.history("opportunity", deal)] == ["created", "linked", "linked", "unlinked"]
    entry = trade.records.history(trade.anna, "opportunity", deal)[0]
    assert entry.labels == {("organization", acme): "Acme", ("organization", bolt): "Bolt"} | entry.labels


def test_what_cannot_be_linked(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    deal = trade.create("opportunity", name="Deal", actor=trade.ben)
    with pytest.raises(NotFoundError):
        trade.records.link(trade.anna, "opportunity", deal, "nothing", [acme])
    with pytest.raises(NotFoundError):
        trade.records.link(trade.anna, "opportunity", deal, "rivals", [99])
    with pytest.raises(NotFoundError):
        trade.records.link(trade.ben, "opportunity", deal, "rivals", [acme])
    with pytest.raises(NotFoundError):
        trade.records.link(trade.cleo, "opportunity", deal, "rivals", [acme])
    with pytest.raises(ValidationError) as error:
        trade.records.link(trade.anna, "opportunity", deal, "rivals", [acme], {"strength": "much", "colour": 1})
    assert [item.field for item in error.value.problems] == ["strength", "colour"]
    assert links(trade) == []


def test_a_related_list_of_a_lookup(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme")
    deal = trade.create("opportunity", name="Deal")
    trade.records.link(trade.anna, "organization", acme, "opportunities", [deal])
    trade.records.link(trade.anna, "organization", acme, "parties", [deal])
    assert trade.row("opportunity", deal)["organization"] == acme
    assert trade.row("opportunity", deal)["party_organization"] == acme
    assert trade.row("organization", acme)["deals"] == 1
    trade.records.unlink(trade.anna, "organization", acme, "opportunities", [deal])
    assert trade.row("organization", acme)["deals"] == 0


def test_unlinking_what_belongs_to_another_changes_nothing(trade: Trade) -> None:
    acme, bolt = (trade.create("organization", name=name) for name in ("Acme", "Bolt"))
    deal = trade.create("opportunity", name="Deal", organization=bolt)
    trade.records.unlink(trade.anna, "organization", acme, "opportunities", [deal])
    assert trade.row("opportunity", deal)["organization"] == bolt
