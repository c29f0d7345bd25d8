"""Picklists and relations shaped by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.watched import Watched
from fieldstone.changes.site_patch import read_effective
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser


def test_values_dependencies_and_relations_by_keyboard(open_page: Callable[..., Watched], site: Site) -> None:
    """Values are put in order and recoloured, what one field offers is ticked in a matrix, a relation is made."""
    watched = open_page("/setup/picklists/sales_stage")
    page = watched.page
    page.wait_for_load_state()
    page.get_by_label("Move Lost up").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowUp")
    colour = page.get_by_label("Colour of Lost")
    colour.focus()
    page.keyboard.type("Pink")
    expect(page.locator("li", has=colour).locator(".fs-swatch")).to_have_class("fs-swatch fs-pink")
    page.keyboard.press("Control+s")
    expect(page.locator("#toasts").get_by_text("Values of Sales stage")).to_be_visible()

    page.goto("/setup/modules/opportunity/fields/loss_reason/options/?source=stage")
    page.wait_for_load_state()
    page.get_by_label("Price with Prospecting", exact=True).focus()
    page.keyboard.press("ArrowUp")  # to all with Prospecting
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_label("All with Prospecting")).to_have_js_property("indeterminate", True)
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name="Depend on nothing").first).to_be_visible()

    # When a value is offered: as rows, and back as an expression; what rows cannot show is said.
    page.get_by_text("No budget", exact=True).last.press("Enter")
    condition = page.locator("details[open]", has=page.get_by_label("No budget may be chosen if"))
    condition.get_by_role("button", name="Rows").press("Enter")
    condition.get_by_label("Field").select_option("amount")
    watched.settle()  # the rows are drawn anew for the field
    condition.get_by_label("Value").fill("1000")
    expect(condition.get_by_text("amount == 1000")).to_be_visible()
    condition.get_by_role("button", name="Expression").press("Enter")
    text = page.get_by_label("No budget may be chosen if")
    expect(text).to_have_value("amount == 1000")
    text.fill("amount > forecast / 2")
    condition.get_by_role("button", name="Rows").press("Enter")
    expect(condition.get_by_text("Rows cannot show this.")).to_be_visible()
    text.fill("amount > 1000")
    condition.get_by_role("button", name="Rows").press("Enter")
    condition.get_by_label("Value").fill("2000")
    page.get_by_role("button", name="Keep in the draft").last.press("Enter")
    expect(page.locator("#toasts").get_by_text("when its values are offered")).to_be_visible()

    page.goto("/setup/modules/opportunity/relations/")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.get_by_label("How they belong together").focus()
    page.keyboard.type("Many to many")
    page.get_by_label("Other module", exact=True).focus()
    page.keyboard.type("Products")
    page.get_by_label("Label here").fill("Alternatives")
    page.get_by_label("Label there").fill("Considered in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Alternatives")).to_be_visible()

    layers = site.drafts.layers(site.drafts.current(1))
    values = read_effective(layers, "metadata/picklists/sales_stage.yaml")["values"]
    assert (list(values)[-3:], values["lost"]["colour"]) == (["lost", "negotiation", "won"], "pink")
    module = read_effective(layers, "modules/opportunity.yaml")
    assert module["fields"]["loss_reason"]["depends_on"]["options"] == {"prospecting": ["competitor"]}
    assert module["fields"]["loss_reason"]["options_when"] == {"no_budget": "amount > 2000"}
    assert module["relations"]["alternatives"] == {
        "kind": "many_to_many", "to": "product", "label": "Alternatives", "reverse": "considered_in",
        "reverse_label": "Considered in",
    }  # fmt: skip
