"""For whom somebody may make records, by the scope of the right to create; and to whom records may be handed."""

from __future__ import annotations

from typing import Any

import pytest

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import ValidationError
from fieldstone.metadata.definitions import Grants
from fieldstone.records.changes import RecordChange, SaveOptions
from records.access.company import Company, role


def test_records_are_made_for_owners_within_the_scope_of_the_right(company: Company) -> None:
    company.govern({
        "head": role("head", _creating("subtree")),
        "rep": role("rep", _creating("own"), parent="head"),
        "mate": role("mate", _creating("team")),
        "desk": role("desk", _creating("all")),
        "guest": role("guest", _creating("related")),
    })  # fmt: skip
    north = company.add_team("north")
    coast = company.add_team("coast", north)
    rep, other = company.hire("rep", "rep", teams=[north]), company.hire("other", "rep", teams=[coast])
    leader = company.hire("leader", "rep", leads=[coast])
    head, mate = company.hire("head", "head"), company.hire("mate", "mate", teams=[north])
    desk, guest = company.hire("desk", "desk"), company.hire("guest", "guest")
    owners = [rep.user_id, other.user_id, leader.user_id, head.user_id, mate.user_id, north, coast, None]

    def may(actor: Actor) -> list[int | None]:
        changes = [RecordChange(module="contact", values={"name": "A", "owner": owner}) for owner in owners]
        result = company.records.save(actor, changes, options=SaveOptions(partial=True))
        assert {(each.field, each.code) for each in result.problems} <= {("owner", "access.E021")}
        refused = {each.row for each in result.problems}
        return [owner for row, owner in enumerate(owners) if row not in refused]

    assert may(rep) == [rep.user_id, north]
    assert may(leader) == [other.user_id, leader.user_id, coast], "members of a team that one leads, and oneself"
    assert may(head) == [rep.user_id, other.user_id, leader.user_id, head.user_id]
    assert may(mate) == [rep.user_id, other.user_id, leader.user_id, mate.user_id, north, coast]
    assert may(desk) == may(SYSTEM) == owners
    assert may(guest) == []
    assert _save(company, guest, name="Mine")


def test_a_record_may_be_handed_to_anybody_by_whoever_may_edit_it(company: Company) -> None:
    company.govern({"rep": role("rep", _creating("own"))})
    rep, other = company.hire("rep", "rep"), company.hire("other", "rep")
    with pytest.raises(ValidationError) as refused:
        _save(company, rep, name="For another", owner=other.user_id)
    assert [(each.field, each.code) for each in refused.value.problems] == [("owner", "access.E021")]
    id = _save(company, rep, name="Mine at first")
    company.records.save(rep, [RecordChange(module="contact", id=id, values={"owner": other.user_id})])
    (given,) = company.records.fetch(SYSTEM, "contact", [id], fields=("owner",))
    assert given.values["owner"] == other.user_id
    assert company.records.fetch(rep, "contact", [id]) == []


def _creating(scope: str) -> Grants:
    return Grants(modules={"*": {"view": "own", "edit": "own", "create": scope}})


def _save(company: Company, actor: Actor, **values: Any) -> int:
    (saved,) = company.save("contact", values, actor=actor)
    return saved
