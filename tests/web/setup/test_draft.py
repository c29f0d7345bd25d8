"""Drafts in the browser: steps taken back and done again, two administrators, what records forbid, upgrades."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site
from fieldstone.storage.conflicts import list_open, store_conflicts
from web.setup.conftest import PASSWORD
from web.setup.test_roles import REP, edit, filled, publish, said
from web.visitor import Visitor, text_of

OPPORTUNITY = "modules/opportunity.yaml"


def _field(name: str, **values: Any) -> Callable[[Sequence[Layer]], Layer]:
    """An edit of a field of opportunities; with no values it goes."""

    def change(layers: Sequence[Layer]) -> Layer:
        whole = read_effective(layers, OPPORTUNITY)
        fields = {key: value for key, value in whole["fields"].items() if key != name or values}
        if values:
            fields[name] = {**fields.get(name, {}), **values}
        return patch_document(layers, OPPORTUNITY, {**whole, "fields": fields})

    return change


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def test_two_administrators_and_their_steps(site: Site, app: Flask, admin: Visitor) -> None:
    assert "in your draft" not in text_of(admin.get("/setup/"))
    assert "Your draft is empty" in text_of(admin.get("/setup/draft/"))
    edit(admin, REP, label="Field force")
    added = edit(admin, "/setup/roles/add", label="Trainee", name="trainee")
    assert added.location == "/setup/roles/of/trainee", text_of(added)
    page = admin.get("/setup/roles/of/trainee")
    for words in ("2 changes in your draft", "New: Trainee", "Sales representative: rights", "Review and publish"):
        assert words in text_of(page), words

    # Undone and done again; a page that is there no more leads to the one above it.
    undone = admin.post("/setup/draft/undo", {"back": "/setup/roles/of/trainee"}, follow_redirects=True)
    assert undone.request.path == "/setup/roles/"
    assert "1 change in your draft" in text_of(undone)
    assert "Trainee" not in undone.text.partition("</section>")[2]
    assert admin.get("/setup/roles/of/trainee").status_code == 404
    assert admin.post("/setup/draft/redo", {"back": "//elsewhere"}).location == "/setup/draft/"
    assert admin.get("/setup/roles/of/trainee").status_code == 200
    assert said(site) is None

    # Somebody else publishes another label for the same role: told once, then decided, then published.
    site.accounts.add_user("ben", "Ben", password=PASSWORD, is_admin=True)
    ben = Visitor(app)
    ben.log_in("ben", PASSWORD)
    home = text_of(ben.get("/setup/"))
    assert "in your draft" not in home
    assert "Drafts of others: admin (" in home
    edit(ben, REP, label="Reps", right__product__edit="own")
    publish(ben, ben.get("/setup/draft/"))
    assert "in your draft" not in text_of(ben.get("/setup/"))
    news = f"Ben has published revision {site.models.current.version} meanwhile."
    told = text_of(admin.get("/setup/"))
    assert news in told
    assert "1 to decide" in told
    assert news not in text_of(admin.get("/setup/"))
    review = admin.get("/setup/draft/")
    assert "Somebody else has published another value for 1 thing that you changed too." in text_of(review)
    version = site.models.current.version
    publish(admin, review)
    assert site.models.current.version == version
    assert "it is not decided whose counts" in text_of(admin.get("/setup/draft/"))
    clashes = text_of(admin.get("/setup/draft/clashes"))
    for words in ("Field force › label", "Before Sales representative", "Published by somebody else Reps",
                  "In your draft Field force"):  # fmt: skip
        assert words in clashes, words
    key = "roles.sales_rep.label"
    assert admin.post("/setup/draft/clashes/decide", {"key": key, "whose": "both"}).status_code == 400
    admin.post("/setup/draft/clashes/decide", {"key": "roles.viewer.label", "whose": "mine"})
    assert "Nothing is to be decided at roles.viewer.label." in text_of(admin.get("/setup/"))
    assert admin.post("/setup/draft/clashes/decide", {"key": key, "whose": "theirs"}).location == "/setup/draft/"
    publish(admin, admin.get("/setup/draft/"))
    roles = site.models.current.model.roles
    assert roles["sales_rep"].label == "Reps"
    assert roles["sales_rep"].grants.rights_on("product")["edit"] == "own"
    assert "trainee" in roles
    assert site.drafts.all() == []

    # History: what each changed, and the way back.
    revision = text_of(admin.get(f"/setup/revisions/{version + 1}"))
    assert "What it changed Add the role Trainee trainee" in revision
    assert "trainee:" in revision
    assert "label: Trainee" in revision
    edit(admin, REP, label="X")
    edit(admin, REP, label="Reps")
    assert "Your draft says what is published already" in text_of(admin.get("/setup/draft/"))
    admin.post("/setup/draft/publish")
    assert site.models.current.version == version + 1
    admin.post("/setup/draft/discard", {"back": REP})
    assert "in your draft" not in text_of(admin.get(REP))
    assert site.drafts.all() == []


def test_what_records_and_upgrades_forbid_or_ask(site: Site, admin: Visitor, save: Callable[..., int]) -> None:
    user = site.accounts.operator().user_id or 0
    deal = save("opportunity", name="Harbour", stage="prospecting", next_step="call")
    site.drafts.edit(user, "Amount is needed", _field("amount", required=True))
    site.drafts.edit(user, "No next step", _field("next_step"))
    review = admin.get("/setup/draft/")
    for words in ("1 record would break it", "1 value goes out of sight", "Amount", "modules/opportunity.yaml"):
        assert words in text_of(review), words
    assert f'href="/m/opportunity/{deal}"' in review.text
    assert 'href="/setup/modules/opportunity/fields/amount"' in review.text
    with zipfile.ZipFile(io.BytesIO(admin.get("/setup/draft/yaml").data)) as folder:
        assert folder.namelist() == [OPPORTUNITY]
        assert folder.read(OPPORTUNITY).decode() == site.drafts.get(user).site.documents[OPPORTUNITY]
    version = site.models.current.version
    publish(admin, review, allow="1")
    assert site.models.current.version == version
    assert "Records would break the new definition" in text_of(admin.get("/setup/draft/"))
    save("opportunity", record_id=deal, amount="5")
    publish(admin, admin.get("/setup/draft/"))
    assert "This would lose data" in text_of(admin.get("/setup/draft/"))
    publish(admin, admin.get("/setup/draft/"), allow="1", message="Amounts first")
    assert site.models.current.version == version + 1
    assert "next_step" not in site.models.current.model.modules["opportunity"].fields
    assert site.publishing.revisions(limit=1)[0].message == "Amounts first"

    # Every value says where it comes from, and can go back to that.
    key = "modules.opportunity.fields.amount.required"
    origin = admin.get(f"/setup/origin/?path={key}&back=/setup/roles/")
    for words in ("Opportunity: Amount › required", "This site counts yes modules/opportunity.yaml:"):
        assert words in text_of(origin), words
    shown = admin.htmx(f"/setup/origin/?path={key}")
    assert 'id="dialog-title"' in shown.text
    assert "<html" not in shown.text
    assert admin.post("/setup/origin/reset", {"path": key, "back": "/setup/roles/"}).location == "/setup/roles/"
    publish(admin, admin.get("/setup/draft/"))
    assert not site.models.current.model.modules["opportunity"].fields["amount"].required
    reset = text_of(admin.get(f"/setup/origin/?path={key}"))
    assert "By itself counts no" in reset
    assert "Take away" not in reset
    assert admin.get("/setup/origin/?path=modules.opportunity.fields.nothing.label").status_code == 404
    assert "Name of the application: From Standard" in admin.get("/setup/company/").text
    edit(admin, "/setup/company/", name="Acme")
    assert "Name of the application: Changed by this site. Standard: Fieldstone" in admin.get("/setup/company/").text
    assert "Standard Fieldstone" in text_of(admin.get("/setup/origin/?path=app.name"))
    admin.post("/setup/origin/reset", {"path": "app.name"})
    assert "Name of the application: From Standard" in admin.get("/setup/company/").text
    admin.post("/setup/draft/discard")

    # A conflict of an upgrade: decided as a step, closed when it is published; or at once, when the site's stays.
    site.drafts.edit(user, "Labels", _field("amount", label="Worth"))
    publish(admin, admin.get("/setup/draft/"))
    found = [
        Conflict(key=f"modules.opportunity.fields.{name}.label", file=OPPORTUNITY, base_then=None, base_now="Value",
                 site="Worth")
        for name in ("amount", "probability")
    ]  # fmt: skip
    site.database.transact(lambda conn: store_conflicts(conn, found, version))

    def waiting() -> dict[str, int]:
        with site.database.read() as conn:
            return {each.conflict.key.split(".")[3]: each.id for each in list_open(conn)}

    ids = waiting()
    asked = text_of(admin.get("/setup/conflicts/"))
    assert "Opportunity: Worth › label" in asked
    assert "The new version Value" in asked
    assert "Upgrade conflicts 2" in text_of(admin.get("/setup/"))
    decide = "/setup/conflicts/decide"
    assert admin.post(decide, {"id": str(ids["amount"]), "choice": "both"}).status_code == 404
    admin.post(decide, {"id": str(ids["probability"]), "choice": "ours"})
    admin.post(decide, {"id": str(ids["amount"]), "choice": "theirs"})
    assert waiting() == {"amount": ids["amount"]}
    assert "In your draft: as the new version has it" in text_of(admin.get("/setup/conflicts/"))
    plan = admin.get("/setup/draft/")
    assert filled(plan)["message"] == "Opportunity: Worth › label: as the new version has it"
    publish(admin, plan)
    assert waiting() == {}
    assert site.models.current.model.modules["opportunity"].fields["amount"].label == "Amount"
    actions = [entry.action for entry in site.accounts.list_audit(limit=9)]
    assert actions.count("conflict.decided") == 2
