"""Sharing one record by hand: who may, with whom, what it gives, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.definitions import Grants
from fieldstone.records.access.share_ends import EndedShares
from fieldstone.records.access.tables import share
from fieldstone.records.accounts.audit import list_audit
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from records.access.company import NOW, Company, grants, role

RIGHTS = ("view", "edit", "delete", "export")


class Office:
    def __init__(self, company: Company) -> None:
        self.company = company
        company.govern({
            "rep": role("rep", grants("own", *RIGHTS, tools=frozenset({"share"}))),
            "clerk": role("clerk", grants("own", *RIGHTS)),
            "reader": role("reader", Grants(modules={"*": {"view": "own"}})),
        })  # fmt: skip
        self.records = company.records
        self.north = company.add_team("north")
        self.coast = company.add_team("coast", self.north)
        self.anna = company.hire("anna", "rep")
        self.bert = company.hire("bert", "clerk")
        self.carl = company.hire("carl", "reader", teams=[self.coast])
        (self.deal,) = company.save("opportunity", {"name": "Deal", "owner": self.anna.user_id})

    def reach(self, actor: Actor) -> set[str]:
        return {right for right in RIGHTS if self.records.within_reach(actor, "opportunity", [self.deal], right)}

    def share(self, actor: Actor | None = None, **receiver: Any) -> int:
        return self.records.share(actor or self.anna, "opportunity", self.deal, **receiver)


@pytest.fixture
def office(company: Company) -> Office:
    return Office(company)


def test_a_share_gives_what_it_says_and_no_more_than_the_right_on_the_module(office: Office) -> None:
    assert office.reach(office.bert) == set()
    read = office.share(principal=office.bert.user_id)
    assert office.reach(office.bert) == {"view"}
    edit = office.share(principal=office.bert.user_id, access="edit")
    assert edit == read
    assert office.reach(office.bert) == {"view", "edit"}
    office.records.save(office.bert, [RecordChange(module="opportunity", id=office.deal, values={"name": "His"})])
    office.share(principal=office.carl.user_id, access="edit")
    assert office.reach(office.carl) == {"view"}
    office.records.unshare(office.anna, "opportunity", office.deal, edit)
    assert office.reach(office.bert) == set()


def test_a_team_stands_for_those_below_it_and_a_role_for_its_holders(office: Office) -> None:
    office.share(principal=office.north)
    assert office.reach(office.carl) == {"view"}
    office.share(role="clerk", access="edit")
    assert office.reach(office.bert) == {"view", "edit"}
    told = office.records.shares(office.anna, "opportunity", office.deal)
    assert [(each.label, each.access, each.by, each.at) for each in told] == [
        ("North", "read", office.anna.user_id, NOW), ("Clerk", "edit", office.anna.user_id, NOW),
    ]  # fmt: skip


def test_a_share_ends_when_it_says_for_everybody_who_looks(office: Office) -> None:
    company, records, bert = office.company, office.records, office.bert
    end = NOW + timedelta(hours=2)
    lasting = office.share(role="reader")
    ending = office.share(principal=bert.user_id, access="edit", until=end)

    def seen() -> tuple[object, ...]:
        """By every way that reads shares."""
        page = records.query(bert, "opportunity", Query(fields=("name",)))
        told = records.audience(office.anna, "opportunity", office.deal)
        reasons = [
            each for person in told.people if person.actor.user_id == bert.user_id for each in person.view.reasons
        ]
        hits = records.search(bert, "Deal", module="opportunity")
        return (
            office.reach(bert), len(page.records), len(hits), [reason.until for reason in reasons],
            [each.id for each in records.shares(office.anna, "opportunity", office.deal)],
        )  # fmt: skip

    assert seen() == ({"view", "edit"}, 1, 1, [end], [lasting, ending])
    company.now = end - timedelta(seconds=1)
    assert seen()[0] == {"view", "edit"}
    company.now = end
    assert seen() == (set(), 0, 0, [], [lasting])
    with pytest.raises(FieldstoneError) as found:
        records.unshare(office.anna, "opportunity", office.deal, ending)
    assert found.value.code == "access.E009"
    with pytest.raises(FieldstoneError) as found:
        office.share(principal=bert.user_id, until=company.now)
    assert found.value.code == "access.E011"

    again = office.share(principal=bert.user_id, until=end + timedelta(days=1))  # what has ended is in nobody's way
    assert seen()[3:] == ([end + timedelta(days=1)], [lasting, again])
    assert office.share(principal=bert.user_id) == again  # for good
    company.now += timedelta(days=9)
    assert office.reach(bert) == {"view"}


def test_what_has_ended_is_cleared_away_by_a_job_and_stands_in_the_audit_log(office: Office) -> None:
    company, end = office.company, NOW + timedelta(hours=2)
    jobs = JobQueue(company.database, clock=lambda: company.now)
    (recurring,) = EndedShares(company.models, jobs).recurring()
    worker = Worker(SimpleNamespace(jobs=jobs, database=company.database, clock=jobs.clock))
    office.share(principal=office.bert.user_id, until=end)
    office.share(role="reader", until=end + timedelta(hours=1))
    office.share(role="clerk")
    for hours, left in ((1, 3), (2, 2), (3, 1), (99, 1)):
        company.now = NOW + timedelta(hours=hours)
        company.database.transact(lambda conn: jobs.enqueue(conn, recurring.kind, {}))
        worker.run_due()
        with company.read() as (conn, _):
            assert len(conn.execute(select(share)).all()) == left
    with company.read() as (conn, _):
        entries = list_audit(conn, action="record.share_ended")
    assert [(each.target, each.by, each.details["before"]["until"]) for each in reversed(entries)] == [
        (f"opportunity:{office.deal}", None, (end + timedelta(hours=more)).isoformat()) for more in (0, 1)
    ]


def test_who_may_not_share(office: Office) -> None:
    office.share(principal=office.bert.user_id, access="edit")
    refused: dict[str, Callable[[], object]] = {
        "access.E006": lambda: office.share(office.bert, role="rep"),
        "access.E007": lambda: office.share(Actor(is_admin=True, scopes=("read",)), role="rep"),
        "access.E008": lambda: office.share(principal=999),
        "access.E010": lambda: office.share(role="clerk", access="all"),
        "access.E009": lambda: office.records.unshare(office.anna, "opportunity", office.deal, 999),
    }
    for code, attempt in refused.items():
        with pytest.raises(FieldstoneError) as found:
            attempt()
        assert found.value.code == code
    for receiver in ({}, {"role": "nobody"}, {"role": "rep", "principal": office.north}):
        with pytest.raises(FieldstoneError) as found:
            office.share(**receiver)
        assert found.value.code == "access.E008"
    stranger = office.company.hire("stranger", "rep")
    with pytest.raises(FieldstoneError) as found:
        office.share(stranger, role="rep")
    assert found.value.code == "record.E010"


def test_the_history_keeps_shares_and_the_version_stays(office: Office) -> None:
    before = office.records.get(SYSTEM, "opportunity", office.deal).values
    shared = office.share(role="clerk")
    office.records.unshare(office.anna, "opportunity", office.deal, shared)
    entries = office.records.history(office.anna, "opportunity", office.deal)
    assert [(entry.kind, entry.by) for entry in entries[:2]] == [
        ("unshared", office.anna.user_id), ("shared", office.anna.user_id),
    ]  # fmt: skip
    assert office.records.get(SYSTEM, "opportunity", office.deal).values == before


def test_shares_go_with_the_record(office: Office) -> None:
    office.share(principal=office.bert.user_id)
    office.records.delete(SYSTEM, "opportunity", [office.deal])
    office.records.restore(SYSTEM, "opportunity", [office.deal])
    assert office.reach(office.bert) == {"view"}
    office.records.delete(SYSTEM, "opportunity", [office.deal])
    office.records.purge(SYSTEM, "opportunity", [office.deal])
    with office.company.read() as (conn, _):
        assert conn.scalar(select(func.count()).select_from(share)) == 0
