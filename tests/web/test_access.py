"""Pages for somebody from whom fields are hidden and records are out of reach."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldstone.runtime.site import Site
from web.secrets_of_office import FORMS, WORD, Office
from web.visitor import Visitor, text_of

PAGES = (
    "/", "/m/opportunity", "/m/opportunity?view=all", "/m/opportunity?view=mine", "/m/opportunity/totals?view=all",
    "/m/opportunity/count?view=all",
    "/m/opportunity?columns=name,amount,next_step", "/m/opportunity?sort=-amount", "/m/organization",
    "/m/opportunity/conditions", "/m/opportunity/{mine}", "/m/opportunity/{mine}/edit", "/m/opportunity/new",
    "/m/opportunity/new?copy={mine}", "/m/opportunity/new?amount=77", "/m/opportunity/{mine}/history",
    "/m/organization/{acme}", "/m/organization/{acme}/related/opportunities", "/m/opportunity/recycle-bin",
    "/m/opportunity/export.csv?view=all", "/search?q=Mine", "/suggest/opportunity?q=",
    "/m/opportunity/{mine}/field/name",
)  # fmt: skip
FOREIGN = (
    "/m/opportunity/{foreign}", "/m/opportunity/{foreign}/edit", "/m/opportunity/{foreign}/history",
    "/m/opportunity/{mine}/field/amount", "/m/opportunity/{mine}/field/close_date",
    "/m/opportunity/new?copy={foreign}",
)  # fmt: skip


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site)


@pytest.fixture
def clerk(app: Flask, office: Office) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in("clerk")
    return visitor


def test_no_page_shows_what_is_hidden_or_out_of_reach(office: Office, clerk: Visitor) -> None:
    for page in (*PAGES, *FOREIGN):
        url = page.format(mine=office.mine, foreign=office.foreign, acme=office.acme)
        answer = clerk.get(url, follow_redirects=True)
        assert answer.status_code in ((403, 404) if page in FOREIGN else (200,)), (url, answer.status_code)
        for secret in FORMS:
            assert secret not in answer.text, (url, secret)


def test_a_form_leaves_hidden_fields_out_and_shows_fixed_ones_as_text(office: Office, clerk: Visitor) -> None:
    page = clerk.get(f"/m/opportunity/{office.mine}/edit").text
    assert 'name="f.amount"' not in page
    assert 'name="f.next_step"' not in page
    assert 'name="f.close_date"' not in page
    assert "Expected close date" in page
    assert 'name="f.name"' in page
    shown = text_of(clerk.get(f"/m/opportunity/{office.mine}"))
    assert "Amount" not in shown
    assert "Next step" not in shown
    assert "Expected close date" in shown


def test_what_is_smuggled_into_a_form_is_not_taken(office: Office, clerk: Visitor) -> None:
    before = office.state()
    clerk.get(f"/m/opportunity/{office.mine}/edit")
    sent = {"f.name": "Mine", "f.amount": "1", "f.next_step": "x", "f.close_date": "2027-01-01", "version": "3"}
    assert clerk.post(f"/m/opportunity/{office.mine}/edit", sent).status_code == 303
    assert clerk.post(f"/m/opportunity/{office.mine}/field/amount", {"f.amount": "1"}).status_code == 404
    assert clerk.post(f"/m/opportunity/{office.foreign}/edit", {"f.name": "x"}).status_code == 404
    assert clerk.post(f"/m/opportunity/{office.foreign}/stage", {"value": "won"}).status_code == 404
    assert office.state() == before


def test_conditions_on_hidden_fields_are_refused_in_words(office: Office, clerk: Visitor) -> None:
    for where in ("amount > 5", f"next_step == '{WORD}'", "forecast > 1"):
        answer = clerk.get("/m/opportunity", query_string={"view": "all", "where": where})
        assert answer.status_code == 403
        assert "may not read the field" in text_of(answer)
        assert f"/m/opportunity/{office.mine}" not in answer.text
    builder = clerk.get("/m/opportunity/conditions").text
    assert 'value="amount"' not in builder
    assert 'value="name"' in builder


def test_a_record_that_may_only_be_seen_offers_no_editing(site: Site, office: Office, clerk: Visitor) -> None:
    site.records.share(office.admin, "opportunity", office.foreign, principal=office.clerk)
    page = clerk.get(f"/m/opportunity/{office.foreign}").text
    assert f"/m/opportunity/{office.foreign}/edit" not in page
    assert f"/m/opportunity/{office.mine}/edit" in clerk.get(f"/m/opportunity/{office.mine}").text
    site.records.share(office.admin, "opportunity", office.foreign, principal=office.clerk, access="edit")
    assert f"/m/opportunity/{office.foreign}/edit" in clerk.get(f"/m/opportunity/{office.foreign}").text
