"""Lists: what the address asks for is what is shown, and every control leads to such an address."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from fieldstone.activity.choices import Choice
from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.actors import Actor
from fieldstone.records import sampled_count
from fieldstone.records.access import narrow
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor, text_of

Save = Callable[..., int]


@pytest.fixture
def deals(site: Site, actor: Actor, save: Save) -> list[int]:
    """Twenty-five open opportunities of two organizations, worth 1,000 to 25,000, and one that is won."""
    acme, zenith = save("organization", name="Acme"), save("organization", name="Zenith")
    changes = [
        RecordChange(
            module="opportunity",
            values={
                "name": f"Deal {n:02}",
                "organization": acme if n % 2 else zenith,
                "amount": n * 1000,
                "close_date": "2020-01-01",
            },
        )
        for n in range(1, 26)
    ]
    changes.append(
        RecordChange(
            module="opportunity", values={"name": "Done", "amount": 7, "stage": "won", "close_date": "2020-01-01"}
        )
    )
    return [record.id for record in site.records.save(actor, changes).records]


def names(page: str) -> list[str]:
    return re.findall(r'<td class="is-title"><a href="/m/\w+/\d+">([^<]*)</a>', page)


def where_of(location: str) -> str:
    return parse_qs(urlsplit(location).query, keep_blank_values=True).get("where", [""])[0]


def test_the_default_view_shows_its_records_in_its_order(admin: Visitor, deals: list[int]) -> None:
    page = admin.get("/m/opportunity")
    assert page.status_code == 200
    assert "Done" not in names(page.text)
    assert len(names(page.text)) == 25
    text = text_of(page)
    assert "Stage is none of Won, Lost" in text
    assert "1–25 of 25" in text
    assert "$25,000" in text
    assert "$25,000.00" not in text
    assert "(overdue)" in text
    assert '<th class="is-date w-9" scope="col" aria-sort="ascending">' in page.text
    assert '<a class="fs-tab" href="/m/opportunity?view=open" aria-current="page">' in page.text


def test_cents_are_shown_when_one_amount_has_some(admin: Visitor, deals: list[int], save: Save) -> None:
    save("opportunity", name="With cents", amount="10.50")
    text = text_of(admin.get("/m/opportunity"))
    assert "$25,000.00" in text
    assert "$10.50" in text


def test_sort_columns_size_and_pages_stand_in_the_address(admin: Visitor, deals: list[int]) -> None:
    first = admin.get("/m/opportunity?view=all&sort=-amount&columns=name,amount,organization.industry&limit=20")
    assert names(first.text)[:2] == ["Deal 25", "Deal 24"]
    assert len(names(first.text)) == 20
    assert "Organization › Industry" in text_of(first)
    assert "Edited" in text_of(first)
    assert "1–20 of 26" in text_of(first)
    following = re.search(r'href="([^"]*cursor=[^"]*)"[^>]*aria-label="Next page"', first.text)
    assert following is not None
    second = admin.get(following[1].replace("&amp;", "&"))
    assert names(second.text) == ["Deal 05", "Deal 04", "Deal 03", "Deal 02", "Deal 01", "Done"]
    assert "21–26 of 26" in text_of(second)
    back = re.search(r'href="([^"]*cursor=[^"]*)"[^>]*aria-label="Previous page"', second.text)
    assert back is not None
    assert names(admin.get(back[1].replace("&amp;", "&")).text) == names(first.text)


def test_names_that_are_no_fields_are_left_out(admin: Visitor, deals: list[int]) -> None:
    page = admin.get(
        "/m/opportunity?columns=name,nothing,password_hash,owner.password&sort=nothing&limit=7&view=none&cursor="
    )
    assert page.status_code == 200
    assert len(names(page.text)) == 25


@pytest.mark.parametrize(
    "query",
    ["where=foo(", "where=1; DROP TABLE opportunity", "where=nothing == 1", "cursor=made-up", "where=" + "9**9" * 5],
)
def test_what_cannot_be_read_is_told_and_costs_nothing(admin: Visitor, deals: list[int], query: str) -> None:
    page = admin.get(f"/m/opportunity?view=all&{query}")
    assert page.status_code == 400
    assert "This list cannot be shown" in text_of(page)
    assert len(names(admin.get("/m/opportunity?view=all").text)) == 26


def test_a_chip_takes_its_condition_away(admin: Visitor, deals: list[int]) -> None:
    page = admin.get("/m/opportunity?view=all&where=amount >= 20000 and organization.name == 'Acme'")
    assert "Amount ≥ 20,000" in text_of(page)
    assert "Organization › Organization name is “Acme”" in text_of(page)
    remove = re.findall(r'<a class="fs-x" href="([^"]+)"', page.text)
    assert where_of(remove[0].replace("&amp;", "&")) == "organization.name == 'Acme'"
    assert where_of(remove[1].replace("&amp;", "&")) == "amount >= 20000"


def test_a_condition_that_rows_cannot_show_stays_as_it_is_written(admin: Visitor, deals: list[int]) -> None:
    page = admin.get("/m/opportunity?view=all&where=amount * 2 > 40000")
    assert "amount * 2 &gt; 40000" in page.text
    builder = admin.htmx("/m/opportunity/conditions?view=all&where=amount * 2 > 40000")
    assert "<textarea" in builder.text
    applied = admin.get("/m/opportunity/filter?view=all&where=amount * 2 > 10")
    assert where_of(applied.location) == "amount * 2 > 10"


def test_the_search_row_becomes_conditions(admin: Visitor, deals: list[int]) -> None:
    found = admin.get("/m/opportunity/find?view=all&q.name=deal 1&q.amount=< 15,000&q.stage=prospecting&q.owner=me")
    assert where_of(found.location) == (
        "contains(name, 'deal 1') and amount < 15000 and stage in ('prospecting',) and owner == user.id"
    )
    page = admin.get(found.location)
    assert names(page.text) == ["Deal 14", "Deal 13", "Deal 12", "Deal 11", "Deal 10"]
    assert 'value="&lt; 15,000"' in page.text
    cleared = admin.get(f"{found.location.replace('/m/opportunity?', '/m/opportunity/find?')}&q.amount=&q.name=deal 1")
    assert "amount" not in where_of(cleared.location)
    bad = admin.get("/m/opportunity/find?view=all&q.amount=many")
    assert where_of(bad.location) == ""
    assert "is not a number" in text_of(admin.get(bad.location))


def test_the_builder_writes_what_it_shows(admin: Visitor, deals: list[int]) -> None:
    builder = admin.htmx("/m/opportunity/conditions?view=open&add=1")
    assert builder.text.count("data-row") == 2
    rows = re.findall(r'name="row" value="(\w+)"', builder.text)
    changed = admin.htmx(f"/m/opportunity/conditions/row?row={rows[1]}&c.{rows[1]}.field=close_date&c.{rows[1]}.op=is")
    assert "in the last … days" in changed.text
    number = admin.htmx(
        f"/m/opportunity/conditions/row?row={rows[1]}&c.{rows[1]}.field=close_date&c.{rows[1]}.op=last_n_days&c.{rows[1]}.value=7"
    )
    assert 'type="number"' in number.text
    a, b = rows
    query = (
        f"view=open&match=any&row={a}&c.{a}.field=stage&c.{a}.op=any_of&c.{a}.value=won&c.{a}.value=lost"
        f"&row={b}&c.{b}.field=amount&c.{b}.op=between&c.{b}.value=1,000&c.{b}.value=2000"
    )
    applied = admin.get(f"/m/opportunity/filter?{query}")
    assert where_of(applied.location) == "stage in ('won', 'lost') or 1000 <= amount <= 2000"
    assert names(admin.get(applied.location).text) == ["Deal 01", "Deal 02", "Done"]
    page = admin.get("/m/opportunity/conditions?view=open")
    assert "<html" in page.text


def test_an_empty_list_names_the_condition_that_costs_most(admin: Visitor, deals: list[int]) -> None:
    page = admin.get("/m/opportunity?view=all&where=amount > 20000 and contains(next_step, 'pilot')")
    text = text_of(page)
    assert "No opportunity matches" in text
    assert "Without “Next step contains “pilot”” there would be 5." in text
    first = admin.get("/m/lead")
    assert "No leads yet" in text_of(first)
    assert "New lead" in text_of(first)


def test_totals_come_on_their_own(admin: Visitor, deals: list[int]) -> None:
    assert 'hx-get="/m/opportunity/totals?view=open" hx-trigger="load"' in admin.get("/m/opportunity").text
    totals = text_of(admin.htmx("/m/opportunity/totals?view=open"))
    assert totals == "Total 25 records $325,000"
    with_cents = "/m/opportunity/totals?view=open&cents=amount"  # as the column shows them
    assert text_of(admin.htmx(with_cents)) == "Total 25 records $325,000.00"


def test_a_list_is_exported_as_it_is_shown(admin: Visitor, deals: list[int], save: Save) -> None:
    save("opportunity", name="=1+1", amount=1)
    whole = admin.get("/m/opportunity/export.csv?view=all&sort=-amount&columns=name,amount").get_data()
    assert whole.startswith(b"\xef\xbb\xbf")
    lines = whole.decode("utf-8-sig").splitlines()
    assert lines[:2] == ["Opportunity name,Amount", "Deal 25,25000.0000"] or lines[1].startswith("Deal 25,25000")
    assert "'=1+1" in lines[-1]
    chosen = admin.get(f"/m/opportunity/export.csv?id={deals[0]}&id={deals[1]}&columns=name").get_data()
    assert sorted(chosen.decode("utf-8-sig").splitlines()[1:]) == ["Deal 01", "Deal 02"]


def test_in_chinese_labels_dates_and_words_are_chinese(
    site: Site, actor: Actor, admin: Visitor, deals: list[int]
) -> None:
    site.accounts.update_user(actor.user_id or 0, language="zh_CN")
    page = admin.get("/m/opportunity")
    text = text_of(page)
    assert '<html lang="zh-CN"' in page.text
    assert "阶段 不属于 赢单、丢单" in text
    assert "2020-01-01" in text
    assert "第 1–25 条，共 25 条" in text
    assert "New opportunity" not in text


def test_rows_are_put_together_by_a_field(admin: Visitor, deals: list[int], save: Save) -> None:
    save("opportunity", name="Alone", amount=500)
    page = admin.get("/m/opportunity?view=all&group=stage&columns=name,amount&where=amount > 6")
    groups = re.findall(r'<span class="fs-pill[^>]*>([^<]+)</span> <span class="fs-count">(\d+)</span>', page.text)
    assert groups == [("Prospecting", "26"), ("Won", "1")]
    assert "<b>$325,500</b>" in page.text
    assert "2 groups" in text_of(page)
    assert "Edited" in text_of(page)
    for field, label, count in (("organization", "Acme", 13), ("organization", "Empty", 2), ("owner", "admin", 27)):
        page = admin.get(f"/m/opportunity?view=all&group={field}&where=amount > 6")
        head = next(part for part in page.text.split("<tbody")[1:] if label in part.partition("</tr>")[0])
        url = re.search(r'hx-get="([^"]+)"', head)
        assert url is not None
        rows = admin.htmx(url[1].replace("&amp;", "&"))
        assert len(names(rows.text)) == count
    assert "Deal 03" in text_of(admin.htmx(f"/m/opportunity/{deals[2]}/preview"))
    assert admin.get("/m/opportunity?view=all&group=amount").text.count("<tbody") == 1


def test_a_count_that_takes_longer_than_the_page_comes_after_it(
    site: Site, app: Flask, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in ((narrow, "SMALL", 0), (narrow, "FEW", 0), (sampled_count, "SAMPLE", 9)):
        monkeypatch.setattr(module, name, value)
    rep = site.accounts.add_user("rep", "Rep", roles=["sales_rep"], password="a long password")
    changes = [
        RecordChange(module="opportunity", values={"name": f"Deal {n}", "amount": n, "owner": rep, "stage": "won"})
        for n in range(130)
    ]
    site.records.save(actor, [*changes, RecordChange(module="opportunity", values={"name": "Hers", "amount": 200})])
    visitor = Visitor(app)
    visitor.log_in("rep")
    page = visitor.get("/m/opportunity?view=all&where=amount < 120&limit=20")
    late = re.search(r'id="list-range" hx-get="([^"]+)" hx-trigger="load"', page.text)
    assert late is not None
    assert "1–20 of 20+" in text_of(page)
    assert "Count exactly" in text_of(page)
    counted = visitor.htmx(html.unescape(late[1]))
    assert "1–20 of 120" in text_of(counted)
    assert "Count exactly" not in counted.text
    assert re.search(r'id="list-count" hx-swap-oob="true">120<', counted.text)
    assert re.search(r'id="list-whole" hx-swap-oob="true" data-whole="Select all 120"', counted.text)
    exact = visitor.get("/m/opportunity?view=all&where=amount < 120&limit=20&count=exact")
    assert "1–20 of 120" in text_of(exact)
    assert "hx-trigger" not in re.search(r'id="list-range"[^>]*>', exact.text)[0]  # type: ignore[index]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_one_follows_or_has_starred_is_a_filter(new_site: Callable[[str], Site], database: str) -> None:
    site = new_site(database)
    boss = site.accounts.operator()
    admin = Visitor(create_app(site))
    admin.log_in()
    rep = site.accounts.actor(site.accounts.add_user("rep", "Rep", roles=["sales_manager"]))
    choices = {"following": Choice(app=False, mail=False)}
    site.activity.choices.save(boss.user_id or 0, choices)

    def save(module: str, **values: object) -> int:
        return site.records.save(boss, [RecordChange(module=module, values=values)]).records[0].id

    acme, umbrella = save("organization", name="Acme"), save("organization", name="Umbrella")
    deals = [
        save("opportunity", name=f"Deal {n}", amount=n, close_date="2031-01-01", organization=(acme, umbrella)[n % 2])
        for n in range(6)
    ]
    for each in deals[1:4]:
        site.activity.follows.follow(boss, "opportunity", each)
    site.activity.follows.follow(boss, "organization", acme)
    site.activity.follows.follow(boss, "opportunity", deals[1], follows=False)
    site.favourites.star(boss, "opportunity", record=deals[3])
    site.favourites.star(boss, "opportunity", view="all")
    listed = admin.get("/m/opportunity?view=all")
    quick = dict(re.findall(r'is-quick[^"]*" href="([^"]+)">.*?</i>(\w+)<', listed.text))
    following = html.unescape(next(url for url, label in quick.items() if label == "Following"))
    found = admin.get(following)
    assert sorted(re.findall(r">(Deal \d)</a>", found.text)) == ["Deal 2", "Deal 3"]
    assert "Record is followed by me" in text_of(found)
    assert "Following</a>" not in found.text.partition("fs-chips")[2].partition("</div>")[0]
    # It goes with other conditions, with the search row, with counts, files and views.
    both = admin.get(following.replace("followed%28id%29", "followed%28id%29+and+amount+%3E+2"))
    assert re.findall(r">(Deal \d)</a>", both.text) == ["Deal 3"]
    searched = admin.get(following.replace("/m/opportunity?", "/m/opportunity/find?q.name=3&"))
    assert "followed%28id%29" in searched.location
    named = admin.get("/m/opportunity/find?view=all&q.organization.name=Umbr").location
    assert sorted(re.findall(r">(Deal \d)</a>", admin.get(named).text)) == ["Deal 1", "Deal 3", "Deal 5"]
    assert 'name="q.organization.name" aria-label="Organization"' in admin.get(named).text
    for where, names in (
        ("starred(id)", ["Deal 3"]),
        ("not followed(id) and amount < 3", ["Deal 0", "Deal 1"]),
        ("followed(organization)", ["Deal 0", "Deal 2", "Deal 4"]),
        ("followed(organization.id) and starred(id) or amount == 5", ["Deal 5"]),
        ("followed(owner)", []),
    ):
        page = site.records.query(boss, "opportunity", Query(where=where, fields=("name",), sort=("name",), limit=50))
        assert [record.values["name"] for record in page.records] == names, where
        assert site.records.count(boss, "opportunity", where).value == len(names), where
    assert not site.records.count(rep, "opportunity", "starred(id) or followed(id)").value
    first = site.records.query(
        boss, "opportunity", Query(where="followed(id)", fields=("name",), sort=("-name",), limit=1)
    )
    more = Query(where="followed(id)", fields=("name",), sort=("-name",), limit=1, cursor=first.next_cursor)
    assert [each.values["name"] for each in site.records.query(boss, "opportunity", more).records] == ["Deal 2"]
    admin.post(
        "/m/opportunity/views/new", {"view": "all", "where": "followed(id)", "label": "Mine", "audience": "private"}
    )
    kept = admin.get("/m/opportunity").text
    url = html.unescape(re.search(r'href="(/m/opportunity\?view=\d+[^"]*)"[^>]*>[^M]*Mine', kept)[1])  # type: ignore[index]
    assert sorted(re.findall(r">(Deal \d)</a>", admin.get(url).text)) == ["Deal 2", "Deal 3"]
    with pytest.raises(ExpressionError):
        site.records.count(boss, "task", "followed(related_to)")
