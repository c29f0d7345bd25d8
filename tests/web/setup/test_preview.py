"""The preview of a draft: every page in its model, nothing published, nothing saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site
from web.setup.conftest import PASSWORD
from web.visitor import Visitor, text_of

OPPORTUNITY = "modules/opportunity.yaml"
VISIT = {
    "module": "visit", "label": "Site visit", "plural": "Site visits", "name_field": "subject",
    "fields": {
        "subject": {"type": "text", "required": True, "label": "Subject"},
        "deal": {"type": "lookup", "to": "opportunity", "label": "Deal", "reverse": "visits"},
    },
    "relations": {"guests": {"kind": "many_to_many", "to": "contact", "label": "Guests"}},
}  # fmt: skip
FIELDS = {
    "rating": {"type": "integer", "label": "Rating"},
    "double": {"type": "formula", "result": "decimal", "expression": "amount * 2", "label": "Doubled"},
    "quadruple": {"type": "formula", "result": "decimal", "expression": "double * 2", "label": "Quadrupled"},
    "visit_count": {"type": "rollup", "relation": "visits", "function": "count", "label": "Visits"},
}


def _edited(layers: Sequence[Layer]) -> Layer:
    """New fields and formulas, one of another type, and one stored formula that says something else."""
    whole = read_effective(layers, OPPORTUNITY)
    fields = {**whole["fields"], **FIELDS}
    fields["next_step"] = {"type": "integer", "label": "Steps left"}
    fields["forecast"] = {**fields["forecast"], "expression": "amount * 3"}
    return patch_document(layers, OPPORTUNITY, {**whole, "fields": fields})


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def test_a_draft_is_looked_at(site: Site, app: Flask, admin: Visitor, save: Callable[..., int]) -> None:
    user = site.accounts.operator().user_id or 0
    owner = site.accounts.add_user("rep", "Rita Rep", roles=["sales_rep"], password=PASSWORD)
    save("opportunity", name="Harbour", stage="prospecting", amount="100", next_step="call", owner=owner)
    save("opportunity", name="Bridge", stage="prospecting", amount="30")
    before = site.models.current
    steps: dict[str, Callable[[Sequence[Layer]], Layer]] = {
        "Visits": lambda layers: patch_document(layers, "modules/visit.yaml", VISIT),
        "Deals": _edited,
        "Renamed": lambda layers: rename_in_site(layers, "field", "opportunity.close_date", "opportunity.due_on"),
    }
    for label, change in steps.items():
        site.drafts.edit(user, label, change)
    assert list(site.drafts.compile(site.drafts.get(user)).diagnostics.errors) == []
    assert "Site visits" in text_of(admin.get("/setup/preview/"))

    entered = admin.post("/setup/preview/enter", {"to": "/m/opportunity/1", "back": "/setup/roles/"})
    assert entered.location == "/m/opportunity/1"
    record = text_of(admin.get("/m/opportunity/1"))
    assert "You are looking at your draft. Nothing is saved." in record
    for words in ("Doubled 200", "Quadrupled 400", "Rating", "Steps left", "Visits 0"):
        assert words in record, words
    listed = text_of(admin.get("/m/opportunity?where=double > 100&columns=name,double,forecast,rating,due_on"))
    assert "Harbour 200 " in listed
    assert "300" in listed  # what the formula is to be, though 10 is stored
    assert "Bridge" not in listed
    by_rating = text_of(admin.get("/m/opportunity?sort=-rating&columns=name,rating&where=is_empty(rating)"))
    assert "Bridge" in by_rating
    exported = admin.get("/m/opportunity/export/file?format=csv&rows=all&columns=name,double&view=all&fields=all").text
    assert "Doubled" in exported
    assert "200" in exported
    assert "Rating" in text_of(admin.get("/m/opportunity/1/edit"))
    assert "Subject" in text_of(admin.get("/m/visit/new"))
    cards = "/m/opportunity/board/cards?view=all&lane=prospecting"
    for path in ("/m/visit", "/", "/search?q=harbour", cards, "/m/opportunity/1/activity", "/calendar", "/m/contact",
                 "/m/visit/1"):  # fmt: skip
        assert admin.get(path, follow_redirects=True).status_code == (404 if path.endswith("/1") else 200), path

    # Forms live, but nothing is saved, by whatever door; Setup is as it is.
    form = {"f.name": "Tower", "f.amount": "5"}
    assert admin.post("/m/opportunity/form-state", form).status_code == 200
    for path in ("/m/opportunity/new", "/m/opportunity/1/edit", "/m/visit/new", "/setup/draft/undo", "/account"):
        refused = admin.post(path, form)
        assert refused.status_code == 403, path
        assert "You are looking at your draft, where nothing is saved." in text_of(refused)
    assert admin.get("/setup/roles/").status_code == 200
    other = Visitor(app)
    other.log_in("rep", PASSWORD)
    assert "Doubled" not in other.get("/m/opportunity/1").text
    assert other.get("/m/visit").status_code == 404
    assert site.models.current is before
    assert len(site.drafts.get(user).counting) == 3

    assert admin.post("/setup/preview/leave").location == "/setup/roles/"
    assert "Doubled" not in admin.get("/m/opportunity/1").text

    # As somebody with a role: what that person would see, and no way into Setup.
    admin.post("/setup/preview/enter", {"to": "/", "role": "sales_rep"})
    page = text_of(admin.get("/m/opportunity"))
    assert "You are looking at your draft, as Sales representative." in page
    assert "Bridge" in page
    assert "Harbour" not in page
    assert 'href="/setup/"' not in admin.get("/m/opportunity").text
    assert admin.post("/setup/preview/leave").location == "/setup/"
    assert admin.post("/m/opportunity/new", {"f.name": "Tower", "f.stage": "prospecting"}).status_code == 303


def test_a_draft_with_problems_is_not_looked_at(new_site: Callable[[str], Site]) -> None:
    from fieldstone.web import create_app

    site = new_site("sqlite")
    user = site.accounts.operator().user_id or 0
    admin = Visitor(create_app(site))
    admin.log_in()

    def broken(layers: Sequence[Layer]) -> Layer:
        whole: dict[str, Any] = read_effective(layers, OPPORTUNITY)
        fields = {**whole["fields"], "odd": {"type": "formula", "result": "decimal", "expression": "amuont * 2"}}
        return patch_document(layers, OPPORTUNITY, {**whole, "fields": fields})

    site.drafts.edit(user, "Visits", lambda layers: patch_document(layers, "modules/visit.yaml", VISIT))
    site.drafts.edit(user, "Broken", broken)
    page = admin.get("/setup/preview/?to=/m/visit/1")  # editors go on with what was sound last
    assert "Site visits" in text_of(page)
    assert '<option value="/m/visit/1" selected>' in page.text
    assert admin.post("/setup/preview/enter", {"to": "/"}).location == "/setup/draft/"
    review = text_of(admin.get("/setup/draft/"))
    assert "The draft has problems" in review
    assert "amuont" in review
    assert "Publish" not in review.partition("This cannot be published yet")[2]
    assert "amuont" not in admin.get("/").text
