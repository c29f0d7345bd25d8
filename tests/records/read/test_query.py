"""What a list gives: values, labels, filters, formulas that depend on the time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from fieldstone.expressions.errors import ExpressionError
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import InvalidInputError, NotFoundError
from fieldstone.records.query import get_records
from records.read.trade import NOW, Trade


def test_values_are_loaded_and_labels_come_with_the_page(trade: Trade) -> None:
    anna = trade.add_user("anna")
    acme, globex = trade.save("organization", {"name": "Acme"}, {"name": "Globex", "address": {"city": "上海"}})
    trade.change("organization", globex, parent=acme)
    (deal,) = trade.save(
        "opportunity",
        {"name": "Big", "organization": globex, "amount": "1200.5", "rate": "0.25", "stage": "won", "tags": "a, b",
         "close_date": "2026-03-12", "password": "hunter2", "owner": anna.user_id},
    )  # fmt: skip
    fields = (
        "name", "amount", "weighted", "tags", "hot", "password", "organization", "organization.parent", "owner",
        "organization.address", "organization.address.city", "organization.parent.name", "record_number", "days_left",
    )  # fmt: skip
    page = trade.query(fields=fields)
    (record,) = page.records
    assert (record.id, record.version) == (deal, 1)
    assert list(record.values) == list(fields)
    assert record.values["amount"] == Decimal("1200.5000")
    assert record.values["weighted"] == Decimal("300.1250")
    assert record.values["tags"] == ("a", "b")
    assert record.values["hot"] is False
    assert record.values["password"] == "••••"
    assert record.values["organization.address"]["city"] == record.values["organization.address.city"] == "上海"
    assert record.values["organization.parent.name"] == "Acme"
    assert record.values["record_number"] == "OPP-0001"
    assert record.values["days_left"] == 2
    assert page.labels == {
        ("organization", globex): "Globex", ("organization", acme): "Acme", ("principal", anna.user_id): "Anna",
    }  # fmt: skip
    assert record.labels is page.labels


def test_lookups_of_several_modules_and_of_any(trade: Trade) -> None:
    (acme,) = trade.save("organization", {"name": "Acme"})
    (bo,) = trade.save("contact", {"name": "Bo Li"})
    trade.save(
        "comment",
        {"body": "x", "about": RecordRef("contact", bo), "party": RecordRef("organization", acme)},
        {"body": "y"},
    )
    page = trade.query("comment", fields=("about", "party"), sort=("body",))
    assert page.records[0].values == {"about": RecordRef("contact", bo), "party": RecordRef("organization", acme)}
    assert page.records[1].values == {"about": None, "party": None}
    assert page.labels == {("contact", bo): "Bo Li", ("organization", acme): "Acme"}


def test_every_field_is_read_when_none_is_named(trade: Trade) -> None:
    trade.save("opportunity", {"name": "Big"})
    (record,) = trade.query().records
    assert set(record.values) == {
        *trade.published.model.modules["opportunity"].fields, "id", "version", "owner", "created_at", "created_by",
        "modified_at", "modified_by", "deleted_at", "record_number",
    }  # fmt: skip
    assert record.values["created_at"] == NOW


def test_only_the_columns_asked_for_are_read_and_labels_take_one_query_a_module(trade: Trade) -> None:
    acme, globex = trade.save("organization", {"name": "Acme"}, {"name": "Globex", "parent": None})
    trade.save("opportunity", *({"name": str(n), "organization": (acme, globex)[n % 2]} for n in range(20)))
    seen: list[str] = []
    fields = ("name", "organization", "organization.parent")
    trade.query(fields=fields)
    with trade.read() as (conn, published):
        from fieldstone.records.query import query_records
        from fieldstone.records.query_types import Query

        listen = sa.event.listens_for(conn.engine, "before_cursor_execute")
        note = listen(lambda conn, cursor, statement, *rest: seen.append(statement))
        query_records(conn, published, SYSTEM, "opportunity", Query(fields=fields), now=NOW)
        sa.event.remove(conn.engine, "before_cursor_execute", note)
    assert len(seen) == 2
    assert "amount" not in seen[0]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("stage == 'won'", ["b"]),
        ("stage != 'won'", ["a", "c", "d"]),
        ("is_empty(amount)", ["d"]),
        ("amount >= 20 and hot", ["c"]),
        ("organization.industry == 'Tools'", ["a", "b"]),
        ("organization.parent.name == 'Acme'", ["c"]),
        ("contains(organization.address, 'SPRING')", ["a", "b"]),
        ("close_date < today()", ["a"]),
        ("within(close_date, 'this month')", ["a", "b"]),
        ("days_left > 5", ["c"]),
        ("urgent", ["a"]),
        ("organization.overdue > 0", ["a", "b"]),
        ("organization.overdue_amount == 10", ["a", "b"]),
        ("has(tags, 'x')", ["a"]),
        ("weighted > 4", ["b"]),
        ("record_number == 'OPP-0002'", ["b"]),
        ("owner == user.id", ["d"]),
        ("contains(user.email, 'anna') and name == 'a'", ["a"]),
        ("created_at < now()", []),
        ("name in ('a', 'd')", ["a", "d"]),
        ("", ["a", "b", "c", "d"]),
    ],
)
def test_filters(trade: Trade, where: str, names: list[str]) -> None:
    anna = trade.add_user("anna", "manager")
    acme, branch = trade.save(
        "organization",
        {"name": "Acme", "industry": "Tools", "address": {"city": "Springfield"}},
        {"name": "Branch"},
    )
    trade.change("organization", branch, parent=acme)
    trade.save(
        "opportunity",
        {"name": "a", "amount": 10, "close_date": "2026-03-09", "organization": acme, "tags": "x,y", "rate": "0.2"},
        {"name": "b", "amount": 20, "close_date": "2026-03-11", "organization": acme, "stage": "won", "rate": "0.25"},
        {"name": "c", "amount": 30, "hot": True, "close_date": "2026-04-11", "organization": branch},
        {"name": "d", "owner": anna.user_id},
    )
    assert trade.names(actor=anna, where=where, sort=("name",)) == names


def test_fields_that_depend_on_the_time_follow_the_clock(trade: Trade) -> None:
    (acme,) = trade.save("organization", {"name": "Acme", "founded": "2026-03-01"})
    trade.save(
        "opportunity",
        {"name": "a", "organization": acme, "amount": 10, "close_date": "2026-03-09"},
        {"name": "b", "organization": acme, "amount": "0.5", "close_date": "2026-02-09"},
        {"name": "c", "organization": acme, "amount": 7, "close_date": "2026-03-10"},
    )
    (record,) = trade.query("organization", fields=("age", "overdue", "overdue_amount")).records
    assert record.values == {"age": 9, "overdue": 2, "overdue_amount": Decimal("10.5000")}
    page = trade.query(fields=("urgent", "organization.age", "organization.overdue"), sort=("-days_left",))
    assert [list(each.values.values()) for each in page.records] == [[True, 9, 2]] * 3
    assert trade.names(sort=("days_left",)) == ["b", "a", "c"]
    assert trade.names("organization", where="overdue_amount > 10 and age == 9") == ["Acme"]
    assert trade.query("organization", fields=("overdue_amount",), sort=("overdue_amount",)).records


def test_the_recycle_bin(trade: Trade) -> None:
    kept, gone = trade.save("opportunity", {"name": "kept"}, {"name": "gone"})
    trade.records.delete(SYSTEM, "opportunity", [gone])
    assert trade.names() == ["kept"]
    assert trade.names(deleted=True) == ["gone"]
    with trade.read() as (conn, published):
        found = get_records(conn, published, SYSTEM, "opportunity", [gone, kept, 99], ["name"], now=NOW)
        bin = get_records(conn, published, SYSTEM, "opportunity", [gone, kept], ["name"], now=NOW, deleted=True)
    assert [record.id for record in found] == [kept]
    assert [record.id for record in bin] == [gone]


def test_records_come_in_the_order_of_their_ids(trade: Trade) -> None:
    one, two, three = trade.save("opportunity", {"name": "1"}, {"name": "2"}, {"name": "3"})
    with trade.read() as (conn, published):
        found = get_records(conn, published, SYSTEM, "opportunity", [three, one, three, 2**70, two], now=NOW)
    assert [record.id for record in found] == [three, one, two]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"sort": ("amuont",)}, "query.E001"),
        ({"sort": ("name; DROP TABLE opportunity",)}, "query.E001"),
        ({"sort": ("name DESC",)}, "query.E001"),
        ({"fields": ("name", "organization.nope")}, "query.E001"),
        ({"fields": ("name.x",)}, "query.E001"),
        ({"fields": ("organization.parent.parent.parent.parent",)}, "query.E001"),
        ({"fields": ("",)}, "query.E001"),
        ({"sort": ("password",)}, "query.E005"),
        ({"sort": ("organization.address",)}, "query.E005"),
        ({"sort": ("order(name)",)}, "query.E007"),
        ({"sort": ("a", "b", "c", "d", "e", "f")}, "query.E006"),
        ({"limit": 0}, "query.E008"),
        ({"limit": 100_000}, "query.E008"),
        ({"cursor": "nonsense"}, "query.E003"),
        ({"cursor": "e30"}, "query.E003"),
    ],
)
def test_what_cannot_be_asked(trade: Trade, query: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        trade.query(**query)
    assert refused.value.code == code
    assert refused.value.message
    assert refused.value.hint


def test_a_misspelt_name_gets_the_nearest_one(trade: Trade) -> None:
    with pytest.raises(InvalidInputError) as refused:
        trade.query(fields=("organization.industri",))
    assert refused.value.message == "organization has no field industri."
    assert "industry" in refused.value.hint
    with pytest.raises(NotFoundError):
        trade.query("no_such_module")


@pytest.mark.parametrize("where", ["amount >", "nope == 1", "password == 'hunter2'", "amount", "1; DROP TABLE x"])
def test_expressions_that_cannot_filter(trade: Trade, where: str) -> None:
    with pytest.raises(ExpressionError):
        trade.query(where=where)


def test_one_statement_serves_every_actor_and_day(trade: Trade) -> None:
    anna, bert = trade.add_user("anna", "rep"), trade.add_user("bert", "rep")
    trade.save("opportunity", {"name": "a", "owner": anna.user_id}, {"name": "b", "owner": bert.user_id})
    for actor, name in ((anna, "a"), (bert, "b")):
        assert trade.names(actor=actor) == [name]
        assert trade.names(actor=actor, where="owner == user.id") == [name]
    assert trade.names(actor=Actor(user_id=None, roles=("rep",))) == []


def test_dates_in_filters_are_those_of_the_users_zone(trade: Trade) -> None:
    trade.save("opportunity", {"name": "late", "seen_at": "2026-03-10T23:30:00Z", "close_date": date(2026, 3, 10)})
    shanghai, utc = Actor(is_admin=True, zone="Asia/Shanghai"), Actor(is_admin=True)
    assert trade.names(actor=shanghai, where="date(seen_at) == date('2026-03-11')") == ["late"]
    assert trade.names(actor=utc, where="date(seen_at) == date('2026-03-11')") == []
    assert trade.names(actor=utc, where="within(seen_at, 'today')") == ["late"]
    assert trade.names(actor=shanghai, where="within(seen_at, 'today')") == []
