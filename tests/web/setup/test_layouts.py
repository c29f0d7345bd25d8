"""The layout editor through its addresses: steps of the draft, what their answers draw, variants, and who may."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import TestResponse

from fieldstone.changes.site_patch import read_effective
from fieldstone.runtime.site import Site
from fieldstone.web.setup.layouts.editor import PARTS
from web.visitor import Visitor, text_of

URL = "/setup/modules/opportunity/layout/"


class Steps:
    """The editor as its page uses it: each request says the turn of the answer before it."""

    def __init__(self, visitor: Visitor, site: Site, part: str = "page", variant: str = "") -> None:
        self.visitor, self.site = visitor, site
        self.state = {"part": part, "variant": variant, "turn": _turn(visitor.get(f"{URL}?part={part}"))}

    def do(self, do: str, **values: Any) -> str:
        values = {key.replace("__", "."): value for key, value in values.items()}
        answer = self.visitor.htmx(f"{URL}do", {"do": do, **self.state, **values})
        assert answer.status_code == 200, answer.text
        self.state["turn"] = _turn(answer)
        return answer.text

    def says(self, path: str = "layouts/opportunity.yaml") -> dict[str, Any]:
        """What the documents say with the draft."""
        return read_effective(self.site.drafts.layers(self.site.drafts.current(1)), path)


def _turn(answer: TestResponse) -> str:
    found = re.search(r'name="turn" value="(\d+)"', answer.text)
    assert found, answer.text
    return found[1]


def _cards(answer: str) -> list[str]:
    return re.findall(r'<section class="fs-eblock[^"]*" id="card-([^"]+)"', answer)


def test_the_page_is_changed_step_by_step(site: Site, admin: Visitor) -> None:
    steps = Steps(admin, site)
    answer = steps.do("move", item="field:amount", zone="block:deal", position=1)
    assert _cards(answer) == ["block-deal", "block-money"]  # only what looks otherwise is drawn
    assert 'id="canvas"' not in answer
    blocks = steps.says()["record"]["blocks"]
    assert blocks["deal"]["fields"][:2] == ["name", "amount"]
    assert blocks["money"]["fields"] == ["probability", "forecast", "close_date"]

    answer = steps.do("hide", item="field:source")
    assert _cards(answer) == ["block-origin"]
    assert re.search(r'id="palette-hidden".*data-item="field:source"', answer)
    assert steps.says()["record"]["hidden"] == ["source"]
    steps.do("move", item="field:source", zone="block:money", position=9)
    assert steps.says()["record"]["hidden"] == []

    # a new field: asked for, put in its place, shown with its properties
    asked = admin.htmx(f"{URL}new?type=lookup&zone=block:deal&position=0")
    assert "New field: Lookup" in text_of(asked)
    assert 'name="p.to"' in asked.text
    answer = steps.do("new", type="lookup", zone="block:deal", position=0, label="批准人", p__to="contact")
    assert 'data-of="field:pi_zhun_ren"' in answer
    assert steps.says("modules/opportunity.yaml")["fields"]["pi_zhun_ren"] == {
        "type": "lookup", "label": "批准人", "to": "contact",
    }  # fmt: skip
    assert steps.says()["record"]["blocks"]["deal"]["fields"][0] == "pi_zhun_ren"

    answer = steps.do("new", type="date", zone="block:deal", position=0, label="Kick-off", name="started_on")
    assert 'data-of="field:started_on"' in answer

    # properties, with words in another language; what is wrong is told with what `check` says
    answer = steps.do("field", name="amount", p__required="1", p__required_when="ammount > 3", w__zh_CN__label="总额")
    assert "Closest" in answer or "amount" in answer
    assert "1 error" in answer
    assert 'is-bad"' in answer
    assert "总额" not in answer
    assert steps.says("metadata/translations/zh_CN.yaml")["modules"]["opportunity"]["fields"]["amount"] == "总额"
    shown = admin.htmx(f"{URL}panel?item=field:amount").text
    assert "ammount &gt; 3" in shown
    assert 'class="fs-diag is-error"' in shown
    answer = steps.do("field", name="amount", p__required="1", p__required_when="")
    assert "No problems" in answer
    assert 'name="p.type"' not in answer  # the panel stays, with what is typed in it
    answer = steps.do("field", name="next_step", p__type="checkbox")
    assert 'data-of="field:next_step"' in answer  # another type has other properties

    # blocks and tabs
    steps.do("add_block")
    answer = steps.do("block", name="new_block", label="审批流程", columns="2")
    assert 'id="b-name" value="shen_pi_liu_cheng" hx-swap-oob' in answer, "it is called after its title, once"
    assert 'id="props"' not in answer, "somebody may be typing in it"
    steps.do("block", name="shen_pi_liu_cheng", label="Other", columns="2")
    assert list(steps.says()["record"]["blocks"])[-1] == "shen_pi_liu_cheng"
    steps.do("hide", item="block:shen_pi_liu_cheng")
    answer = steps.do("add_block", label="Approval")
    assert 'id="canvas"' in answer
    assert 'data-of="block:approval"' in answer
    steps.do("block", name="approval", label="Approvals", columns="3", collapsed="1", visible_when="amount > 5",
             w__zh_CN__label="审批")  # fmt: skip
    assert steps.says()["record"]["blocks"]["approval"] == {
        "label": "Approvals", "columns": 3, "collapsed": True, "visible_when": "amount > 5", "fields": [],
    }  # fmt: skip
    steps.do("move", item="block:approval", zone="tab:", position=0)
    assert next(iter(steps.says()["record"]["blocks"])) == "approval"
    answer = steps.do("add_tab", label="Papers")
    assert 'data-of="tab:papers"' in answer
    steps.do("tab", name="papers", label="Paper work", w__zh_CN__label="文件")
    steps.do("move", item="block:description", zone="tab:papers", position=0)
    steps.do("move", item="tab:papers", zone="tabs:", position=0)
    page = steps.says()["record"]
    assert list(page["tabs"]) == ["papers", "overview"]
    assert page["tabs"]["papers"] == {"label": "Paper work"}
    assert page["blocks"]["description"]["tab"] == "papers"
    steps.do("hide", item="block:money")
    assert "probability" in steps.says()["record"]["hidden"]
    steps.do("hide", item="tab:papers")
    assert "tab" not in steps.says()["record"]["blocks"]["description"]

    # a window that shows an older turn is refused and drawn as the draft is
    steps.state["turn"] = "3"
    before = site.drafts.current(1)
    answer = steps.do("hide", item="field:name")
    assert "changed in another window" in answer
    assert 'id="canvas"' in answer
    assert site.drafts.current(1) == before
    while site.drafts.current(1).can_undo:
        site.drafts.undo(1)
    assert (
        steps.says()["record"]
        == read_effective(site.publishing.published_layers(), "layouts/opportunity.yaml")["record"]
    )
    assert admin.htmx(f"{URL}do", {"do": "move", "item": "field:x", "zone": "elsewhere:"}).status_code == 400
    assert admin.htmx(f"{URL}do", {"do": "fly"}).status_code == 400
    assert admin.get("/setup/modules/nothing/layout/").status_code == 404


def test_the_other_parts_and_variants(site: Site, admin: Visitor) -> None:
    for part in PARTS:
        assert 'aria-current="page"' in admin.get(f"{URL}?part={part}").text
    head = Steps(admin, site, "head")
    head.do("move", item="field:stage", zone="header:", position=0)
    head.do("hide", item="field:owner")
    head.do("choose", path="source")
    page = head.says()["record"]
    assert page["header"] == ["stage", "organization", "amount", "forecast", "close_date", "next_step"]
    assert page["path"] == "source"
    quick = Steps(admin, site, "quick")
    quick.do("move", item="field:close_date", zone="quick_create:", position=0)
    assert quick.says()["quick_create"][0] == "close_date"
    lists = Steps(admin, site, "list")
    lists.do("hide", item="field:next_step")
    assert "next_step" not in lists.says()["list"]["columns"]
    board = Steps(admin, site, "board")
    answer = board.do("choose", sum="probability")
    assert 'value="probability" selected' in answer
    board.do("move", item="field:source", zone="card:", position=0)
    assert board.says()["kanban"]["card"][0] == "source"
    board.do("choose", field="")
    assert "kanban" not in board.says()
    calendar = Steps(admin, site, "calendar")
    answer = calendar.do("choose", start="close_date")
    assert 'name="end"' in answer
    assert calendar.says()["calendar"] == {"start": "close_date"}

    related = Steps(admin, site, "related")
    related.do("move", item="related:events", zone="related:", position=0)
    related.do("related", name="tasks", label="To do", sort="due_date", descending="-", add="created_at")
    said = related.says()["record"]["related"]["tasks"]
    assert said["label"] == "To do"
    assert said["sort"] == ["-due_date"]
    assert said["columns"][-1] == "created_at"
    related.do("move", item="column.tasks:owner", zone="related:tasks", position=0)
    assert related.says()["record"]["related"]["tasks"]["columns"][0] == "owner"
    related.do("hide", item="related:contacts")
    assert "contacts" in related.says()["record"]["hidden"]
    related.do("move", item="related:contacts", zone="related:", position=0)
    assert next(iter(related.says()["record"]["related"])) == "contacts"

    started = admin.post(f"{URL}variant", {"part": "page", "record_type": "tender", "role": "sales_rep"})
    assert started.status_code == 303
    page = admin.get(started.location)
    assert "This layout is only for Tender ·" in text_of(page)
    steps = Steps(admin, site, "page", "tender_sales_rep")
    steps.do("hide", item="field:product")
    said = steps.says()["variants"]["tender_sales_rep"]
    assert said["record_type"] == "tender"
    assert "product" in said["record"]["hidden"]
    assert "product" not in steps.says()["record"].get("hidden", [])
    Steps(admin, site, "quick", "tender_sales_rep").do("hide", item="field:amount")
    assert "amount" not in steps.says()["variants"]["tender_sales_rep"]["quick_create"]
    assert site.drafts.compile(site.drafts.current(1)).model is not None
    review = admin.get("/setup/draft/")
    assert "Change the layout" in text_of(review)
    assert "tender_sales_rep" in review.text
    gone = admin.post(f"{URL}variant/remove", {"part": "page", "variant": "tender_sales_rep"})
    assert gone.status_code == 303
    assert "variants" not in steps.says()
    assert admin.post(f"{URL}variant", {"record_type": "nothing"}).status_code == 400


def test_whoever_may_enter_setup_comes_from_the_record(site: Site, admin: Visitor, rep: Visitor, save: Any) -> None:
    record = save("organization", name="Acme", owner=site.accounts.find_user_id("rep"))
    link = 'href="/setup/modules/organization/layout/"'
    assert link in admin.get(f"/m/organization/{record}").text
    assert link not in rep.get(f"/m/organization/{record}").text
