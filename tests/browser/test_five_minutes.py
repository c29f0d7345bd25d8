"""Five minutes, no code: a module with everything is made in Setup from nothing, published, and used by a seller."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Page, expect

from browser.dragging import drag
from browser.tongue import Tongue
from browser.watched import Watched
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Watched]

HOME = "/setup/modules/site_visit/"
VISIT = "/m/site_visit"
CHINESE = {"Customer": "客户公司", "Purpose": "目的", "Outcome": "结果", "Hours": "时数", "Cost": "费用"}
PURPOSES = {
    "sale": ("Sale", "blue", "销售"),
    "service": ("Service", "green", "服务"),
    "audit": ("Audit", "red", "审核"),
}
OFFERS = {"sale": ("sold",), "service": ("repaired", "passed"), "audit": ("passed",)}


class Setup:
    """What the administrator does, each part where the one before has ended."""

    def __init__(self, watched: Watched, tongue: Tongue, chinese: bool) -> None:
        self.watched, self.page, self.tongue, self.chinese = watched, watched.page, tongue, chinese
        self.main = self.page.locator("#main")

    def button(self, message: str) -> None:
        self.page.get_by_role("button", name=self.tongue.say(message), exact=True).first.click()

    def link(self, message: str) -> None:
        self.page.get_by_role("link", name=self.tongue.say(message), exact=True).first.click()

    def tab(self, message: str) -> None:
        self.page.locator(".fs-module-tabs").get_by_role("link", name=self.tongue.say(message), exact=True).click()

    def check(self) -> None:
        self.watched.settle()
        self.tongue.check(self.page)

    def named(self, label: str) -> str:
        """What a field is called on the pages."""
        return CHINESE[label] if self.chinese else label

    def fill(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            self.page.locator(f"[name='{name}']").last.fill(value)

    def make_module(self) -> None:
        self.link("Modules")
        self.check()
        self.link("New module")
        self.fill({"label": "Site visit", "plural": "Site visits", "icon": "geo-alt"})
        self.fill({"w.zh_CN.label": "现场拜访", "w.zh_CN.plural": "现场拜访"})
        self.page.locator("[name=group]").select_option("sales")
        self.check()
        self.button("Create module")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("现场拜访" if self.chinese else "Site visits")

    def make_field(self, kind: str, label: str, *, values: str = "", formula: str = "", to: str = "") -> None:
        self.link("New field")
        self.page.locator(f"a.fs-kind[href$='?type={kind}']").click()
        self.fill({"p.label": label, "w.zh_CN.label": CHINESE[label]})
        if values:
            self.fill({"p.values": values})
        if to:
            self.page.locator("[name='p.to']").last.select_option(to)
        if formula:
            self.page.locator("[name='p.result']").select_option("money")
            self.fill({"p.expression": formula})
        self.check()
        self.button("Add field")
        expect(self.page.locator("#fields").get_by_role("link", name=self.named(label), exact=True)).to_be_visible()

    def colour(self) -> None:
        """The values of a picklist get their colours and what they are called in Chinese; one is the default."""
        self.page.locator("#fields").get_by_role("link", name=self.named("Purpose"), exact=True).click()
        self.link("Values")
        for key, (_label, hue, chinese) in PURPOSES.items():
            self.page.locator(f"[name='colour.{key}']").select_option(hue)
            self.fill({f"words.zh_CN.{key}": chinese})
        self.check()
        self.button("Keep in the draft")
        expect(self.page.locator("[name='colour.audit']")).to_have_value("red")

    def depend(self) -> None:
        """What comes of a visit depends on what it was for."""
        self.tab("Fields")
        self.page.locator("#fields").get_by_role("link", name=self.named("Outcome"), exact=True).click()
        self.link("What it offers")
        self.page.locator("#source").select_option("purpose")
        self.button("Show")
        for purpose, outcomes in OFFERS.items():
            for outcome in ("sold", "repaired", "passed"):
                box = self.page.locator(f"[name='offers.{purpose}'][value={outcome}]")
                box.set_checked(outcome in outcomes)
        self.check()
        self.button("Keep in the draft")
        expect(self.page.locator("[name='offers.sale'][value=passed]")).not_to_be_checked()

    def rule(self) -> None:
        self.tab("Rules")
        self.link("New rule")
        self.fill({"if": "hours > 12", "message": "Nobody visits for so long", "words.zh_CN": "拜访时间太长"})
        self.page.locator("[name=field]").select_option("hours")
        self.check()
        self.button("Keep in the draft")
        expect(self.main).to_contain_text("Nobody visits for so long")

    def workflow(self) -> None:
        """Whoever makes an audit gets a task."""
        self.tab("Workflows")
        self.check()
        self.link("New workflow")
        self.fill({"label": "Ask for a report"})
        expect(self.page.locator("[name=module]")).to_have_value("site_visit")
        self.page.locator("[name=action]").select_option("create_task")
        self.check()
        self.button("Go on")
        self.fill({"if": "purpose == 'audit'", "s.0.subject": "Report on {{ record.name }}"})
        self.check()
        self.button("Keep in the draft")
        self.check()
        expect(self.page.locator("[name='s.0.subject']")).to_have_value("Report on {{ record.name }}")

    def arrange(self) -> None:
        """A block of its own for what comes of it, by keys; and what the list shows."""
        self.tab("Layout")
        self.check()
        page = self.page
        self.button("Add block")
        title = page.locator("#b-label")
        expect(title).to_be_visible()
        title.fill("Upshot")
        page.locator("#b-zh_CN").fill("成果")
        self.watched.press("Tab")
        expect(page.locator("#canvas .fs-eblock h2").last).to_have_text("成果" if self.chinese else "Upshot")
        cost = page.locator('#canvas [data-item="field:cost"]')
        drag(page, cost, page.locator("#canvas .fs-eblock").last)
        expect(page.locator("#canvas .fs-eblock").last.locator('[data-item="field:cost"]')).to_be_visible()
        self.check()
        page.goto(f"{HOME}layout/?part=list")
        for name in ("customer", "purpose", "cost"):
            page.locator(f'#palette-hidden [data-item="field:{name}"]').click()
            expect(page.locator(f'#canvas [data-item="field:{name}"]')).to_be_visible()
        self.check()

    def publish(self) -> None:
        self.link("Review and publish")
        self.check()
        expect(self.main).to_contain_text("site_visit")
        self.button("Publish")
        expect(self.page.get_by_role("status").last).to_contain_text("2")
        self.check()


class Seller:
    """Uses what was made: the rule and the dependency hold, the workflow acts."""

    def __init__(self, watched: Watched, tongue: Tongue) -> None:
        self.watched, self.page, self.tongue = watched, watched.page, tongue

    def fill_in(self, chinese: bool) -> None:
        page = self.page
        page.goto(VISIT)
        page.get_by_role("link", name=re.compile("现场拜访" if chinese else "[Ss]ite visit")).first.wait_for()
        page.goto(f"{VISIT}/new")
        page.locator("[name='f.name']").fill("Spring audit")
        company = page.locator("#f-customer")
        self.watched.write("North", company)
        expect(page.get_by_role("option", name="Northwind")).to_be_visible()
        self.watched.press("Enter")
        page.locator("[name='f.purpose']").select_option("audit")
        outcome = page.locator("[name='f.outcome']")
        expect(outcome.locator("option[value=sold]:not([hidden]):not([disabled])")).to_have_count(0)
        outcome.select_option("passed")
        page.locator("[name='f.hours']").fill("20")
        self.watched.press("Control+s")
        expect(page.locator("#main")).to_contain_text("拜访时间太长" if chinese else "Nobody visits for so long")
        page.locator("[name='f.hours']").fill("2.5")
        self.watched.press("Control+s")
        expect(page.locator("#main")).to_contain_text("$200.00")
        expect(page.locator("#main")).to_contain_text("Northwind")
        self.watched.settle()
        self.tongue.check(page)

    def look(self, chinese: bool) -> None:
        page = self.page
        page.goto(VISIT)
        row = page.locator("tbody tr")
        expect(row).to_have_count(1)
        for text in ("Spring audit", "Northwind", "审核" if chinese else "Audit", "$200"):
            expect(row).to_contain_text(text)
        page.goto(f"{VISIT}?as=kanban&by=purpose")
        card = page.locator("#card-1")
        expect(page.locator("#lane-audit #card-1")).to_be_visible()
        card.focus()
        self.watched.press("Space", "ArrowLeft", "Enter")
        expect(page.locator("#lane-service #card-1")).to_be_visible()
        self.watched.settle()
        self.tongue.check(page)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_five_minutes(open_page: Open, site: Site, language: str) -> None:
    ben = site.accounts.add_user("ben", "Ben Nevis", roles=("sales_rep",), password="a long password")
    operator = site.accounts.operator()
    site.records.save(operator, [RecordChange(module="organization", id=1, values={"owner": ben})])
    for user in (ben, operator.user_id or 0):
        site.accounts.update_user(user, language=language)
    tongue = Tongue(site.models.current.model, language)
    setup = Setup(open_page("/setup/"), tongue, language != "en")
    setup.make_module()
    setup.make_field("lookup", "Customer", to="organization")
    setup.make_field("picklist", "Purpose", values="Sale\nService\nAudit")
    setup.make_field("picklist", "Outcome", values="Sold\nRepaired\nPassed")
    setup.make_field("decimal", "Hours")
    setup.make_field("formula", "Cost", formula="hours * 80")
    setup.colour()
    setup.depend()
    setup.rule()
    setup.workflow()
    setup.arrange()
    setup.publish()
    seller = Seller(open_page("/", user="ben"), tongue)
    seller.fill_in(language != "en")
    seller.look(language != "en")
    _ask(seller.page, site)


def _ask(page: Page, site: Site) -> None:
    """The API knows the module at once, and holds to the same rule."""
    head = {"Authorization": f"Bearer {site.accounts.add_token('ben', label='test').secret}"}
    api = page.context.request
    (visit,) = api.get("/api/v1/m/site_visit", headers=head).json()["data"]
    assert (visit["name"], visit["purpose"], visit["cost"]) == ("Spring audit", "service", "200")
    refused = api.post("/api/v1/m/site_visit", headers=head, data={"name": "Long", "hours": "13"})
    assert (refused.status, refused.json()["errors"][0]["field"]) == (422, "hours")
    tasks = api.get("/api/v1/m/task?fields=subject", headers=head).json()["data"]
    assert "Report on Spring audit" in [task["subject"] for task in tasks]
