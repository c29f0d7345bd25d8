"""Words and the navigation in a real browser, by keyboard: what is missing is pasted in, and modules change groups."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

PASTE = """(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_words_are_pasted_and_modules_change_groups(open_page: Callable[..., Watched], site: Site) -> None:
    watched = open_page("/setup/translations/zh_CN?missing=1")
    page = watched.page
    page.wait_for_load_state()
    fields = page.locator(".fs-words input.form-control")
    names = [fields.nth(place).get_attribute("name") for place in range(3)]
    fields.nth(0).focus()
    fields.nth(0).evaluate(PASTE, "评论\r\n 日程 \n备忘\n")
    expect(fields.nth(1)).to_have_value("日程")
    page.keyboard.press("Enter")
    expect(fields.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("录")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name="1 change in your draft")).to_be_visible()
    for name in names:
        expect(page.locator(f"[name='{name}']")).to_have_count(0)

    page.goto("/setup/navigation/")
    page.wait_for_load_state()
    group = page.get_by_label("Group of Contacts")
    group.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(group).to_have_value("marketing")
    expect(group).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("[data-group='marketing'] .fs-cut")).to_have_text(["Leads", "Contacts"])
    events = page.locator("li[data-member]", has_text="Events").locator(".fs-cut")
    events.hover()
    page.mouse.down()
    page.locator("li[data-member]", has_text="Products").locator(".fs-cut").hover()
    page.mouse.up()
    expect(page.get_by_label("Group of Events")).to_have_value("inventory")
    page.get_by_label("New group").fill("Service")
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("button", name="2 changes in your draft")).to_be_visible()
    page.get_by_role("link", name="Review and publish").first.click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published as revision 2")).to_be_visible()
    model = site.models.refresh().model
    assert [model.texts["zh_CN"][str(name)[2:]] for name in names] == ["评论", "日程", "录"]
    assert model.modules["contact"].group == "marketing"
    assert model.modules["event"].group == "inventory"
    assert "service" in model.app.groups
