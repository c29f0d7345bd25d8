"""The editor of expressions: what it offers, what it says is wrong, what comes out for a record."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

HOME = "/setup/expressions/"
OPPORTUNITY = "modules/opportunity.yaml"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def _asked(source: str, scope: str = "condition", **more: Any) -> dict[str, Any]:
    marked = source.find("|")
    cursor = marked if marked >= 0 else len(source)
    return {"source": source.replace("|", ""), "cursor": cursor, "scope": scope, "module": "opportunity", **more}


def _draft(layers: Sequence[Layer]) -> Layer:
    """Two formulas that nobody has published, one upon the other, and a field that has no value yet."""
    whole = read_effective(layers, OPPORTUNITY)
    whole["fields"]["half"] = {"type": "formula", "result": "money", "label": "Half", "expression": "amount / 2"}
    whole["fields"]["quarter"] = {"type": "formula", "result": "money", "label": "Quarter", "expression": "half / 2"}
    whole["fields"]["mood"] = {"type": "text", "label": "Mood"}
    return patch_document(layers, OPPORTUNITY, whole)


def test_an_expression_is_completed_checked_and_tried(admin: Visitor, site: Site, save: Callable[..., int]) -> None:
    acme = save("organization", name="Acme", industry="technology")
    deal = save("opportunity", name="Deal", stage="prospecting", amount="1000", organization=acme)
    save("opportunity", name="Other", stage="won", amount="50")
    user = site.accounts.find_user_id("admin") or 0
    site.drafts.edit(user, "Formulas", _draft)
    rename = "opportunity.close_date", "opportunity.closing"
    site.drafts.edit(user, "Rename", lambda layers: rename_in_site(layers, "field", *rename))

    def offered(source: str, scope: str = "condition", **more: Any) -> list[str]:
        answer = admin.post(HOME + "complete", _asked(source, scope, **more))
        assert answer.status_code == 200
        return re.findall(r'data-text="([^"]*)"', answer.text.replace("&#39;", "'"))

    assert offered("am|")[0] == "amount"
    assert {"half", "quarter", "closing", "organization", "is_empty()", "old."} <= {*offered("|")}
    assert "close_date" not in offered("clos|"), "it is called closing in the draft"
    assert {"name", "industry", "annual_revenue"} <= {*offered("organization.|")}
    assert "city" in offered("organization.billing_address.|")
    assert offered("organization.parent.parent.parent.parent.|") == [], "three hops, no more"
    assert offered("stage == 'wo|") == ["'won'"]
    assert offered("user.role == |")[0] == "'administrator'"
    assert "old." not in offered("|", "formula")
    assert offered("Stag|") == ["stage"], "by its label, and by its name once"
    page = text_of(admin.post(HOME + "complete", _asked("round(|", "formula")))
    assert "round(number, decimals) The number rounded half up" in page

    def said(source: str, scope: str = "condition", **more: Any) -> str:
        answer = admin.post(HOME + "check", _asked(source, scope, **more))
        assert answer.status_code == 200
        return text_of(answer)

    assert said("amount > 10 and stage == 'won'").startswith("Gives: true or false Try it")
    assert "Gives: a number" in said("quarter * 2", "formula", expects="money")
    wrong = admin.post(HOME + "check", _asked("ammount > 10 and stage == 'wun'"))
    assert '<span class="k-bad">ammount</span> &gt; 10 and stage == ' in wrong.text
    words = text_of(wrong)
    assert "There is no ammount here. Did you mean amount? expression.E010, character 1" in words
    assert "2 problems" in words
    assert "Did you mean 'won'?" in words
    assert "a condition is needed here" in said("amount + 1", "rule")
    assert "cannot depend on who looks at it" in said("user.id", "formula")
    assert "is not a field of the record itself" in said("organization.name == 'x'", "sharing")
    assert "There is no old" in said("old.amount > 1", "filter")
    assert "Gives: true or false" in said("changed(amount)", "workflow")
    assert "Gives: text" in said("'x'", "default", field="name")
    assert "text" in said("'x'", "default", field="amount")
    assert "Gives: true or false" in said("amount > 1", "rollup", module="organization", relation="opportunities")
    assert "Gives" not in said(" ")
    for nowhere in ({"module": "nowhere"}, {"scope": "nowhere"}, {"scope": "rollup", "relation": "nowhere"}):
        assert admin.post(HOME + "check", _asked("1") | nowhere).status_code == 404

    def tried(source: str, scope: str = "condition", **more: Any) -> str:
        answer = admin.post(HOME + "try", _asked(source, scope, **more))
        assert answer.status_code == 200
        return text_of(answer)

    holds = tried("amount > 500 and organization.industry == 'technology'", record=deal)
    assert "It holds Amount amount $1,000.00 Organization › Industry organization.industry Technology" in holds
    assert "It does not hold" in tried("amount > 500"), "of the record that was changed last"
    assert "It holds" in tried("amount > 500", text="deal")
    assert "250 Quarter quarter 250" in tried("quarter", "formula", record=deal), (
        "what nobody has published is computed"
    )
    assert "It holds Closing" not in tried("is_empty(closing)", record=deal)
    assert "closing empty" in tried("is_empty(closing)", record=deal)
    assert "not published yet, so empty" in tried("is_empty(mood)", record=deal)
    assert "It does not hold" in tried("changed(amount)", "workflow", record=deal)
    assert "It holds you" in tried("has_role('administrator') or user.id > 0", record=deal)
    assert "There is no such record." in tried("amount > 1", record=999999)
    assert admin.post(HOME + "try", _asked("amount >")).status_code == 404
    assert "starts_with(name, &#39;acme&#39;)" in admin.get(HOME).text


def test_a_condition_is_shown_as_rows_and_written_from_them(admin: Visitor, site: Site) -> None:
    site.drafts.edit(site.accounts.find_user_id("admin") or 0, "Formulas", _draft)

    def rows(source: str, scope: str = "rule", **more: Any) -> str:
        return admin.post(HOME + "rows", _asked(source, scope, **more)).text

    source = "stage == 'won' and (amount > 10 or not is_empty(organization))"
    drawn = rows(source)
    sent = re.findall(
        r'name="(row)" value="([^"]*)"|<select class="form-select" name="([cg]\.\w+\.\w+)".*?</select>', drawn
    )
    data: dict[str, Any] = {"row": [row for row, *_rest in ((each[1],) for each in sent if each[0])], "match": "all"}
    for name, inside in re.findall(r'<select class="form-select" name="([cg]\.\w+\.\w+)"[^>]*>(.*?)</select>', drawn):
        data[name] = re.findall(r'value="([^"]*)" selected', inside)
    for name, value in re.findall(r'name="(c\.\w+\.value)" value="([^"]*)"(?! checked)', drawn):
        data.setdefault(name, []).append(value)
    for name, value in re.findall(r'name="(c\.\w+\.value)" value="([^"]*)" checked', drawn):
        data[name] = [value]
    written = admin.post(HOME + "write", {**_asked("", "rule"), **data}).text
    assert text_of_source(written) == "stage in ('won',) and (amount > 10 or not is_empty(organization))"
    assert "data-row" in rows("", "rollup", module="organization", relation="opportunities")
    for wrong, why in (
        ("amount > forecast / 2", "a calculation or a function"),
        ("amount >", "Mend the expression first"),
        ("half > 3", "Rows cannot show half: it is not published, or hidden."),
        ("changed(stage)", "Rows have no such comparison for Stage."),
    ):
        assert why in rows(wrong)
    assert admin.post(HOME + "rows", _asked("amount", "formula")).status_code == 404


def text_of_source(fragment: str) -> str:
    found = re.search(r"<pre[^>]*>(.*?)</pre>", fragment, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])
