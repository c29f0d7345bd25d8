"""Tabs, folded blocks and other layouts for some records and people, on the page, the form and the short form."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from fieldstone.kernel.actors import Actor
from fieldstone.runtime.site import Site
from web.setup.conftest import PASSWORD
from web.test_forms import browser_sends
from web.test_publishing import publish
from web.visitor import Visitor, text_of

LAYOUT = """
module: opportunity
record:
  tabs: {main: {label: At a glance}, more: {label: The rest}, empty: {label: Nothing here}}
  blocks:
    money: {columns: 3, tab: more}
    origin: {tab: more, collapsed: true}
    description: {tab: more}
variants:
  tender:
    record_type: tender
    record:
      header: [stage]
      blocks: {bid: {label: The bid, fields: [name, stage, amount, record_type, owner]}}
      hidden: [organization, contact, product, probability, forecast, close_date, engage_date, type, source, next_step,
        loss_reason, external_id, description, tags]
    quick_create: [name, amount]
  rep: {role: sales_rep, quick_create: [name, source]}
"""


def test_records_are_shown_in_their_tabs_and_by_the_layout_of_their_type(
    site: Site, app: Flask, actor: Actor, admin: Visitor, save: Callable[..., int]
) -> None:
    publish(site, actor, layouts__opportunity=LAYOUT)
    deal = save("opportunity", name="Big deal", stage="prospecting", amount="500", description="Long story")
    page = admin.get(f"/m/opportunity/{deal}")
    text = text_of(page)
    assert "At a glance The rest" in text  # the empty one is left out
    assert "Overview" not in text
    assert "Long story" not in text
    assert 'id="related-tasks"' in page.text
    rest = admin.get(f"/m/opportunity/{deal}?tab=more")
    assert "Long story" in text_of(rest)
    assert 'class="fs-fields is-3"' in rest.text
    assert '<details class="fs-fold"><summary class="fs-block-head"><h2 id="b-origin">' in rest.text
    assert 'id="related-tasks"' not in rest.text
    edited = admin.htmx(f"/m/opportunity/{deal}/field/amount", {"f.amount": "600", "base": "{}"})
    assert 'id="edit-amount"' in edited.text  # the tab that the field stands in is drawn again
    form = admin.get(f"/m/opportunity/{deal}/edit").text
    rest_begins = form.index('<h2 class="fs-form-tab">The rest')
    assert form.index('<h2 class="fs-form-tab">At a glance') < form.index('id="block-deal"') < rest_begins
    assert rest_begins < form.index('id="block-money"')
    assert '<details class="fs-fold"><summary>Show these fields' in form

    tender = save("opportunity", name="Tender", stage="qualification", amount="1", record_type="tender")
    page = admin.get(f"/m/opportunity/{tender}")
    assert "The bid" in text_of(page)
    assert "Main contact" not in page.text
    assert "The bid" in text_of(admin.htmx(f"/m/opportunity/{tender}/preview"))
    form = admin.get(f"/m/opportunity/{tender}/edit").text
    assert 'name="f.contact"' not in form
    assert admin.post(f"/m/opportunity/{tender}/edit", browser_sends(form)).status_code == 303
    assert 'name="f.contact"' not in admin.get("/m/opportunity/new?record_type=tender").text
    short = admin.htmx("/m/opportunity/quick?record_type=tender").text
    assert 'name="f.close_date"' not in short
    assert 'name="f.close_date"' in admin.htmx("/m/opportunity/quick").text

    # choosing another type in the form draws it by the layout of that type, with what was typed
    form = admin.get("/m/opportunity/new").text
    assert 'id="cell-f-record_type" hx-post="/m/opportunity/form-state"' in form
    sent = browser_sends(form) | {"f.name": "Typed", "f.record_type": "tender"}
    anew = admin.htmx("/m/opportunity/form-state", sent)
    assert anew.headers["HX-Retarget"] == "#main"
    assert 'value="Typed"' in anew.text
    assert "The bid" in anew.text
    assert 'name="layout" value="tender"' in anew.text
    again = admin.htmx("/m/opportunity/form-state", browser_sends(anew.text) | {"f.record_type": "standard"})
    assert 'name="f.contact"' in again.text
    same = admin.htmx("/m/opportunity/form-state", browser_sends(again.text))
    assert "HX-Retarget" not in same.headers
    bad = admin.post("/m/opportunity/new", browser_sends(anew.text) | {"f.name": "", "f.stage": "", "f.amount": "x"})
    assert bad.status_code == 422
    assert "The bid" in bad.text

    site.accounts.add_user("rep", "Rita Rep", roles=["sales_rep"], password=PASSWORD)
    rep = Visitor(app)
    rep.log_in("rep", PASSWORD)
    assert 'name="f.source"' in rep.htmx("/m/opportunity/quick").text
    assert 'name="f.source"' not in admin.htmx("/m/opportunity/quick").text
