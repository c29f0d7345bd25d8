"""The page of a record and everything that is done from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

Save = Callable[..., int]


@pytest.fixture
def deal(save: Save) -> int:
    organization = save("organization", name="Northwind Clinics")
    values = {"amount": "184500", "stage": "proposal", "close_date": "2020-03-09", "tags": ["hardware"]}
    return save("opportunity", name="Ward tablets", organization=organization, **values)


def test_the_page_shows_head_path_blocks_lists_and_history(admin: Visitor, deal: int, save: Save) -> None:
    save("task", subject="Call Priya", related_to=RecordRef("opportunity", deal))
    page = admin.get(f"/m/opportunity/{deal}")
    text = text_of(page)
    assert page.status_code == 200
    assert '<span class="fs-no">OPP-00001</span>' in page.text
    assert '<a href="/m/organization/1">Northwind Clinics</a>' in page.text
    assert "9 Mar 2020 · " in text
    assert "days late" in text
    assert 'aria-current="step" title="Proposal"' in page.text
    assert "Won or lost 60 % likely" in text
    assert "Call Priya" in text
    assert "admin created this opportunity" in text
    assert '<abbr class="fs-fx" title="amount * probability / 100">ƒ</abbr>' in page.text
    assert 'id="v-loss_reason"' not in page.text
    assert f'href="/m/task/new?related_to=opportunity%3A{deal}' in page.text


def test_a_value_is_edited_where_it_stands(admin: Visitor, deal: int, site: Site, actor: Actor) -> None:
    url = f"/m/opportunity/{deal}/field/amount"
    editor = admin.htmx(url)
    assert 'name="f.amount"' in editor.text
    assert 'value="184500"' in editor.text
    version = site.records.get(actor, "opportunity", deal).version
    bad = admin.htmx(url, {"f.amount": "lots", "version": version})
    assert bad.status_code == 422
    assert "“lots” is not a number." in text_of(bad)
    assert 'value="lots"' in bad.text
    good = admin.htmx(url, {"f.amount": "200,000", "version": version})
    assert good.status_code == 200
    assert good.headers["HX-Retarget"] == "#main"
    assert json.loads(good.headers["HX-Trigger-After-Settle"]) == {"fs-focus": {"value": "#edit-amount"}}
    assert "$200,000.00" in good.text
    assert "changed Amount from $184,500.00 to $200,000.00" in text_of(good)
    stale = admin.htmx(url, {"f.amount": "1", "version": version})
    assert stale.status_code == 409
    assert "admin changed this meanwhile. Theirs $200,000.00 Mine 1" in text_of(stale)
    again = dict(re.findall(r'<input type="hidden" name="(version)" value="(\d+)"', stale.text))
    assert int(again["version"]) == version + 1
    kept = admin.htmx(url, {"f.amount": "1", "version": version, "keep.amount": "theirs"})
    assert (kept.status_code, "$200,000.00" in kept.text) == (200, True)
    used = admin.htmx(url, {"f.amount": "1", **again, "keep.amount": "mine"})
    assert (used.status_code, "$1.00" in used.text) == (200, True)
    given_up = admin.htmx(f"{url}/value")
    assert given_up.text.startswith('<dd class="can-edit" id="v-amount">')
    assert admin.htmx(f"/m/opportunity/{deal}/field/forecast").status_code == 404


def test_another_value_may_change_meanwhile(admin: Visitor, deal: int, site: Site, actor: Actor, save: Save) -> None:
    version = site.records.get(actor, "opportunity", deal).version
    save("opportunity", deal, next_step="Call")
    saved = admin.htmx(f"/m/opportunity/{deal}/field/amount", {"f.amount": "5", "version": version})
    assert saved.status_code == 200
    record = site.records.get(actor, "opportunity", deal)
    assert (record.values["next_step"], int(record.values["amount"])) == ("Call", 5)


@pytest.mark.parametrize(
    ("field", "sent", "shown"),
    [
        ("name", {"f.name": "Ward tablets, phase 2"}, "Ward tablets, phase 2"),
        ("stage", {"f.stage": "negotiation"}, "Negotiation"),
        ("tags", {"f.tags": ["a, b", "c"]}, "a b c"),
        ("close_date", {"f.close_date": "2031-12-24"}, "24 Dec 2031"),
        ("organization", {"f.organization": "1", "t.organization": "whatever"}, "Northwind Clinics"),
        ("organization", {"f.organization": "", "t.organization": ""}, "Not set"),
        ("owner", {"f.owner": "1", "t.owner": "admin"}, "admin"),
        ("description", {"f.description": "one\ntwo"}, "one two"),
    ],
)
def test_every_kind_of_value_can_be_edited_there(
    admin: Visitor, deal: int, field: str, sent: dict[str, str], shown: str
) -> None:
    url = f"/m/opportunity/{deal}/field/{field}"
    assert f'id="i-{field}"' in admin.htmx(url).text
    saved = admin.htmx(url, {**sent, "version": 1})
    assert saved.status_code == 200, text_of(saved)
    assert shown in text_of(admin.htmx(f"{url}/value"))


def test_the_stage_moves_along_the_path_or_says_what_is_missing(admin: Visitor, save: Save) -> None:
    deal = save("opportunity", name="Empty")
    moved = admin.post(f"/m/opportunity/{deal}/stage", {"value": "negotiation", "version": 1})
    assert moved.location == f"/m/opportunity/{deal}"
    assert "Stage is now Negotiation" in text_of(admin.get(moved.location))
    refused = admin.post(f"/m/opportunity/{deal}/stage", {"value": "won"})
    assert refused.location.startswith(f"/m/opportunity/{deal}/edit")
    form = admin.get(refused.location)
    assert "A won opportunity needs an amount" in text_of(form)
    assert '<option value="won" selected>' in form.text


def test_a_comment_stands_in_the_activity(admin: Visitor, deal: int) -> None:
    admin.get(f"/m/opportunity/{deal}")
    written = admin.post(f"/m/opportunity/{deal}/comments", {"text": "Looks <b>good</b>"})
    page = admin.get(written.location)
    assert "admin commented" in text_of(page)
    assert "Looks &lt;b&gt;good&lt;/b&gt;" in page.text


def test_records_are_linked_and_unlinked(admin: Visitor, deal: int, save: Save) -> None:
    contact = save("contact", name={"first_name": "Priya", "last_name": "Raman"})
    base = f"/m/opportunity/{deal}/related/contacts"
    assert 'data-combo="/suggest/contact"' in admin.htmx(f"{base}/link").text
    assert "<html" in admin.get(f"{base}/link").text
    admin.post(f"{base}/link", {"other": contact, "t.other": "Priya"})
    page = admin.get(f"/m/opportunity/{deal}")
    assert f'<a href="/m/contact/{contact}">Priya Raman</a>' in page.text
    assert "admin linked Priya Raman" in text_of(page)
    assert "Priya Raman" in admin.get(base).text
    admin.post(f"{base}/unlink", {"other": contact})
    assert f'<td class="is-title"><a href="/m/contact/{contact}">' not in admin.get(f"/m/opportunity/{deal}").text


def test_deleting_asks_says_so_and_can_be_undone(admin: Visitor, deal: int) -> None:
    asked = admin.get(f"/m/opportunity/delete?id={deal}")
    assert "“Ward tablets” moves to the recycle bin" in text_of(asked)
    assert "btn-danger" in asked.text
    deleted = admin.post("/m/opportunity/delete", {"id": deal, "back": "/m/opportunity?view=all"})
    listed = admin.get(deleted.location)
    assert "1 opportunity moved to the recycle bin Undo" in text_of(listed)
    assert admin.get(f"/m/opportunity/{deal}").status_code == 404
    assert "Ward tablets" in admin.get("/m/opportunity/recycle-bin").text
    restored = admin.post("/m/opportunity/restore", {"id": deal})
    assert restored.location == f"/m/opportunity/{deal}"
    assert "1 opportunity restored" in text_of(admin.get(restored.location))


def test_what_others_need_is_not_deleted(admin: Visitor, deal: int) -> None:
    admin.get("/m/organization")
    refused = admin.post("/m/organization/delete", {"id": 1})
    assert "cannot be deleted" in text_of(admin.get(refused.location))
    assert admin.get("/m/organization/1").status_code == 200


def test_the_history_pages_through_everything(admin: Visitor, deal: int, site: Site, actor: Actor) -> None:
    for amount in range(120):
        site.records.save(actor, [RecordChange(module="opportunity", id=deal, values={"amount": amount})])
    page = admin.get(f"/m/opportunity/{deal}/history")
    assert page.text.count('<li class="fs-event">') == 100
    older = page.text.split('href="?before=')[1].split('"')[0]
    oldest = admin.get(f"/m/opportunity/{deal}/history?before={older}")
    assert "created this opportunity" in text_of(oldest)
    assert oldest.text.count('<li class="fs-event">') == 21


def test_home_knows_my_tasks_and_what_i_looked_at(admin: Visitor, deal: int, save: Save) -> None:
    save("task", subject="Call Priya", due_date="2020-01-01", related_to=RecordRef("opportunity", deal))
    admin.get(f"/m/opportunity/{deal}")
    home = text_of(admin.get("/"))
    assert "Call Priya" in home
    assert "Recently viewed Ward tablets Opportunity" in home


def test_search_finds_records_of_all_modules(admin: Visitor, deal: int) -> None:
    typed = admin.get("/search/suggest?q=north")
    assert "<mark>North</mark>wind Clinics" in typed.text
    page = text_of(admin.get("/search?q=ward"))
    assert "Ward tablets" in page
    assert "Nothing found for “zzz”" in text_of(admin.get("/search?q=zzz"))


def test_suggestions_offer_records_people_and_a_new_one(admin: Visitor, deal: int) -> None:
    options = admin.get("/suggest/organization?q=north&for=f-organization")
    assert 'data-value="1" data-label="Northwind Clinics"' in options.text
    assert 'data-create="/m/organization/quick?typed=north&amp;for=f-organization"' in options.text
    assert 'data-label="admin"' in admin.get("/suggest/principal?q=adm").text
    assert admin.get("/suggest/nothing?q=a").status_code == 404
