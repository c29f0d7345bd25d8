"""Drafts in a real browser: two administrators whose changes meet, and a draft that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import ARTEFACTS
from browser.watched import Watched
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]

REP = "/setup/roles/of/sales_rep"
OPPORTUNITY = "modules/opportunity.yaml"


def _call_reps(page: Page, label: str) -> None:
    page.goto(REP)
    page.get_by_label("Label", exact=True).fill(label)
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("button", name="1 change in your draft")).to_be_visible()


def test_two_administrators_change_the_same(open_page: Open, site: Site) -> None:
    site.accounts.add_user("ben", "Ben", password="another long password", is_admin=True)
    ann = open_page(REP)
    page = ann.page
    _call_reps(page, "Field force")
    page.wait_for_load_state()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="0 changes in your draft")).to_be_visible()
    expect(page.get_by_label("Label", exact=True)).to_have_value("Sales representative")
    page.wait_for_load_state()
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_label("Label", exact=True)).to_have_value("Field force")

    other = open_page("/login", log_in=False).page
    other.get_by_label("E-mail or user name").fill("ben")
    other.get_by_label("Password", exact=True).fill("another long password")
    other.get_by_role("button", name="Log in").click()
    other.wait_for_url("**/")
    _call_reps(other, "Reps")
    other.get_by_role("link", name="Review and publish").first.click()
    other.get_by_role("button", name="Publish").click()
    expect(other.get_by_text("Published as revision 2")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Ben has published revision 2 meanwhile.")).to_be_visible()
    page.get_by_role("link", name="1 to decide").click()
    ann.check_accessibility()
    page.screenshot(path=ARTEFACTS / "setup-clashes.png")
    page.get_by_role("button", name="Keep mine").click()
    page.get_by_label("What changes, and why").fill("We say field force")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published as revision 3")).to_be_visible()
    assert site.models.refresh().model.roles["sales_rep"].label == "Field force"


def test_a_draft_is_looked_at_before_it_is_published(open_page: Open, site: Site) -> None:
    def edit(layers: Sequence[Layer]) -> Layer:
        whole = read_effective(layers, OPPORTUNITY)
        reason = {"type": "text", "label": "Why so big", "required_when": "amount > 5000"}
        formula = {"type": "formula", "result": "decimal", "expression": "amount * 2", "label": "Doubled"}
        return patch_document(
            layers, OPPORTUNITY, {**whole, "fields": {**whole["fields"], "reason": reason, "doubled": formula}}
        )

    site.drafts.edit(site.accounts.operator().user_id or 0, "Big deals", edit)
    watched = open_page("/setup/")
    page = watched.page
    page.get_by_role("link", name="Preview").click()
    page.get_by_label("Begin with").select_option("/m/opportunity")
    page.get_by_role("button", name="Look at it").click()
    bar = page.get_by_text("You are looking at your draft. Nothing is saved.")
    expect(bar).to_be_visible()
    page.goto("/m/opportunity/8")
    expect(page.get_by_text("Doubled")).to_be_visible()
    expect(page.get_by_text("16,000", exact=False).first).to_be_visible()
    watched.check_accessibility()
    page.screenshot(path=ARTEFACTS / "preview-record.png")
    page.goto("/m/opportunity/8/edit")
    page.wait_for_load_state()
    page.get_by_label("Amount").first.fill("9000")
    page.get_by_label("Amount").first.blur()
    expect(page.get_by_label("Why so big")).to_have_attribute("required", "")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("You are looking at your draft, where nothing is saved.")).to_be_visible()
    assert all("403" in fault for fault in watched.faults)
    watched.faults.clear()
    page.goto("/m/opportunity/8")
    page.get_by_role("button", name="Leave the preview").click()
    expect(page.get_by_role("heading", name="Setup")).to_be_visible()
    expect(bar).to_be_hidden()
    assert site.models.refresh().version == 1
