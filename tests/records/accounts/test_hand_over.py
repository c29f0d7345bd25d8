"""A user leaves: what the user owned goes to somebody else, with history, and every way in ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.accounts import hand_over
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from fieldstone.runtime.site import Site


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def organizations(site: Site, owner: int, count: int) -> list[int]:
    changes = [
        RecordChange(module="organization", values={"name": f"Company {number} of {owner} {count}", "owner": owner})
        for number in range(count)
    ]
    return [record.id for record in site.records.save(site.accounts.operator(), changes).records]


def owned(site: Site, owner: int) -> set[int]:
    page = site.records.query(site.accounts.operator(), "organization", Query(where=f"owner == {owner}", limit=200))
    return {record.id for record in page.records}


def test_leaving_at_once(site: Site) -> None:
    boss = site.accounts.operator()
    anna, ben = (site.accounts.add_user(name, name.title(), roles=["sales_rep"]) for name in ("anna", "ben"))
    ids = organizations(site, anna, 3)
    others = organizations(site, ben, 1)
    gone = organizations(site, anna, 1)
    site.records.delete(boss, "organization", gone)
    session = site.accounts.use_login_link(site.accounts.login_link("anna")).secret
    token = site.accounts.add_token("anna", label="Website").secret
    link = site.accounts.login_link("anna")
    given = site.accounts.deactivate(anna, hand_over_to=ben, by=boss)
    assert (given.records, given.job) == (4, None)
    assert owned(site, ben) == {*ids, *others}
    (bin,) = site.records.fetch(boss, "organization", gone, fields=("owner",), deleted=True)
    assert bin.values["owner"] == ben, "what lies in the recycle bin is handed over too"
    assert not site.records.search(boss, f"Company 0 of {anna} 1"), "and stays there"
    assert site.records.history(boss, "organization", gone[0])[0].via == f"hand_over:{anna}"
    entry = site.records.history(boss, "organization", ids[0])[0]
    assert [(change.field, change.old, change.new) for change in entry.changes] == [("owner", anna, ben)]
    assert (entry.via, entry.by) == (f"hand_over:{anna}", boss.user_id)
    assert site.accounts.find_session_actor(session) is None
    site.accounts.update_user(anna, active=True)
    assert site.accounts.find_session_actor(session) is None
    assert site.accounts.find_token_actor(token) is None, "what ended does not come back with the user"
    with pytest.raises(FieldstoneError, match=r"account\.E016"):
        site.accounts.use_login_link(link)
    (told,) = site.accounts.list_audit(action="records.")
    assert told.details == {"to": f"user:{ben}", "records": 4, "job": None}


def test_a_team_and_a_role_go(site: Site) -> None:
    """What the team owns needs an heir, what was shared with either is so no longer, nobody keeps a dead role."""
    boss, accounts, records = site.accounts.operator(), site.accounts, site.records
    anna = accounts.add_user("anna", "Anna", roles=["sales_rep"])
    ben = accounts.add_user("ben", "Ben", roles=["sales_rep", "viewer"])
    team, heir = accounts.add_team("North"), accounts.add_team("South")
    ids = organizations(site, team, 2)
    (other,) = organizations(site, anna, 1)
    for receiver in ({"principal": team}, {"role": "sales_rep"}, {"role": "viewer"}):
        records.share(boss, "organization", other, **receiver)
    seller = Actor(user_id=anna, roles=("sales_rep",))
    for by, to, code in ((boss, None, "account.E046"), (boss, team, "account.E042"), (seller, heir, "account.E035")):
        with pytest.raises(FieldstoneError) as refused:
            accounts.remove_team(team, hand_over_to=to, by=by)
        assert refused.value.code == code
    assert accounts.count_owned(team) == {"organization": 2}
    assert accounts.remove_team(team, hand_over_to=heir, by=boss).records == 2
    assert owned(site, heir) == set(ids)
    assert [node.name for node in accounts.list_teams()] == ["South"]
    removed, handed = accounts.list_audit(limit=2)
    assert (removed.action, removed.target_label) == ("team.removed", "North")
    assert (handed.target, handed.details["to"]) == (f"team:{team}", f"team:{heir}")

    assert accounts.count_shared_with("sales_rep") == 1
    with pytest.raises(FieldstoneError, match=r"account\.E013"):
        accounts.replace_held("role", "sales_rep", "nobody", by=boss)
    assert accounts.replace_held("role", "sales_rep", "viewer", by=boss) == 2
    assert [accounts.get_user(user).roles for user in (anna, ben)] == [("viewer",), ("viewer",)]
    assert [share.role for share in records.shares(boss, "organization", other)] == ["viewer"]
    accounts.update_user(anna, profiles=["marketing"], by=boss)
    assert accounts.replace_held("profile", "marketing", by=boss) == 1
    assert accounts.get_user(anna).profiles == ()
    assert len(accounts.list_audit(action="user.role_replaced")) == 2
    with pytest.raises(FieldstoneError, match=r"account\.E035"):
        accounts.replace_held("role", "viewer", by=Actor(user_id=ben, roles=("viewer",)))


def test_records_that_break_rules_by_now_go_too(site: Site) -> None:
    boss = site.accounts.operator()
    anna = site.accounts.add_user("anna", "Anna", roles=["sales_rep"])
    team = site.accounts.add_team("North")
    (one,) = organizations(site, anna, 1)
    table = site.models.current.tables.module("organization").table
    site.database.transact(lambda conn: conn.execute(table.update().values(name=None)))
    assert site.accounts.hand_records_over(anna, team, by=boss).records == 1
    record = site.records.get(boss, "organization", one)
    assert record.values["owner"] == team


def test_many_go_by_a_job(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_over, "AT_ONCE", 2)
    monkeypatch.setattr(hand_over, "UNIT", 2)
    boss = site.accounts.operator()
    anna, ben = (site.accounts.add_user(name, name.title(), roles=["sales_rep"]) for name in ("anna", "ben"))
    ids = organizations(site, anna, 5)
    given = site.accounts.deactivate(anna, hand_over_to=ben, by=boss)
    assert given.records == 0
    assert given.job is not None
    assert owned(site, ben) == set()
    site.worker().run_due()
    assert owned(site, ben) == set(ids)
    assert site.jobs.get(given.job).state == "done"
    assert site.jobs.get(given.job).progress == 5


def test_who_can_take_over(site: Site) -> None:
    boss = site.accounts.operator()
    anna, ben = (site.accounts.add_user(name, name.title()) for name in ("anna", "ben"))
    site.accounts.deactivate(ben)
    for heir in (anna, ben, 999):
        with pytest.raises(FieldstoneError, match=r"account\.E042"):
            site.accounts.deactivate(anna, hand_over_to=heir, by=boss)
    assert site.accounts.get_user(anna).active, "nothing has changed"
    with pytest.raises(FieldstoneError, match=r"account\.E035"):
        site.accounts.hand_records_over(anna, anna, by=Actor(user_id=anna))
    with pytest.raises(FieldstoneError, match=r"access\.E022"):
        site.records.hand_over(Actor(user_id=anna, roles=("sales_manager",)), "organization", ben, anna)
    organizations(site, anna, 1)
    manager = Actor(user_id=ben, roles=("administrator",))
    assert site.records.hand_over(manager, "organization", anna, boss.user_id or 1) == 1
