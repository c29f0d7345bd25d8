"""A cell of a list is changed where it stands: by whom, what comes back, and what happens when two do it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest
from flask import Flask

from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

PASSWORD = "another long one"
SITE = {
    "metadata/roles.yaml": """roles:
  rep: {label: Rep, modules: {"*": [view, edit]}, fields: {opportunity: {amount: read}}}
  blind: {label: Blind, modules: {"*": [view]}}
""",
    "modules/opportunity.yaml": ("module: opportunity\nfields:\n  next_step: {read_only_when: \"stage == 'won'\"}\n"),
}
HEADERS = {"X-Requested-With": "fetch"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    made = new_site(request.param)
    plan = made.publishing.plan(Layer(name="site", documents=SITE))
    made.publishing.publish(plan, made.accounts.operator(), allow_destructive=True)
    for name in ("rep", "blind"):
        made.accounts.add_user(name, name.title(), roles=[name], password=PASSWORD)
    return made


def enter(app: Flask, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(name, PASSWORD if name != "admin" else "a long password")
    return visitor


def form(text: str) -> dict[str, str]:
    """What the editor sends back unchanged."""
    found = re.findall(r'<input type="hidden" name="(version|base)" value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in found}


def test_cells_are_changed_with_the_rights_and_rules_of_the_record(
    app: Flask, site: Site, save: Callable[..., int]
) -> None:
    deal = save("opportunity", name="Turbine", amount="1000", close_date="2031-01-01", next_step="Call", owner=1)
    won = save("opportunity", name="Crane", amount="5", close_date="2031-01-01", stage="won", next_step="Done")
    admin, rep, blind = enter(app, "admin"), enter(app, "rep"), enter(app, "blind")
    columns = "?view=all&columns=name,amount,next_step,created_at,organization.name"

    def editable(visitor: Visitor) -> list[str]:
        return re.findall(r'data-cell="([^"]+)"', visitor.get(f"/m/opportunity{columns}").text)

    assert editable(admin) == ["name", "amount", "next_step"], "nothing computed, looked up or of the system"
    assert editable(rep) == ["name", "next_step"]
    assert editable(blind) == []
    url = f"/m/opportunity/{deal}/cell"
    assert [rep.get(f"{url}/{name}").status_code for name in ("amount", "created_at", "none", "next_step")] == [
        404, 404, 404, 200,
    ]  # fmt: skip
    assert blind.get(f"{url}/next_step").status_code == 403
    assert blind.post(f"{url}/next_step", {"f.next_step": "x"}).status_code == 403
    assert admin.get(f"/m/opportunity/{won}/cell/next_step").status_code == 404, "by its expression"
    # A change brings the whole row as this list shows it.
    mine, theirs = form(admin.get(f"{url}/next_step").text), form(rep.get(f"{url}/next_step").text)
    row = rep.post(f"{url}/next_step{columns}", {**theirs, "f.next_step": "Visit"}, headers=HEADERS)
    assert (row.status_code, row.text.count("<tr>"), row.text.count("<td")) == (200, 1, 6)
    assert "Turbine" in row.text
    assert "Visit" in row.text
    assert "1,000" in row.text
    # What cannot be is said at the cell, and nothing is written.
    bad = admin.post(f"{url}/amount{columns}", {**form(admin.get(f"{url}/amount").text), "f.amount": "much"})
    assert bad.status_code == 422
    assert "aria-invalid" in bad.text
    assert 'value="much"' in bad.text
    # Two people, one field: both values, and a choice.
    sent = {**mine, "f.next_step": "Write"}
    clash = admin.post(f"{url}/next_step{columns}", sent, headers=HEADERS)
    assert clash.status_code == 409
    assert "Rep changed this meanwhile. Theirs Visit Mine Write" in text_of(clash)
    assert json.loads(form(clash.text)["base"]) == {"next_step": "Call"}
    kept = admin.post(f"{url}/next_step{columns}", {**sent, "keep.next_step": "theirs"}, headers=HEADERS)
    assert (kept.status_code, "Visit" in kept.text) == (200, True)
    again = {**form(clash.text), "f.next_step": "Write", "keep.next_step": "mine"}
    used = admin.post(f"{url}/next_step{columns}", again, headers=HEADERS)
    assert (used.status_code, "Write" in used.text) == (200, True)
    assert site.records.get(site.accounts.operator(), "opportunity", deal).values["next_step"] == "Write"
    # Amounts are written as the rest of the page has them: without cents where none has any.
    assert admin.get(f"/m/opportunity{columns}").text.count('data-whole="amount"') == 2
    sent = {**form(admin.get(f"{url}/amount").text), "whole": "amount"}
    row = admin.post(f"{url}/amount{columns}", {**sent, "f.amount": "2000"}, headers=HEADERS)
    assert ("$2,000<" in row.text, row.headers.get("X-Redraw")) == (True, None)
    sent = {**form(admin.get(f"{url}/amount").text), "whole": "amount"}
    row = admin.post(f"{url}/amount{columns}", {**sent, "f.amount": "2000.50"}, headers=HEADERS)
    assert ("$2,000.50<" in row.text, row.headers.get("X-Redraw")) == (True, "1")
    assert "$5.00<" in admin.get(f"/m/opportunity{columns}").text
    row = admin.post(f"/m/opportunity/{won}/cell/amount{columns}", {"f.amount": "7"}, headers=HEADERS)
    assert ("$7.00<" in row.text, row.headers.get("X-Redraw")) == (True, None)
    sent = {**form(admin.get(f"{url}/amount").text), "whole": ""}
    row = admin.post(f"{url}/amount{columns}", {**sent, "f.amount": "2000"}, headers=HEADERS)
    assert row.headers.get("X-Redraw") == "1"
    # Whoever writes a comma before decimals sees the same amount.
    assert site.accounts.operator().user_id is not None
    site.accounts.update_user(site.accounts.operator().user_id, number_format="point_comma")
    assert "$2.000<" in admin.get(f"/m/opportunity{columns}").text
    # Another field changed meanwhile is no conflict; without scripts the record's page follows.
    fresh = form(admin.get(f"{url}/name").text)
    rep.post(f"{url}/next_step", {**form(rep.get(f"{url}/next_step").text), "f.next_step": "Wait"})
    assert admin.post(f"{url}/name", {**fresh, "f.name": "Turbines"}).headers["Location"] == f"/m/opportunity/{deal}"
