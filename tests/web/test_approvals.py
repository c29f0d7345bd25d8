"""Approvals on people's pages and in the API, and runs that wait in Setup: who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.layers import Layer
from fieldstone.records.accounts.audit import list_audit
from fieldstone.runtime.site import Site
from web.api.caller import Caller
from web.visitor import Visitor, text_of

FLOW = """module: opportunity
workflows:
  discount:
    label: Discount
    on: created
    if: amount > 1000
    do:
      - approval: {by: ["user:rep", "user:looker"], message: "May {{ record.name }} be cheap?", due: {days: 3}}
      - answer: approved
        set_fields: {next_step: "'Send the offer'"}
      - answer: rejected
        wait: {for: {days: 2}}
      - answer: rejected
        set_fields: {next_step: "'Think again'"}
"""


def test_people_answer_what_they_were_asked(app: Flask, site: Site, admin: Visitor, save: Callable[..., int]) -> None:
    layer = Layer(name="site", documents={"workflows/opportunity.yaml": FLOW})
    site.publishing.publish(site.publishing.plan(layer), SYSTEM)
    for name, role in (("rep", "sales_rep"), ("looker", "viewer"), ("other", "sales_rep")):
        site.accounts.add_user(name, name.title(), roles=[role], password="a long password")
    cheap, dear = save("opportunity", name="Mill", amount=5000), save("opportunity", name="Pump", amount=9000)
    people = {name: Visitor(app) for name in ("rep", "looker", "other")}
    for name, person in people.items():
        person.log_in(name)
    rep, looker, other = people.values()

    waiting = text_of(rep.get("/approvals"))
    assert "May Mill be cheap?" in waiting
    assert "Looker has not answered" in waiting
    assert "May Mill be cheap?" in text_of(rep.get("/notifications?kind=approval"))
    banner = looker.get(f"/m/opportunity/{cheap}").text
    assert banner.count("/approve") == 1
    assert "May Mill be cheap?" in text_of(admin.get(f"/m/opportunity/{cheap}"))
    assert "/approve" not in admin.get(f"/m/opportunity/{cheap}").text
    assert "May Mill be cheap?" in text_of(admin.get("/approvals?show=asked"))
    assert "Nothing to approve." in text_of(other.get("/approvals"))

    def caller(name: str, *scopes: str) -> Caller:
        return Caller(app, site.accounts.add_token(name, label="test", scopes=scopes).secret)

    asked = caller("rep").get("/approvals").get_json()["data"]
    first = next(each["id"] for each in asked if each["record"]["id"] == cheap)
    second = next(each["id"] for each in asked if each["record"]["id"] == dear)
    # Only those who were asked answer: not by a page, not by the API, not with a token that reads.
    assert other.post(f"/approvals/{first}/approve").status_code == 404
    assert admin.post(f"/approvals/{first}/approve").status_code == 404
    assert rep.post(f"/approvals/{first}/maybe").status_code == 404
    for name, scopes, status in (("other", (), 404), ("admin", (), 404), ("rep", ("read",), 403)):
        caller(name, *scopes).post(f"/approvals/{first}/approve", {}, status=status)

    back = f"/m/opportunity/{cheap}"
    assert looker.post(f"/approvals/{first}/approve", {"comment": "Fine", "back": back}).location == back
    told = caller("rep").post(f"/approvals/{second}/reject", {"comment": "Too dear"}, status=200).get_json()
    assert (told["state"], told["answers"][-1]["comment"]) == ("rejected", "Too dear")
    rep.post(f"/approvals/{first}/reject")  # too late
    assert "It has been answered" in text_of(rep.get("/approvals"))
    caller("rep").post(f"/approvals/{second}/reject", {}, status=409)
    Worker(site).run_due()
    assert _next_step(site, cheap) == "Send the offer"
    assert "Fine" in text_of(rep.get("/approvals?show=done"))

    # The other run waits: seen in Setup, where it can be sent on or ended.
    run = _waiting_run(admin)
    shown = text_of(admin.get(f"/setup/runs/{run}"))
    assert "It waits until" in shown
    assert "Looker: rejected" not in shown
    assert "Rep: rejected (Too dear)" in shown
    assert rep.post(f"/setup/runs/{run}/continue").status_code in (403, 404)
    admin.post(f"/setup/runs/{run}/continue")
    Worker(site).run_due()
    assert _next_step(site, dear) == "Think again"
    admin.post(f"/setup/runs/{run}/cancel")
    assert "The run does not wait any more." in text_of(admin.get(f"/setup/runs/{run}"))

    save("opportunity", name="Belt", amount=2000)
    run = _waiting_run(admin)
    shown = admin.get(f"/setup/runs/{run}")
    assert "It waits for an answer" in text_of(shown)
    assert f"/setup/runs/{run}/continue" not in shown.text
    admin.post(f"/setup/runs/{run}/cancel")
    assert "cancelled by" in text_of(admin.get(f"/setup/runs/{run}"))
    assert "Nothing to approve." in text_of(rep.get("/approvals"))
    with site.database.read() as conn:
        acts = [entry.action for entry in list_audit(conn, limit=20)]
    assert {"run.cancel", "run.continue"} <= set(acts)

    told_before = text_of(admin.get(f"/setup/workflows/opportunity/discount/test?record={cheap}"))
    for words in ("Asked Rep, Looker", "what follows would come later", "If approved Set fields", "If rejected Wait"):
        assert words in told_before, words


def _waiting_run(admin: Visitor) -> int:
    found = re.search(r'href="/setup/runs/([0-9]+)"', admin.get("/setup/runs/?outcome=waiting").text)
    assert found is not None
    return int(found[1])


def _next_step(site: Site, record: int) -> Any:
    return site.records.get(SYSTEM, "opportunity", record).values["next_step"]
