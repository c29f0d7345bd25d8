"""Every view of Setup in a real browser: light, dark, phone, Chinese; accessible, within the policy, no side scroll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.pictures import ARTEFACTS, DESK, PHONE, take_picture
from browser.watched import Watched
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]

FLOW = """
module: organization
workflows:
  greet:
    label: Greet them
    on: created
    if: name != ''
    do:
      - comment: {text: Hello}
      - email: {to: ["someone@example.com"], subject: Hello, body: Welcome}
"""
PROFILES = "profiles:\n  marketing:\n    label: Marketing\n    modules:\n      lead: {view: all, edit: own}\n"
SHARING = """
rules:
  big:
    label: Big deals to the managers of all the other regions
    module: opportunity
    from: {subtree: sales_manager}
    where: amount > 10000 and stage != 'lost'
    to: [{role: sales_rep}, {team: North}]
"""

PAGES = (
    "", "users/", "users/new/", "users/edit/?id={user}", "users/{user}/rights", "teams/", "teams/new/",
    "teams/edit/?id={team}", "teams/{team}/remove", "roles/", "roles/add", "roles/of/sales_rep",
    "roles/of/sales_rep/fields/opportunity", "roles/of/sales_rep/remove", "profiles/", "profiles/of/marketing",
    "modules/", "modules/contact/", "modules/contact/fields/", "modules/contact/fields/email", "modules/contact/rules/",
    "sharing/", "sharing/rules/add", "sharing/rules/big", "sessions/", "tokens/", "tokens/new/", "logins/", "audit/",
    "runs/", "runs/{run}", "jobs/", "jobs/{job}", "outbox/", "draft/", "revisions/", "revisions/1", "revisions/1/back",
    "navigation/", "translations/", "translations/zh_CN?missing=1", "documents/", "settings/", "health/",
)  # fmt: skip


@pytest.fixture
def pages(site: Site) -> list[str]:
    """Every view with something in it."""
    accounts = site.accounts
    actor = accounts.operator()
    anna = accounts.add_user("anna", "Anna Snelling", email="anna@example.com", roles=["sales_rep"])
    chen = accounts.add_user("chen", "陈小明", roles=["sales_manager"], password="a very long password")
    sales = accounts.add_team("Sales")
    north = accounts.add_team("North", sales)
    accounts.set_members(north, [anna, chen], [chen])
    accounts.add_token("anna", label="Web shop", scopes=["read", "module:lead"])
    documents = {"workflows/organization.yaml": FLOW, "metadata/roles.yaml": PROFILES, "metadata/sharing.yaml": SHARING}
    plan = site.publishing.plan(Layer(name="site", documents=documents))
    site.publishing.publish(plan, actor, message="A greeting, and what marketing may do")
    from fieldstone.records.changes import RecordChange

    site.records.save(actor, [RecordChange(module="organization", values={"name": "Acme"})])
    (job, *_rest) = site.jobs.list(kind="email.send")
    lead = "modules/lead.yaml"
    site.drafts.edit(
        actor.user_id or 0,
        "Leads become enquiries",
        lambda layers: patch_document(layers, lead, {**read_effective(layers, lead), "label": "Enquiry"}),
    )
    found = {"user": anna, "team": north, "job": job.id, "run": 1}
    return ["/setup/" + page.format(**found) for page in PAGES]


def test_views_are_accessible_and_fit_a_phone(open_page: Open, pages: list[str]) -> None:
    """At a desk each page is loaded once and judged in both themes; then once more by the finger on a phone. A theme
    changes nothing but colours, and the shell is the same on all pages."""
    watched = open_page("/")
    # Colours change at once then: none is judged on its way from one theme to the other.
    watched.page.emulate_media(reduced_motion="reduce")
    for path in pages:
        watched.page.goto(path)
        for theme in ("light", "dark"):
            watched.page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
            only = "color-contrast" if theme == "dark" and path != pages[0] else ""
            watched.check_accessibility(only=only)
            take_picture(watched.page, path, theme)
    watched.page.evaluate("document.querySelector('[popovertarget=user-menu]').click()")
    with watched.page.expect_response("**/account/look"):
        watched.page.get_by_role("button", name="Dark").click()
    watched.page.goto(pages[0])
    expect(watched.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    phone = open_page("/", phone=True)
    for path in pages:
        phone.page.goto(path)
        _check_width(phone, path)
        take_picture(phone.page, path, "phone-en")


def test_views_in_chinese(open_page: Open, site: Site, pages: list[str]) -> None:
    """Each page is loaded on a phone and widened to a desk."""
    site.accounts.update_user(site.accounts.find_user_id("admin") or 0, language="zh_CN")
    watched = open_page("/", phone=True)
    for path in pages:
        watched.page.set_viewport_size(PHONE)
        watched.page.goto(path)
        _check_width(watched, path)
        take_picture(watched.page, path, "phone-zh")
        watched.page.set_viewport_size(DESK)
        expect(watched.page.get_by_role("navigation", name="系统设置")).to_be_visible()
        take_picture(watched.page, path, "zh")


def _check_width(watched: Watched, path: str) -> None:
    for box in ("document.documentElement", "document.getElementById('main')"):
        wide = watched.page.evaluate(f"{box}.scrollWidth - {box}.clientWidth")
        assert wide <= 0, path


def test_a_right_is_changed_read_and_published(open_page: Open, site: Site, pages: list[str]) -> None:
    watched = open_page("/")
    page = watched.page
    page.get_by_role("link", name="Setup").first.click()
    page.get_by_role("link", name="Roles", exact=True).first.click()
    page.get_by_role("link", name="Sales representative").click()
    page.get_by_label("Products: Edit").select_option("own")
    page.get_by_role("button", name="Keep in the draft").click()
    page.get_by_role("link", name="Review and publish").first.click()
    expect(page.get_by_role("heading", name="Review and publish")).to_be_visible()
    watched.check_accessibility()
    page.screenshot(path=ARTEFACTS / "setup-plan.png")
    page.get_by_label("What changes, and why").fill("They name their products")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published as revision 3")).to_be_visible()
    assert site.models.refresh().model.roles["sales_rep"].grants.rights_on("product")["edit"] == "own"


def test_what_cannot_be_taken_back_is_asked_first(open_page: Open, site: Site, pages: list[str]) -> None:
    watched = open_page("/setup/tokens/")
    page = watched.page
    page.get_by_role("button", name="Revoke").first.click()
    dialog = page.get_by_role("dialog", name="Revoke")
    expect(dialog).to_be_visible()
    watched.check_accessibility()
    page.screenshot(path=ARTEFACTS / "setup-confirm.png")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert len(site.accounts.list_tokens()) == 1
    page.get_by_role("button", name="Revoke").first.click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("No API tokens")).to_be_visible()
    assert not site.accounts.list_tokens()
