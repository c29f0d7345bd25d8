"""The layout editor in a browser: a journey by keys alone, and one by the mouse, on a desk and on a tablet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.watched import Watched
from fieldstone.changes.site_patch import read_effective
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]
URL = "/setup/modules/opportunity/layout/"


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _item(page: Page, item: str) -> Locator:
    return page.locator(f'#canvas [data-item="{item}"]')


def _page(site: Site) -> dict[str, Any]:
    """What the draft says of the record page."""
    layers = site.drafts.layers(site.drafts.current(1))
    return dict(read_effective(layers, "layouts/opportunity.yaml")["record"])


def test_a_layout_is_changed_by_keys_alone(open_page: Open, site: Site) -> None:
    watched = open_page(URL)
    page = watched.page
    page.wait_for_load_state()
    watched.check_accessibility()
    # move: up into the block above, put back, then dropped there
    amount, said = _item(page, "field:amount"), page.locator("#editor-said")
    amount.focus()
    _press(page, "Space", "ArrowUp")
    expect(page.locator("#card-block-deal .fs-drop")).to_be_visible()
    expect(said).to_have_text("Deal, place 9")
    _press(page, "Escape")
    expect(said).to_have_text("Amount put back")
    _press(page, "Space", "ArrowUp", "ArrowUp", "Enter")
    expect(page.locator('#card-block-deal [data-item="field:amount"]')).to_be_focused()
    expect(page.get_by_text("Draft, 1 change")).to_be_visible()
    # hide it; the focus goes on to the next one
    _press(page, "Delete")
    expect(page.locator('#palette-hidden [data-item="field:amount"]')).to_be_visible()
    expect(page.locator("#canvas :focus")).to_have_count(1)
    # a new field from the palette, behind what had the focus last
    page.locator('[data-item="type:lookup"]').focus()
    _press(page, "Space", "ArrowDown", "Enter")
    expect(page.get_by_label("Label")).to_be_focused()
    page.keyboard.type("Approved by")
    _press(page, "Enter")
    field = _item(page, "field:approved_by")
    expect(field).to_be_focused()
    expect(page.get_by_role("button", name="1 error")).to_be_visible()  # it does not say yet what it looks up
    expect(page.locator("#props .fs-diag")).to_contain_text("'to' is missing")
    # its properties: in, choose, and back to it
    _press(page, "Enter")
    expect(page.locator("#p-label")).to_be_focused()
    page.get_by_label("Looks up").select_option(["contact"])
    expect(page.get_by_text("No problems")).to_be_visible()
    _press(page, "Escape")
    expect(field).to_be_focused()
    # a block goes above another
    _item(page, "block:money").focus()
    _press(page, "Space", "ArrowUp", "Enter")
    expect(_item(page, "block:money")).to_be_focused()
    expect(page.locator("#canvas .fs-eblock h2").first).to_have_text("Money")
    said_now = _page(site)
    assert list(said_now["blocks"])[:2] == ["money", "deal"]
    # undone and done again, by the draft: the canvas is drawn anew
    _press(page, "Control+z")
    expect(page.locator("#canvas .fs-eblock h2").first).to_have_text("Deal")
    page.wait_for_load_state()
    _press(page, "Control+Shift+z")
    expect(page.locator("#canvas .fs-eblock h2").first).to_have_text("Money")
    assert any("approved_by" in block["fields"] for block in said_now["blocks"].values())
    assert said_now["hidden"] == ["amount"]


def test_fields_and_blocks_are_dragged(open_page: Open, site: Site) -> None:
    watched = open_page(URL)
    page = watched.page
    page.wait_for_load_state()

    def drag(item: str, to: Locator, *, drop: bool = True) -> None:
        watched.settle()
        start, end = page.locator(f'[data-item="{item}"]').bounding_box(), to.bounding_box()
        assert start is not None
        assert end is not None
        page.mouse.move(start["x"] + 12, start["y"] + 12)
        page.mouse.down()
        page.mouse.move(end["x"] + 20, end["y"] + 6, steps=4)
        if drop:
            page.mouse.up()

    drag("field:amount", _item(page, "field:stage"), drop=False)
    expect(page.locator(".is-dragging")).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".fs-drop")).to_have_count(0)
    drag("field:amount", _item(page, "field:stage"))
    expect(page.locator('#card-block-deal [data-item="field:amount"]')).to_be_focused()
    drag("block:origin", page.locator("#card-block-deal"))
    expect(page.locator("#canvas .fs-eblock h2").first).to_have_text("Origin")
    drag("field:source", page.get_by_role("complementary", name="Palette"))
    expect(page.locator('#palette-hidden [data-item="field:source"]')).to_be_visible()
    drag("type:checkbox", _item(page, "field:name"))
    page.get_by_label("Label").fill("Urgent")
    page.get_by_role("button", name="Add field").last.click()
    expect(page.locator("#props")).to_contain_text("urgent")
    expect(page.get_by_text("Draft, 4 changes")).to_be_visible()
    said = _page(site)
    assert next(iter(said["blocks"])) == "origin"
    assert said["blocks"]["deal"]["fields"][:4] == ["urgent", "name", "organization", "amount"]
    # on a tablet the palette is a sheet: a press puts a hidden field behind what was chosen
    page.set_viewport_size({"width": 820, "height": 1180})
    _item(page, "field:type").click()
    page.get_by_role("button", name="Add field").click()
    page.locator('#palette-hidden [data-item="field:source"]').click()
    expect(page.locator('#card-block-origin [data-item="field:source"]')).to_be_focused()
    assert _page(site)["blocks"]["origin"]["fields"][:2] == ["type", "source"]
