"""Cards and events that go elsewhere: by mouse, by keys, and when somebody else was quicker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.watched import Watched
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]


def _drag(page: Page, what: Locator, to: Locator, *, drop: bool = True) -> None:
    start, end = what.bounding_box(), to.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 30, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 60, steps=4)
    if drop:
        page.mouse.up()


def test_cards_are_moved_by_mouse_and_keys_and_go_back_when_refused(open_page: Open, site: Site) -> None:
    actor = site.accounts.operator()
    site.records.save(actor, [RecordChange(module="opportunity", id=2, values={"amount": None})])
    watched = open_page("/m/opportunity?as=kanban")
    page = watched.page
    first, second = page.locator("#card-1"), page.locator("#card-2")
    lane = {key: page.locator(f"#lane-{key}") for key in ("prospecting", "qualification", "engaging", "won")}
    watched.check_accessibility()
    _drag(page, first, lane["qualification"], drop=False)
    expect(page.locator(".fs-kard.is-dragging")).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(lane["prospecting"].locator("#card-1")).to_be_visible()
    _drag(page, first, lane["qualification"])
    expect(page.get_by_role("status")).to_contain_text("Stage is now Qualification")
    expect(lane["qualification"].locator("#card-1")).to_be_visible()
    expect(lane["qualification"].locator(".fs-count")).to_have_text("1")
    expect(lane["prospecting"].locator(".fs-count")).to_have_text("29")
    page.keyboard.press("Control+z")
    expect(lane["prospecting"].locator("#card-1")).to_be_visible()
    expect(lane["prospecting"].locator(".fs-count")).to_have_text("30")
    # Somebody else moves it meanwhile: it stands where they put it.
    site.records.save(actor, [RecordChange(module="opportunity", id=1, values={"stage": "proposal"})])
    first.focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#lane-proposal #card-1")).to_be_visible()
    expect(page.locator(".fs-toast .fs-late")).to_be_visible()
    expect(first).to_be_focused()
    # What the stage asks for is asked for, and the card waits in its place until then.
    second.focus()
    page.keyboard.press("m")
    page.get_by_role("button", name="Won", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("A won opportunity needs an amount")
    expect(lane["prospecting"].locator("#card-2")).to_be_attached()
    dialog.get_by_label("Amount").fill("1200")
    dialog.get_by_role("button", name="Save and move").click()
    expect(page.get_by_role("status")).to_contain_text("This list does not show it any more.")
    expect(second).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(lane["prospecting"].locator("#card-2")).to_be_visible()
    assert site.records.get(actor, "opportunity", 2, fields=("amount",)).values["amount"] is None
    # A column that is closed stays so.
    lane["engaging"].get_by_role("button", name="Close Engaging").click()
    expect(lane["engaging"].get_by_role("button", name="Open Engaging")).to_be_focused()
    page.reload()
    expect(lane["engaging"].get_by_role("button", name="Open Engaging")).to_be_visible()
