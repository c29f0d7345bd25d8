"""One whole day of somebody who sells, in each language: nothing that was done is lost, and nothing is left in another
language."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.dragging import drag
from browser.tongue import Tongue
from browser.watched import Watched
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]


class Day:
    """What is done in the course of it; each part begins where the one before has ended, or anywhere."""

    def __init__(self, watched: Watched, tongue: Tongue, site: Site) -> None:
        self.watched, self.page, self.tongue, self.site = watched, watched.page, tongue, site
        self.main = self.page.locator("#main")
        self.dialog = self.page.get_by_role("dialog")

    def button(self, message: str, **variables: object) -> None:
        self.page.get_by_role("button", name=self.tongue.say(message, **variables), exact=True).first.click()

    def said(self, text: str | re.Pattern[str]) -> None:
        """A toast tells it."""
        expect(self.page.get_by_role("status").last).to_contain_text(text)

    def check(self) -> None:
        self.watched.settle()
        self.tongue.check(self.page)

    def field(self, name: str) -> str:
        return f"[name='f.{name}']"

    def log_in(self, chinese: bool) -> None:
        if chinese:
            with pytest.raises(AssertionError, match="not translated"):
                self.check()
            self.button("简体中文")
        self.check()
        self.page.locator("#username").fill("admin")
        self.page.locator("#password").fill("a long password")
        self.button("Log in")
        expect(self.main).to_contain_text("Call Priya")  # the tasks of today, the late ones first
        self.check()

    def create(self) -> None:
        """A contact by the plus of the bar, without leaving the page."""
        self.watched.press("c")
        self.page.locator("#create-menu a[href='/m/contact/new']").click()
        self.dialog.locator(self.field("name.last_name")).fill("Okafor")
        self.dialog.locator(self.field("email")).fill("okafor@northwind.example")
        self.check()
        self.dialog.get_by_role("button", name=self.tongue.say("Save"), exact=True).click()
        expect(self.dialog).to_be_hidden()
        assert self.site.records.count(self.site.accounts.operator(), "contact", "email != ''").value == 1

    def filter(self) -> None:
        self.page.goto("/m/opportunity?view=all")
        self.watched.press("f")
        row = self.dialog.locator(".fs-cond").last
        for part, value in (("field", "amount"), ("op", "at_least")):
            row.locator(f"[name$='.{part}']").select_option(value)
            self.watched.settle()
        row.locator("[name$='.value']").fill("25000")
        self.check()
        self.button("Apply")
        expect(self.page.locator("tbody tr")).to_have_count(6)
        self.check()

    def export(self) -> None:
        """What the list shows, as a file."""
        self.page.locator("[popovertarget=list-menu]").click()
        self.page.locator("#list-menu a[hx-get*='export']").click()
        self.dialog.locator("[name=format][value=csv]").check()
        self.check()
        with self.page.expect_download() as taken:
            self.dialog.locator("button.btn-primary").click()
        text = Path(taken.value.path()).read_text("utf-8-sig")
        assert text.count("Deal") == 6
        assert "Deal 25" in text

    def move(self) -> None:
        """A card by the mouse, another by the keys."""
        self.page.goto("/m/opportunity?as=kanban")
        drag(self.page, self.page.locator("#card-1"), self.page.locator("#lane-qualification"))
        expect(self.page.locator("#lane-qualification #card-1")).to_be_visible()
        self.page.locator("#card-2").focus()
        self.watched.press("Space", "ArrowRight", "Enter")
        expect(self.page.locator("#lane-qualification #card-2")).to_be_visible()
        expect(self.page.locator("#lane-qualification .fs-count")).to_have_text("2")
        self.check()

    def differ(self, other: Page) -> None:
        """Two people edit one record; who comes second decides."""
        for page, amount in ((self.page, "5"), (other, "7")):
            page.goto("/m/opportunity/3/edit")
            page.locator(self.field("amount")).fill(amount)
        other.locator("button[data-key='Control+s']").first.click()
        expect(other.locator("#v-amount")).to_contain_text("7")
        self.watched.press("Control+s")
        expect(self.page.get_by_role("alert")).to_contain_text("Ben Nevis")
        self.check()
        self.page.locator("[value=mine]").check()
        self.watched.press("Control+s")
        expect(self.page.locator("#v-amount")).to_contain_text("5.00")
        self.check()

    def talk(self, other: Watched) -> None:
        self.watched.press("m")
        text = self.page.locator("textarea[name=text]").first
        expect(text).to_be_focused()
        self.watched.write("Mine stays, @be", text)
        expect(self.page.get_by_role("option", name="Ben Nevis")).to_be_visible()
        self.watched.press("Enter")
        self.watched.press("Control+Enter")
        expect(self.page.locator(".fs-event .fs-mention")).to_have_text("@Ben Nevis")
        other.page.goto("/notifications")
        expect(other.page.locator("#main")).to_contain_text("Mine stays")
        other.settle()
        self.tongue.check(other.page)

    def bring_in(self, file: Path) -> None:
        """Two organizations from a file, one of which is there already under another name."""
        file.write_text("name,phone,website\nNorth Wind,+47 22 00 00 00,https://northwind.example\nKestrel,,\n")
        self.page.goto("/m/organization/import")
        self.page.locator("input[type=file]").set_input_files(file)
        self.page.locator("form.fs-file button").click()
        self.check()
        self.button("Check the file")
        expect(self.main).to_contain_text(self.tongue.say("Every row can be imported."))
        self.check()
        self.button("Start the import")
        expect(self.main.get_by_role("button", name=self.tongue.say("Undo the whole import"))).to_be_visible()
        self.check()

    def merge(self) -> None:
        self.page.goto("/m/organization/merge?id=1&id=3")
        expect(self.page.get_by_role("radio", name="North Wind").first).to_be_attached()
        self.check()
        self.watched.press("Control+s")
        self.page.wait_for_url(re.compile(r"/m/organization/1$"))
        expect(self.main).to_contain_text("+47 22 00 00 00")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Northwind")
        self.check()

    def throw_away(self) -> None:
        """A record goes to the bin and comes back."""
        self.page.goto("/m/organization/4")
        self.page.locator("[popovertarget=record-menu]").click()
        self.page.locator("#record-menu a[href*='/delete']").click()
        self.check()
        self.dialog.locator(".btn-danger").click()
        self.page.wait_for_url(re.compile(r"/m/organization(\?.*)?$"))
        expect(self.page.locator("tbody")).not_to_contain_text("Kestrel")
        self.check()
        self.page.goto("/m/organization/recycle-bin")
        self.page.locator("tbody tr", has_text="Kestrel").get_by_role("checkbox").check()
        self.check()
        self.page.locator("[data-bulk] [formaction$='/restore']").click()
        self.check()
        self.dialog.locator(".btn-primary").click()
        expect(self.main).not_to_contain_text("Kestrel")
        self.page.goto("/m/organization?view=all")
        expect(self.page.locator("tbody")).to_contain_text("Kestrel")


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_day(open_page: Open, site: Site, tmp_path: Path, language: str) -> None:
    ben = site.accounts.add_user("ben", "Ben Nevis", roles=("sales_manager",), password="a long password")
    for user in (ben, site.accounts.operator().user_id or 0):
        site.accounts.update_user(user, language=language)
    other = open_page("/notifications", user="ben")
    day = Day(open_page("/login", log_in=False), Tongue(site.models.current.model, language), site)
    day.log_in(chinese=language != "en")
    day.create()
    day.filter()
    day.export()
    day.move()
    day.differ(other.page)
    day.talk(other)
    day.bring_in(tmp_path / "new.csv")
    day.merge()
    day.throw_away()
