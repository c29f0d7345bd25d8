"""Cards and events that go elsewhere: by mouse, by keys, and when somebody else was quicker."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.dragging import drag
from browser.watched import Watched
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]


def test_cards_are_moved_by_mouse_and_keys_and_go_back_when_refused(open_page: Open, site: Site) -> None:
    actor = site.accounts.operator()
    site.records.save(actor, [RecordChange(module="opportunity", id=2, values={"amount": None})])
    watched = open_page("/m/opportunity?as=kanban")
    page = watched.page
    first, second = page.locator("#card-1"), page.locator("#card-2")
    lane = {key: page.locator(f"#lane-{key}") for key in ("prospecting", "qualification", "engaging", "won")}
    watched.check_accessibility()
    drag(page, first, lane["qualification"], drop=False)
    expect(page.locator(".fs-kard.is-dragging")).to_be_visible()
    watched.press("Escape")
    page.mouse.up()
    expect(lane["prospecting"].locator("#card-1")).to_be_visible()
    drag(page, first, lane["qualification"])
    expect(page.get_by_role("status")).to_contain_text("Stage is now Qualification")
    expect(lane["qualification"].locator("#card-1")).to_be_visible()
    expect(lane["qualification"].locator(".fs-count")).to_have_text("1")
    expect(lane["prospecting"].locator(".fs-count")).to_have_text("29")
    watched.press("Control+z")
    expect(lane["prospecting"].locator("#card-1")).to_be_visible()
    expect(lane["prospecting"].locator(".fs-count")).to_have_text("30")
    # Somebody else moves it meanwhile: it stands where they put it.
    site.records.save(actor, [RecordChange(module="opportunity", id=1, values={"stage": "proposal"})])
    first.focus()
    watched.press("Space", "ArrowRight", "ArrowRight", "Enter")
    expect(page.locator("#lane-proposal #card-1")).to_be_visible()
    expect(page.locator(".fs-toast .fs-late")).to_be_visible()
    expect(first).to_be_focused()
    # What the stage asks for is asked for, and the card waits in its place until then.
    second.focus()
    watched.press("m")
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
    # Beside a list the page of a record: keys, a value edited and a stage moved stay there.
    page.get_by_role("link", name="Split view").click()
    heading = page.locator(".fs-split-page h1")
    expect(heading).to_have_text("Deal 01")
    watched.press("j")
    expect(heading).to_have_text("Deal 02")
    expect(page).to_have_url(re.compile(r"as=split&open=2$"))
    page.get_by_role("button", name="Engaging").click()
    expect(page.locator(".fs-step.is-now")).to_have_text("Engaging")
    page.locator("#edit-amount").click()
    page.locator("#i-amount").fill("77")
    watched.press("Enter")
    expect(page.locator(".fs-split-page .fs-keys")).to_contain_text("$77.00")
    expect(page.locator(".fs-split-row[aria-current]")).to_contain_text("$77")
    expect(page.locator(".fs-split-row")).to_have_count(30)


def test_events_are_moved_and_made_longer_by_mouse_and_keys(open_page: Open, site: Site) -> None:
    actor = site.accounts.operator()
    values = {"subject": "Demo", "starts_at": "2031-03-12 09:00", "ends_at": "2031-03-12 10:30"}
    (event,) = site.records.save(actor, [RecordChange(module="event", values=values)]).records

    def times() -> tuple[str, str]:
        found = site.records.get(actor, "event", event.id, fields=("starts_at", "ends_at")).values
        return f"{found['starts_at']:%d %H:%M}", f"{found['ends_at']:%d %H:%M}"

    watched = open_page("/calendar?span=week&on=2031-03-12")
    page = watched.page
    entry = page.locator(f"#e-event-{event.id}")
    watched.check_accessibility()
    start, friday = entry.bounding_box(), page.locator("[data-column][data-day='2031-03-14']").bounding_box()
    assert start is not None
    assert friday is not None
    page.mouse.move(start["x"] + 40, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(friday["x"] + 40, start["y"] + 6 + 24, steps=4)
    expect(page.locator(".fs-when")).to_have_text(re.compile(r"^Fri,? 14 Mar 09:30$"))
    page.mouse.up()
    expect(page.get_by_role("status")).to_contain_text("Demo was moved")
    assert times() == ("14 09:30", "14 11:00")
    expect(entry).to_be_focused()
    watched.press("Space", "ArrowLeft", "ArrowUp", "Enter")
    expect(entry).to_contain_text("09:15–10:45")
    watched.press("Space", "Shift+ArrowDown", "Shift+ArrowDown", "Enter")
    expect(entry).to_contain_text("09:15–11:15")
    assert times() == ("13 09:15", "13 11:15")
    watched.press("Control+z")
    expect(entry).to_contain_text("09:15–10:45")
    page.get_by_role("link", name="Month").click()
    entry.focus()
    watched.press("Space", "ArrowDown", "ArrowRight", "Enter")
    expect(page.get_by_role("status")).to_contain_text("Demo was moved")
    assert times() == ("21 09:15", "21 10:45")
    page.locator(".fs-cal-day[data-day='2031-03-05']").click(position={"x": 60, "y": 70})
    expect(page.get_by_role("dialog").get_by_label("Starts")).to_have_value("2031-03-05T09:00")


def test_one_of_a_series_is_moved_alone_and_what_follows_deleted(open_page: Open, site: Site) -> None:
    watched = open_page("/m/event/new?starts_at=2031-03-03T09:00&ends_at=2031-03-03T10:00&subject=Stand-up")
    page = watched.page
    repeat = page.locator("#f-repeat")
    expect(page.get_by_label("Thursday")).to_be_hidden()
    repeat.select_option("WEEKLY")
    page.get_by_label("Thursday").check()
    page.get_by_label("Monday").check()
    watched.check_accessibility()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("Every week on Monday and Thursday")
    (event,) = site.records.query(site.accounts.operator(), "event", Query(where="subject == 'Stand-up'")).records
    page.goto("/calendar?span=week&on=2031-03-10")
    key = f"#e-event-{event.id}"
    thursday = page.locator(f"{key}-20310313")
    expect(page.locator("[data-on]")).to_have_count(2)
    # Put on Friday by keys: which of them are meant is asked.
    thursday.focus()
    watched.press("Space", "ArrowRight", "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It repeats")
    dialog.get_by_role("button", name="Only this one").click()
    expect(page.get_by_role("status")).to_contain_text("Stand-up was moved")
    expect(dialog).to_be_hidden()
    expect(thursday).to_have_count(0)
    friday = page.locator("[data-column][data-day='2031-03-14'] .fs-cal-entry")
    expect(friday).to_contain_text("Stand-up")
    page.get_by_role("button", name="Undo").click()
    expect(friday).to_have_count(0)
    # By mouse, the whole: a drag that ends does not open what was dragged.
    start, tuesday = (
        page.locator(f"{key}-20310310").bounding_box(),
        page.locator("[data-column][data-day='2031-03-11']"),
    )
    box = tuesday.bounding_box()
    assert start is not None
    assert box is not None
    page.mouse.move(start["x"] + 40, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, start["y"] + 6, steps=4)
    page.mouse.up()
    dialog.get_by_role("button", name="The whole series").click()
    expect(page.locator(f"{key}-20310311")).to_contain_text("09:00–10:00")
    expect(page.locator(f"{key}-20310314")).to_be_visible()
    # What follows is deleted from the dialog of one of them.
    page.locator(f"{key}-20310314").click()
    expect(dialog).to_contain_text("Every week on Tuesday and Friday")
    dialog.locator("form", has_text="Delete").get_by_role("button", name="This and following").click()
    expect(page.locator("[data-on]")).to_have_count(1)
    page.get_by_role("link", name="Later").click()
    expect(page.locator("[data-on]")).to_have_count(0)
