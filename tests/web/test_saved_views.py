"""Saved views, from the first press of Save to the day when what they name is gone; columns, tabs and stars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor, text_of

SITE = {
    "metadata/roles.yaml": """roles:
  rep: {label: Rep, modules: {"*": [view, edit]}}
  blind: {label: Blind, modules: {"*": [view]}, fields: {opportunity: {amount: hidden}}}
""",
    "modules/opportunity.yaml": "module: opportunity\nfields:\n  risk: {type: text, label: Risk}\n",
}
PASSWORD = "another long one"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[Flask]:
    url = new_database("postgresql") if request.param == "postgresql" else None
    site = Site.create(tmp_path / "site", admin="admin", password="a long password", database_url=url)
    publish(site, SITE)
    for name, role in (("rep", "rep"), ("blind", "blind")):
        site.accounts.add_user(name, name.title(), roles=[role], password=PASSWORD)
    deals = [{"name": f"Deal {n}", "amount": n * 1000, "risk": "high", "close_date": "2031-01-01"} for n in range(1, 5)]
    changes = [RecordChange(module="opportunity", values=values) for values in deals]
    site.records.save(site.accounts.operator(), changes)
    yield create_app(site)
    site.close()


def publish(site: Site, documents: dict[str, str]) -> None:
    plan = site.publishing.plan(Layer(name="site", documents=documents))
    site.publishing.publish(plan, site.accounts.operator(), allow_destructive=True)


def enter(app: Flask, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(name, "a long password" if name == "admin" else PASSWORD)
    return visitor


def tabs(visitor: Visitor, query: str = "") -> list[str]:
    page = visitor.get(f"/m/opportunity{query}").text
    return re.findall(r'<a class="fs-tab"[^>]*>(?:<i[^>]*></i>)?([^<]+)</a>', page)


def test_a_view_is_saved_shared_changed_and_breaks_with_a_reason(app: Flask) -> None:
    rep, admin, blind = enter(app, "rep"), enter(app, "admin"), enter(app, "blind")
    shown = {"view": "all", "where": "amount >= 2000 and risk == 'high'", "sort": "-amount", "columns": "name,amount"}
    form = rep.htmx("/m/opportunity/views/new?where=amount >= 2000")
    assert "Everybody who may see" not in form.text
    refused = rep.post("/m/opportunity/views/new", {**shown, "label": "Big", "audience": "public"})
    assert refused.status_code == 422
    assert "Only whoever may open Setup" in text_of(refused)
    made = rep.post(
        "/m/opportunity/views/new", {**shown, "label": " Big  ones ", "audience": "shared", "role": "blind"}
    )
    assert made.status_code == 303
    view = made.location.partition("view=")[2]
    page = rep.get(made.location)
    assert re.findall(r'is-title"><a [^>]*>([^<]*)', page.text) == ["Deal 4", "Deal 3", "Deal 2"]
    assert "Edited" not in text_of(page)
    assert "Big ones" in tabs(rep)
    assert "Big ones" not in tabs(admin)
    assert "not there any more" in text_of(admin.get(f"/m/opportunity?view={view}"))
    # Whoever it is shared with sees that it names a hidden field, and nothing of its records.
    hidden = blind.get(f"/m/opportunity?view={view}")
    assert hidden.status_code == 200
    assert "“Big ones” cannot be shown any more" in text_of(hidden)
    assert "amount" in text_of(hidden)
    assert "Deal" not in re.sub(r"<title>.*?</title>", "", hidden.text)
    assert blind.post(f"/m/opportunity/views/{view}/delete").status_code in (303, 403)
    assert "Big ones" in tabs(rep)
    # Its maker changes what it shows, whom it is shown to, and where it stands.
    edited = rep.get(f"/m/opportunity?view={view}&where=amount >= 4000 and risk == 'high'")
    assert "Edited" in text_of(edited)
    rep.post(f"/m/opportunity/views/{view}", {"view": view, "where": "amount >= 4000 and risk == 'high'"})
    assert "1–1 of 1" in text_of(rep.get(f"/m/opportunity?view={view}"))
    rep.post(f"/m/opportunity/views/{view}/edit", {"label": "Biggest", "audience": "private"})
    assert "Biggest" not in tabs(blind)
    order = re.findall(r'name="key" value="(\w+)"', rep.htmx("/m/opportunity/views/order").text)
    rep.post("/m/opportunity/views/order", {"key": [view, *(key for key in order if key != view)], "first": view})
    assert tabs(rep)[0] == "Biggest"
    assert 'aria-current="page"' in rep.get("/m/opportunity").text.partition("Biggest</a>")[0][-220:]
    # How it is shown is kept too, and is what it begins with.
    assert "Edited" in text_of(rep.get(f"/m/opportunity?view={view}&as=none&by=stage&open=2"))
    rep.post(f"/m/opportunity/views/{view}", {"view": view, "as": "none", "by": "stage", "open": "2"})
    assert f'href="/m/opportunity?view={view}&amp;as=none&amp;by=stage"' in rep.get("/m/opportunity?view=all").text
    assert "Edited" not in text_of(rep.get("/m/opportunity"))
    rep.post(f"/m/opportunity/views/{view}", {"view": view})
    # Widths, columns beyond a lookup, an order by several, a star.
    assert rep.post("/m/opportunity/views/widths", {"view": view, "widths": '{"name": 30, "x": 9}'}).status_code == 204
    assert "is-title cw-30" in rep.get("/m/opportunity").text
    dialog = rep.htmx(f"/m/opportunity/columns?view={view}")
    assert 'value="organization.industry"' in dialog.text
    applied = rep.get(
        f"/m/opportunity/columns/apply?view={view}&columns=amount&columns=name&columns=organization.industry"
        "&sort.0=name&sort.1=amount&down.1=1"
    )
    page = rep.get(applied.location)
    assert "Organization › Industry" in text_of(page)
    assert page.text.count("aria-sort=") == 2
    assert f"sort={'name%2C-amount'}" in applied.location
    rep.post("/m/opportunity/star", {"view": view})
    rep.post("/m/opportunity/star", {"record": 2})
    favourites = rep.get("/").text.partition("Favourites")[2].partition("</details>")[0]
    assert re.findall(r"<span>([^<]+)</span>", favourites) == ["Biggest", "Deal 2"]
    rep.post("/m/opportunity/star", {"record": 2, "off": "1"})
    assert "Deal 2" not in rep.get("/").text.partition("Favourites")[2].partition("</details>")[0]
    # A field that a filter names is taken away: the view says so, and can be mended.
    publish(app.extensions["fieldstone"], {"metadata/roles.yaml": SITE["metadata/roles.yaml"]})
    broken = rep.get(f"/m/opportunity?view={view}")
    assert broken.status_code == 200
    assert "“Biggest” cannot be shown any more" in text_of(broken)
    assert "risk" in text_of(broken)
    rep.post(f"/m/opportunity/views/{view}", {"view": view, "where": "amount >= 3000"})
    assert "1–2 of 2" in text_of(rep.get(f"/m/opportunity?view={view}"))
    public = admin.post("/m/opportunity/views/new", {**shown, "where": "", "label": "For all", "audience": "public"})
    assert public.status_code == 303
    assert "For all" in tabs(blind)
    rep.post(f"/m/opportunity/views/{view}/delete")
    assert "Biggest" not in tabs(rep)
    assert "Biggest" not in rep.get("/").text
