"""Who sees what: roles, scopes, teams, tokens; through lists, lookups, labels, counts and search alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import ForbiddenError, NotFoundError
from fieldstone.records.access import has_right, require, row_condition, viewable_modules, visible_ids
from fieldstone.records.aggregate import aggregate_records
from fieldstone.records.count import count_records
from fieldstone.records.query import get_records
from fieldstone.records.query_types import Count, Query
from fieldstone.records.related import count_related, related_records
from fieldstone.records.search import search_records
from fieldstone.records.suggest import suggest_records
from records.read.trade import NOW, Trade


class Office:
    """Anna leads the north team, Bert is in it, Carl is not; each owns a deal, and so does the team."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.north = trade.add_team("north")
        self.anna = trade.add_user("anna", "rep", leads=[self.north])
        self.bert = trade.add_user("bert", "rep", teams=[self.north])
        self.carl = trade.add_user("carl", "rep")
        self.boss = trade.add_user("boss", "rep", "manager")
        self.owners = {
            "anna": self.anna.user_id,
            "bert": self.bert.user_id,
            "carl": self.carl.user_id,
            "team": self.north,
        }
        rows = [{"name": f"{name} deal", "owner": owner} for name, owner in self.owners.items()]
        self.ids = dict(zip(self.owners, trade.save("opportunity", *rows, {"name": "nobody's deal"}), strict=False))


@pytest.fixture
def office(trade: Trade) -> Office:
    return Office(trade)


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("anna", {"anna", "bert", "team"}),
        ("bert", {"bert", "team"}),
        ("carl", {"carl"}),
        ("boss", {"anna", "bert", "carl", "team", "nobody's"}),
    ],
)
def test_every_door_shows_the_same_records(office: Office, who: str, names: set[str]) -> None:
    trade, actor = office.trade, getattr(office, who)
    seen = {f"{name} deal" for name in names}
    assert set(trade.names(actor=actor)) == seen
    with trade.read() as (conn, published):
        assert count_records(conn, published, actor, "opportunity", now=NOW) == Count(len(names), True)
        (total,) = aggregate_records(conn, published, actor, "opportunity", now=NOW)
        assert total == {"count": len(names)}
        assert {hit.label for hit in search_records(conn, published, actor, "deal", now=NOW)} == seen
        only = search_records(conn, published, actor, "deal", module="opportunity", now=NOW)
        assert {hit.label for hit in only} == seen
        assert {item.label for item in suggest_records(conn, published, actor, "opportunity", "", now=NOW)} == seen
        for typed in ("a", "deal", "eal"):
            offered = {item.label for item in suggest_records(conn, published, actor, "opportunity", typed, now=NOW)}
            assert offered <= seen
        ids = list(office.ids.values())
        found = get_records(conn, published, actor, "opportunity", ids, ["name"], now=NOW)
        assert {record.values["name"] for record in found} == seen - {"nobody's deal"}
        for right in ("view", "edit", "export"):
            visible = visible_ids(conn, published, actor, "opportunity", ids, right)
            assert visible == {id for name, id in office.ids.items() if name in names}


def test_without_a_role_there_is_nothing(office: Office) -> None:
    stranger = office.trade.add_user("stranger")
    with office.trade.read() as (conn, published):
        assert viewable_modules(published, stranger) == []
        for actor in (stranger, replace(stranger, roles=("no_such_role",)), Actor()):
            with pytest.raises(ForbiddenError) as refused:
                require(published, actor, "opportunity", "view")
            assert refused.value.code == "access.E001"
            assert search_records(conn, published, actor, "deal", now=NOW) == []
            for ask in (
                lambda actor: office.trade.query(actor=actor),
                lambda actor: count_records(conn, published, actor, "opportunity", now=NOW),
                lambda actor: aggregate_records(conn, published, actor, "opportunity", now=NOW),
                lambda actor: suggest_records(conn, published, actor, "opportunity", "a", now=NOW),
                lambda actor: search_records(conn, published, actor, "deal", module="opportunity", now=NOW),
                lambda actor: visible_ids(conn, published, actor, "opportunity", [1], "view"),
            ):
                with pytest.raises(ForbiddenError):
                    ask(actor)


def test_a_role_may_be_narrower_in_one_module(office: Office) -> None:
    published = office.trade.published
    assert has_right(published, office.carl, "opportunity", "create")
    assert has_right(published, office.carl, "product", "view")
    assert not has_right(published, office.carl, "product", "create")
    assert not has_right(published, office.carl, "opportunity", "delete")
    with pytest.raises(NotFoundError):
        require(published, SYSTEM, "nothing", "view")


@pytest.mark.parametrize(
    ("scopes", "rights"),
    [
        ((), {"view", "create", "edit", "delete", "import", "export"}),
        (("read",), {"view", "export"}),
        (("write",), {"view", "create", "edit", "delete", "import", "export"}),
        (("read", "module:opportunity"), {"view", "export"}),
        (("module:opportunity",), {"view", "create", "edit", "delete", "import", "export"}),
        (("write", "module:contact"), set()),
        (("metadata",), set()),
    ],
)
def test_a_token_is_limited_by_its_scopes(trade: Trade, scopes: tuple[str, ...], rights: set[str]) -> None:
    every = {"view", "create", "edit", "delete", "import", "export"}
    for actor in (Actor(is_admin=True, scopes=scopes), Actor(roles=("manager",), scopes=scopes)):
        assert {right for right in every if has_right(trade.published, actor, "opportunity", right)} == rights
    if not rights:
        with pytest.raises(ForbiddenError) as refused:
            trade.query(actor=Actor(is_admin=True, scopes=scopes))
        assert refused.value.code == "access.E002"


def test_a_looked_up_record_out_of_reach_reads_as_empty_everywhere(office: Office) -> None:
    trade, carl = office.trade, office.carl
    mine, foreign = trade.save(
        "organization",
        {"name": "Mine", "industry": "Tools", "owner": carl.user_id},
        {"name": "Foreign", "industry": "Arms", "owner": office.anna.user_id},
    )
    trade.save(
        "opportunity",
        {"name": "1", "organization": mine, "owner": carl.user_id},
        {"name": "2", "organization": foreign, "owner": carl.user_id},
    )
    page = trade.query(actor=carl, fields=("organization", "organization.industry"), where="name in ('1', '2')")
    assert [record.values["organization.industry"] for record in page.records] == ["Tools", None]
    assert [record.values["organization"] for record in page.records] == [mine, foreign]
    assert page.labels == {("organization", mine): "Mine"}
    assert trade.names(actor=carl, where="organization.industry == 'Arms'") == []
    assert trade.names(actor=carl, where="is_empty(organization.industry) and name == '2'") == ["2"]
    with trade.read() as (conn, published):
        groups = aggregate_records(conn, published, carl, "opportunity", group=["organization.industry"], now=NOW)
        assert {group["organization.industry"]: group["count"] for group in groups} == {None: 2, "Tools": 1}


def test_a_path_into_a_module_without_the_right_is_refused(trade: Trade) -> None:
    (acme,) = trade.save("organization", {"name": "Acme", "industry": "Tools"})
    trade.save("opportunity", {"name": "1", "organization": acme})
    reader = trade.add_user("reader", "reader")
    page = trade.query(actor=reader, fields=("organization",))
    assert page.records[0].values == {"organization": acme}
    assert page.labels == {}
    for query in (
        {"fields": ("organization.industry",)},
        {"sort": ("organization.industry",)},
        {"sort": ("organization",)},
        {"where": "organization.industry == 'Tools'"},
    ):
        with pytest.raises(ForbiddenError):
            trade.query(actor=reader, **query)


def test_related_lists_are_asked_of_a_record_within_reach(office: Office) -> None:
    trade, carl = office.trade, office.carl
    (acme,) = trade.save("organization", {"name": "Acme", "owner": carl.user_id})
    (other,) = trade.save("organization", {"name": "Other", "owner": office.anna.user_id})
    bo, jo = trade.save("contact", {"name": "Bo Li", "owner": carl.user_id}, {"name": "Jo Wu"})
    (branch,) = trade.save("organization", {"name": "Branch", "parent": acme, "owner": carl.user_id})
    trade.save(
        "opportunity",
        {"name": "his", "organization": acme, "owner": carl.user_id},
        {"name": "not his", "organization": acme},
    )
    trade.save("comment", {"body": "hi", "about": {"module": "organization", "id": acme}, "owner": carl.user_id},
               {"body": "ho", "about": {"module": "contact", "id": acme}, "owner": carl.user_id},
               {"body": "hu", "party": {"module": "organization", "id": acme}, "owner": carl.user_id})  # fmt: skip
    deal = office.ids["carl"]
    trade.records.link(SYSTEM, "opportunity", deal, "contacts", [bo, jo])

    def related(module: str, id: int, relation: str, field: str = "name", actor: Actor = carl) -> list[object]:
        with trade.read() as (conn, published):
            query = Query(fields=(field,), sort=(field,), limit=1)
            found = []
            while True:
                page = related_records(conn, published, actor, module, id, relation, query, now=NOW)
                found += [record.values[field] for record in page.records]
                if not page.has_more:
                    counted = count_related(conn, published, actor, module, id, relation, now=NOW)
                    assert counted == Count(len(found), True)
                    return found
                query = replace(query, cursor=page.next_cursor)

    assert related("organization", acme, "deals") == ["his"]
    assert related("organization", acme, "deals", actor=SYSTEM) == ["his", "not his"]
    assert related("organization", acme, "branches") == ["Branch"]
    assert related("organization", acme, "comments", "body") == ["hi"]
    assert related("organization", acme, "remarks", "body") == ["hu"]
    assert len(related("opportunity", deal, "contacts", actor=SYSTEM)) == 2
    assert len(related("opportunity", deal, "contacts")) == 1
    assert related("contact", bo, "involved_in") == ["carl deal"]
    assert branch
    for module, id, relation in (
        ("organization", other, "deals"),
        ("organization", 99, "deals"),
        ("contact", jo, "involved_in"),
    ):
        with pytest.raises(NotFoundError) as refused:
            related(module, id, relation)
        assert refused.value.code == "record.E010"
    with pytest.raises(NotFoundError) as refused:
        related("organization", acme, "nothing")
    assert refused.value.code == "record.E031"


def test_the_condition_stands_alone(office: Office) -> None:
    import sqlalchemy as sa

    with office.trade.read() as (conn, published):
        table = published.tables.module("opportunity").table
        condition = row_condition(published, office.anna, "opportunity", table)
        assert condition is not None
        assert len(conn.execute(sa.select(table.c.id).where(condition)).all()) == 3
        assert row_condition(published, office.boss, "opportunity", table) is None
