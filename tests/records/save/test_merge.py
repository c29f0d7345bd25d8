"""Merging records, taking it back, and finding those that look alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    StaleRecordError,
    ValidationError,
)
from fieldstone.records import duplicates
from fieldstone.records.access.tables import share
from fieldstone.records.merge.order import MergeOrder
from fieldstone.records.search.tables import search_entry
from records.save.conftest import Trade

MODULES = ("organization", "contact", "opportunity", "note")
STAMPS = {"version", "modified_at", "modified_by"}


def state(trade: Trade) -> dict[str, Any]:
    """Everything but the stamps and the history."""
    found: dict[str, Any] = {}
    tables = [trade.models.current.tables.module(name).table for name in MODULES]
    tables += [trade.models.current.tables.link("opportunity", "rivals"), share]
    with trade.database.read() as conn:
        for table in tables:
            rows = [dict(row) for row in conn.execute(sa.select(table)).mappings()]
            found[table.name] = sorted([{k: v for k, v in r.items() if k not in STAMPS} for r in rows], key=str)
        entries = conn.execute(sa.select(search_entry)).mappings()
        found["search"] = sorted(str({k: v for k, v in row.items() if k not in ("id", "rowid")}) for row in entries)
    return found


def keep(trade: Trade, module: str, id: int, *others: int, **choices: int) -> MergeOrder:
    return MergeOrder(module=module, keep=id, others=others, choices=choices)


def shared(trade: Trade, record: int, user: int) -> None:
    identity = trade.models.current.model.modules["organization"].identity

    def add(conn: sa.Connection) -> None:
        about = {"module": identity, "record_id": record}
        conn.execute(sa.insert(share).values(principal_id=user, access="read", at=trade.clock(), **about))

    trade.database.transact(add)


def test_everything_moves_to_the_one_that_stays_and_back(trade: Trade) -> None:
    acme = trade.create("organization", name="Acme", industry="Steel", owner=2)
    copy = trade.create("organization", name="ACME Inc", industry="Iron", parent=acme)
    third = trade.create("organization", name="Acme Ltd", owner=3, parent=copy)
    trade.update("organization", acme, parent=third)
    branch = trade.create("organization", name="Branch", parent=copy)
    bo = trade.create("contact", name="Bo", email="bo@acme.example", organization=copy)
    trade.update("organization", copy, best_contact=bo)
    deal = trade.create("opportunity", name="Deal", organization=third, amount=2000, stage="won", owner=3)
    other = trade.create(
        "opportunity", name="Other", organization=acme, amount=5, party=RecordRef("organization", copy)
    )
    gone = trade.create("opportunity", name="Gone", organization=copy)
    trade.records.delete(trade.anna, "opportunity", [gone])
    note = trade.create("note", text="Rang", about=RecordRef("organization", copy))
    trade.records.link(trade.anna, "opportunity", deal, "rivals", [acme, copy], {"strength": 3})
    trade.records.link(trade.anna, "opportunity", other, "rivals", [third])
    shared(trade, acme, 2)
    shared(trade, copy, 2)
    shared(trade, third, 3)
    before = state(trade)
    assert [trade.records.moving(trade.anna, "organization", each, [acme, copy, third]) for each in (copy, third)] == [
        {"organization": 1, "contact": 1, "opportunity": 2, "note": 1}, {"opportunity": 2},
    ]  # fmt: skip

    order = keep(trade, "organization", acme, copy, third, industry=copy, best_contact=copy, owner=third)
    merged = trade.records.merge(trade.anna, order)

    row = trade.row("organization", acme)
    assert (row["name"], row["industry"], row["best_contact"], row["parent"]) == ("Acme", "Iron", bo, None)
    assert (row["owner_id"], row["deals"], row["won_total"], row["rank"]) == (3, 2, 2000, "A")
    assert trade.row("organization", branch)["parent"] == acme
    assert trade.row("contact", bo)["organization"] == acme
    assert trade.row("opportunity", deal)["organization"] == acme
    assert trade.row("opportunity", deal)["weighted"] == "Iron A"
    assert trade.row("opportunity", other)["party_organization"] == acme
    assert trade.row("opportunity", gone)["organization"] == acme
    assert trade.row("note", note)["about_id"] == acme
    rivals = trade.models.current.tables.link("opportunity", "rivals")
    pairs = sorted((link["left_id"], link["right_id"]) for link in trade.rows(rivals))
    assert pairs == [(deal, acme), (deal, copy), (other, acme)]
    assert sorted((each["record_id"], each["principal_id"]) for each in trade.rows(share)) == [
        (acme, 2), (acme, 3), (copy, 2),
    ]  # fmt: skip
    for record in (copy, third):
        with pytest.raises(NotFoundError):
            trade.records.get(trade.anna, "organization", record)
        assert trade.history("organization", record)[-1] == (
            "deleted", {"merged_into": (None, RecordRef("organization", acme))},
        )  # fmt: skip
    assert trade.history("opportunity", other)[-2:] == [
        ("unlinked", {"rivals": (RecordRef("organization", third), None)}),
        ("linked", {"rivals": (None, RecordRef("organization", acme))}),
    ]
    assert {entry.via for entry in trade.records.history(trade.anna, "organization", acme, 1)} == {f"merge:{merged.id}"}

    undone = trade.records.undo_merge(trade.anna, merged.id)
    assert (undone.keep, undone.others) == (acme, [copy, third])
    assert state(trade) == before
    with pytest.raises(ConflictError, match="undone already"):
        trade.records.undo_merge(trade.anna, merged.id)
    # What has moved on since stays; a value of the merge that was changed keeps it from being undone.
    again = trade.records.merge(trade.anna, order)
    trade.update("contact", bo, organization=branch)
    trade.update("organization", acme, industry="Tin")
    moved_on = state(trade)
    with pytest.raises(ConflictError, match="Industry has been changed"):
        trade.records.undo_merge(trade.anna, again.id)
    assert state(trade) == moved_on
    trade.update("organization", acme, industry="Iron")
    trade.records.undo_merge(trade.anna, again.id)
    before[trade.models.current.tables.module("contact").table.name][0]["organization"] = branch
    assert state(trade)["search"] == before["search"]
    assert trade.row("contact", bo)["organization"] == branch
    assert trade.row("opportunity", deal)["organization"] == third
    last = trade.records.merge(trade.anna, keep(trade, "organization", acme, third))
    trade.records.purge(trade.anna, "organization", [third])
    with pytest.raises(ConflictError, match="deleted, restored or removed"):
        trade.records.undo_merge(trade.anna, last.id)


def test_who_may_not_and_what_cannot(trade: Trade) -> None:
    bo, ben, far = (
        trade.create("contact", name=name, email=f"{name.lower()}@acme.example", owner=owner)
        for name, owner in (("Bo", 2), ("Ben", 2), ("Far", 3))
    )
    plain = replace(trade.ben)
    with pytest.raises(ForbiddenError) as forbidden:
        trade.records.merge(plain, keep(trade, "contact", bo, ben))
    assert forbidden.value.code == "access.E006"
    merger = Actor(user_id=2, name="Ben", roles=("merger",))
    with pytest.raises(NotFoundError):
        trade.records.merge(merger, keep(trade, "contact", bo, far))
    with pytest.raises(InvalidInputError, match="Two or three"):
        trade.records.merge(merger, keep(trade, "contact", bo, bo))
    with pytest.raises(InvalidInputError, match="Password cannot be chosen"):
        trade.records.merge(merger, keep(trade, "contact", bo, ben, password=ben))
    with pytest.raises(InvalidInputError, match="one of the records"):
        trade.records.merge(merger, keep(trade, "contact", bo, ben, email=far))
    with pytest.raises(StaleRecordError):
        trade.records.merge(merger, replace(keep(trade, "contact", bo, ben), versions={bo: 1, ben: 7}))
    # A unique value goes from the one that is deleted to the one that stays, and back.
    before = state(trade)
    merged = trade.records.merge(merger, keep(trade, "contact", bo, ben, email=ben))
    assert trade.row("contact", bo)["email"] == "ben@acme.example"
    with pytest.raises(ForbiddenError):
        trade.records.undo_merge(plain, merged.id)
    with pytest.raises(NotFoundError):
        trade.records.undo_merge(Actor(user_id=3, name="Cleo", roles=("merger",)), merged.id)
    trade.create("contact", name="Thief", email="bo@acme.example")
    with pytest.raises(ValidationError):
        trade.records.undo_merge(merger, merged.id)
    (thief,) = trade.records.alike(trade.anna, "contact", ["email"]).groups or [None]
    assert thief is None
    found = trade.records.search(trade.anna, "Thief")
    trade.update("contact", found[0].id, email="thief@acme.example")
    trade.records.undo_merge(merger, merged.id)
    trade.records.delete(trade.anna, "contact", [found[0].id])
    trade.records.purge(trade.anna, "contact", [found[0].id])
    assert state(trade) == before


SHAPES = st.fixed_dictionaries({
    "parents": st.lists(st.integers(0, 3) | st.none(), min_size=5, max_size=5),
    "deals": st.lists(st.tuples(st.integers(0, 4), st.integers(0, 900), st.booleans()), max_size=4),
    "rivals": st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=6),
    "three": st.booleans(),
    "choose": st.sets(st.sampled_from(("name", "industry", "parent", "owner")), max_size=4),
})  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SHAPES)
def test_a_merge_and_its_undo_leave_everything_as_it_was(trade: Trade, shape: Mapping[str, Any]) -> None:
    firms = [trade.create("organization", name=f"Firm {n}", industry=f"Kind {n}", owner=1 + n % 3) for n in range(5)]
    for firm, parent in zip(firms, shape["parents"], strict=True):
        if parent is not None and firms[parent] != firm:
            trade.update("organization", firm, parent=firms[parent])
    deals = []
    for firm, amount, deleted in shape["deals"]:
        deals.append(trade.create("opportunity", name="Deal", organization=firms[firm], amount=amount))
        if deleted:
            trade.records.delete(trade.anna, "opportunity", [deals.pop()])
    for deal, firm in shape["rivals"]:
        if deals:
            trade.records.link(trade.anna, "opportunity", deals[deal % len(deals)], "rivals", [firms[firm]])
    before = state(trade)
    others = firms[1 : 3 if shape["three"] else 2]
    choices = dict.fromkeys(shape["choose"], others[-1])
    order = MergeOrder(module="organization", keep=firms[0], others=others, choices=choices)
    merged = trade.records.merge(trade.anna, order)
    whole = trade.records.fetch(trade.anna, "organization", firms)
    assert not {record.values["parent"] for record in whole} & set(others)
    assert whole[0].values["deals"] == sum(
        1 for firm, _, deleted in shape["deals"] if not deleted and firms[firm] in (firms[0], *others)
    )
    trade.records.undo_merge(trade.anna, merged.id)
    assert state(trade) == before


def test_records_that_look_alike(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = trade.create("organization", name="Acme", industry="Steel", owner=2)
    lone = trade.create("organization", name="Lone", industry="Steel", owner=2)
    twin = trade.create("organization", name="ＡＣＭＥ", industry="Iron", owner=2)
    far = trade.create("organization", name="acme", owner=3)
    bolt = [trade.create("organization", name="Bolt", industry="Steel", owner=owner) for owner in (2, 3)]
    gone = trade.create("organization", name="Lone")
    trade.records.delete(trade.anna, "organization", [gone])

    def groups(actor: Actor, *fields: str, **more: Any) -> list[tuple[tuple[int, ...], int]]:
        page = trade.records.alike(actor, "organization", fields, **more)
        return [(tuple(group.ids), group.count) for group in page.groups]

    assert groups(trade.anna, "name") == [((acme, twin, far), 3), (tuple(bolt), 2)]
    assert groups(trade.ben, "name") == [((acme, twin), 2)]
    assert groups(trade.anna, "name", "industry") == [(tuple(bolt), 2)]
    assert groups(trade.anna, "industry", where="name != 'Lone'") == [((acme, *bolt), 3)]
    assert lone in groups(trade.anna, "industry")[0][0]
    first = trade.records.alike(trade.anna, "organization", ["name"], limit=1)
    assert (first.after, first.capped) == (acme, False)
    assert groups(trade.anna, "name", after=acme, limit=1) == [(tuple(bolt), 2)]
    for fields in ([], ["won_total"], ["name", "industry", "parent", "best_contact"], ["nothing"]):
        with pytest.raises(InvalidInputError):
            trade.records.alike(trade.anna, "organization", fields)
    monkeypatch.setattr(duplicates, "MOST_COMPARED", 2)
    capped = trade.records.alike(trade.anna, "organization", ["name"])
    assert (capped.capped, [group.count for group in capped.groups]) == (True, [2])
