"""The designer of workflows: listed, made, changed, tried, rehearsed, copied and removed, all in the draft."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from werkzeug.datastructures import MultiDict

from fieldstone.changes.site_patch import read_effective, site_of, with_document
from fieldstone.runtime.site import Site
from fieldstone.web.setup.workflows.cron_form import cron_of, next_times, read_cron
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.step_scope import StepScope
from web.setup.sent_form import sent_form
from web.setup.test_roles import publish
from web.visitor import Visitor, text_of

HOME = "/setup/workflows/"


def _draft(site: Site) -> Any:
    user = site.accounts.find_user_id("admin")
    assert user is not None
    return site.drafts.current(user)


def _said(site: Site, module: str) -> dict[str, Any]:
    return dict(read_effective(site.drafts.layers(_draft(site)), f"workflows/{module}.yaml").get("workflows") or {})


def _send(admin: Visitor, url: str, act: str = "save", **changes: Any) -> Any:
    values = sent_form(admin.get(url), "workflow") | {"act": act}
    return admin.post(url, values | {name.replace("__", "."): value for name, value in changes.items()})


def test_what_is_shown_and_sent_back_changes_nothing(admin: Visitor, site: Site) -> None:
    """Every workflow of the standard CRM, and every control of every action."""
    shown = text_of(admin.get(HOME))
    workflows = site.models.current.model.workflows
    for module, flows in workflows.items():
        for name, flow in flows.items():
            assert flow.label in shown
            page = f"{HOME}{module}/{name}"
            assert _send(admin, page).location == page
            assert _draft(site).steps == (), page
    assert "Every Monday at 08:00" in shown
    assert "No run in 30 days" in shown


EVERYTHING = """
module: opportunity
workflows:
  everything:
    label: Everything
    on: manual
    do:
      - set_fields: {record: organization, type: "'prospect'", revenue: 5}
      - create_record: {module: task, values: {subject: name, related_to: id}}
      - email: {to: [owner, "boss@example.com", "user:gone"], subject: Hello, body: "Two\n\nlines"}
      - email: {to: ["field:email"], template: hot_deal}
      - notify: {to: ["role:sales_rep", "team:Nowhere"], message: "{{ record.name }}"}
      - create_task: {subject: Call, assign: "user:admin", due_in_days: -2, due_from: close_date, priority: high}
      - comment: {text: "A\nB"}
      - assign: {round_robin: ["role:sales_rep"]}
      - assign: {to: "team:Nowhere"}
      - webhook: {url: "https://example.com/x", fields: [name, amount]}
      - plugged: {loud: true, times: 3, tone: low, deep: {a: [1, {b: 2}]}, names: [x, y], pairs: {amount: "1"}}
        if: amount > 3
      - approval: {by: [leader, "field:modified_by", "user:gone"], message: "M {{ record.name }}", need: all,
          due: {hours: 5}, on_timeout: escalate, escalate_to: ["role:sales_manager"]}
      - wait: {for: {weeks: 2}, before: close_date, only_if: stage == 'won'}
        answer: approved
      - wait: {until: "add_days(close_date, 1)"}
        if: amount > 3
        answer: rejected
      - approval: {by: [owner], message: M, need: one, due: {days: 1}, on_timeout: reject}
      - link: {relation: contacts, record: organization.parent, undo: true}
      - tag: {field: labels, add: [a, b], remove: [c]}
      - create_event: {subject: Talk, assign: actor, starts_in_days: 2, starts_from: close_date, at: "9:30",
          minutes: 30, all_day: false, location: Here}
      - assign: {least_busy: ["role:sales_rep"], counted: stage != 'won'}
"""


class Plugged(Action):
    name = "plugged"
    label = "Plugged in"
    help = "What a plugin may ask for."
    schema: ClassVar[Schema] = {
        "type": "object",
        "properties": {
            "loud": {"type": "boolean"}, "times": {"type": "integer"}, "tone": {"enum": ["low", "high"]},
            "deep": {"type": "object"}, "names": {"type": "array", "items": {"type": "string"}},
            "pairs": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }  # fmt: skip

    def compile(self, scope: StepScope, options: Any) -> Any:
        return options

    def run(self, batch: Batch, plan: Any) -> None:
        batch.note(batch.rows[0])


def test_every_option_of_every_action_has_a_control(admin: Visitor, site: Site) -> None:
    """Sent back untouched nothing is lost, not even what names nobody any more; and each can be changed."""
    site.registries.actions.register(Plugged())
    user = site.accounts.find_user_id("admin")
    assert user is not None
    site.drafts.edit(
        user, "All", lambda layers: with_document(site_of(layers), "workflows/opportunity.yaml", EVERYTHING)
    )
    page = f"{HOME}opportunity/everything"
    before = _said(site, "opportunity")
    assert {action for step in before["everything"]["do"] for action in step} - {"if", "answer"} == set(
        site.registries.actions.names
    )
    assert _send(admin, page).location == page
    assert _said(site, "opportunity") == before
    _send(
        admin, page, **{"s.10.loud": "0", "s.10.times": "4", "s.10.tone": "high", "s.10.deep": '{"a": 1}',
        "s.10.names": "x\nz", "s.5.due_in_days": "soon", "s.3.template": "", "s.9.fields": ["", "name"],
        "s.11.need": "", "s.11.on_timeout": "approve", "s.11.due": "6", "s.11.due.unit": "days", "s.12.answer": "",
        "s.12.until": "close_date", "s.13.answer": "approved", "s.14.due": ""},
    )  # fmt: skip
    after = _said(site, "opportunity")["everything"]["do"]
    assert after[10] == {
        "if": "amount > 3",
        "plugged": {
            "loud": False, "times": 4, "tone": "high", "deep": {"a": 1}, "names": ["x", "z"], "pairs": {"amount": "1"},
        },
    }  # fmt: skip
    assert after[5]["create_task"]["due_in_days"] == "soon"  # `check` says what is wrong with it
    assert after[3]["email"] == {"to": ["field:email"]}
    assert after[9]["webhook"]["fields"] == ["name"]
    assert after[11]["approval"] == {
        "by": ["leader", "field:modified_by", "user:gone"], "message": "M {{ record.name }}", "due": {"days": 6},
        "on_timeout": "approve",
    }  # fmt: skip
    assert after[12] == {"wait": {"only_if": "stage == 'won'", "until": "close_date"}}
    assert after[13]["answer"] == "approved"
    assert "due" not in after[14]["approval"]
    listed = text_of(admin.get(HOME))
    assert "Ask for approval: who leads the team of the owner, Modified by, gone" in listed
    assert "If approved: Wait: until add_days(close_date, 1)" in listed


def test_a_workflow_is_made_tested_rehearsed_copied_and_removed(
    admin: Visitor, site: Site, save: Callable[..., int]
) -> None:
    deal = save("opportunity", name="Mill", amount="500", close_date="2031-03-04")
    save("opportunity", deal, amount="25000")
    page = admin.post(
        f"{HOME}new", {"label": "Thank for big ones", "module": "opportunity", "on": "becomes_true", "action": "notify"}
    ).location
    assert page == f"{HOME}opportunity/thank_for_big_ones"
    assert "becomes_true needs the condition that becomes true" in text_of(admin.get(page))
    assert "1 problem" in text_of(admin.get(HOME))
    assert "The workflow has 1 problem" in text_of(admin.get(f"{page}/test"))

    # Steps are added, filled in, moved, copied and removed; what is wrong is said at its step.
    assert _send(admin, page, "add", **{"if": "amount > 10000 and amuont < 5", "add": "set_fields"}).location.endswith(
        "?step=2"
    )
    wrong = text_of(admin.get(page))
    assert "amuont" in wrong
    assert _send(
        admin,
        page,
        "up:1",
        **{"if": "amount > 10000", "s.1.*.field": ["next_step", ""], "s.1.*.value": ["'Thank'", ""]},
    ).location.endswith("?step=1")
    _send(admin, page, "add", add="email")
    _send(
        admin, page, "copy:2", **{"s.2.to": ["owner", "role:sales_manager"], "s.2.to.other": "boss@example.com",
        "s.2.subject": "Big: {{ record.name }}", "s.2.body": "Of {{ record.amount }}", "s.2.if": "amount > 20000"},
    )  # fmt: skip
    _send(admin, page, "remove:1", words__zh_CN="答谢大单")
    assert "答谢大单" in site.drafts.get(1).site.documents["metadata/translations/zh_CN.yaml"]
    unknown = sent_form(admin.get(page), "workflow") | {"act": "save", "s.2.to.other": "somebody"}
    admin.post(page, unknown)
    step = admin.get(page).text
    assert "somebody does not say who is meant" in step[step.index('id="step-3"') :]
    _send(admin, page, **{"s.2.to.other": "boss@example.com"})
    flow = _said(site, "opportunity")["thank_for_big_ones"]
    email = {
        "if": "amount > 20000",
        "email": {
            "to": ["owner", "role:sales_manager", "boss@example.com"], "subject": "Big: {{ record.name }}",
            "body": "Of {{ record.amount }}",
        },
    }  # fmt: skip
    assert flow == {
        "label": "Thank for big ones", "on": "becomes_true", "if": "amount > 10000",
        "do": [{"set_fields": {"next_step": "'Thank'"}}, email, email],
    }  # fmt: skip
    assert site.drafts.compile(_draft(site)).model is not None
    listed = text_of(admin.get(HOME))
    assert "Send an e-mail: “Big: {{ record.name }}” to the owner, everybody who is" in listed
    assert "The condition becomes true if Amount" in listed

    # Moved elsewhere meanwhile: nothing is lost, and it is said.
    stale = sent_form(admin.get(page), "workflow")
    _send(admin, page, label="Big ones")
    refused = admin.post(page, stale | {"label": "Mine", "act": "save"})
    assert refused.status_code in (409, 422)

    tested = text_of(admin.get(f"{page}/test?record={deal}"))
    for words in (
        "that is what this workflow waits for", "amount > 10000 holds Amount", "It would run.", "would be done",
        "Next step empty Thank", "Subject Big: Mill", "boss@example.com", "The mail Big: Mill Of $25,000.00",
    ):  # fmt: skip
        assert words in tested, words
    assert site.jobs.list() == []
    rehearsed = admin.post(f"{page}/rehearse", {"days": "7"})
    told = text_of(admin.get(rehearsed.location))
    assert "It would have run 1 time, for 1 record" in told
    assert "Mill changed" in told
    assert "boss@example.com" in told
    assert admin.get(f"{HOME}lead/first_contact/test?rehearsal=1").status_code == 404

    # What is only in the draft cannot be tried, and that is said.
    user = site.accounts.find_user_id("admin")
    assert user is not None
    new_field = "module: opportunity\nfields:\n  visits: {type: integer}\n"
    site.drafts.edit(
        user, "A field", lambda layers: with_document(site_of(layers), "modules/opportunity.yaml", new_field)
    )
    _send(admin, page, **{"if": "amount > 10000 and visits > 1"})
    for said in (admin.get(f"{page}/test?record={deal}"), admin.get(admin.post(f"{page}/rehearse").location)):
        assert "It needs what is only in your draft so far" in text_of(said)
        assert "visits" in text_of(said)
    _send(admin, page, **{"if": "amount > 10000"})

    # A copy for another module says what does not fit there, and is off.
    _send(admin, page, "add", **{"add": "comment", "s.0.*.value": ["organization.industry", ""]})
    misfits = text_of(admin.get(f"{page}/copy?module=contact"))
    assert "This does not fit there" in misfits
    assert "amount" in misfits
    assert admin.post(f"{page}/copy", {"module": "lead", "label": "Also"}).location == f"{HOME}lead/also"
    assert _said(site, "lead")["also"]["active"] is False
    admin.post(f"{HOME}lead/also/switch", {"on": "1"})
    assert "active" not in _said(site, "lead")["also"]
    admin.post(f"{HOME}lead/also/remove")
    assert "also" not in _said(site, "lead")
    assert admin.get(f"{HOME}lead/also").status_code == 404

    # A schedule as a plain form, with its next times.
    _send(admin, page, on="schedule")
    _send(admin, page, **{"cron.every": "week", "cron.days": ["1", "4"], "cron.time": "09:30"})
    assert _said(site, "opportunity")["thank_for_big_ones"]["schedule"] == {"cron": "30 9 * * 1,4"}
    timed = text_of(admin.get(page))
    assert "Every Monday and Thursday at 09:30" in timed
    assert timed.count("09:30") > 5
    _send(admin, page, schedule="field")
    _send(admin, page, distance="days_after", count="3", date_field="close_date")
    assert "3 days after" in text_of(admin.get(page))
    _send(admin, page, on="manual")
    admin.post(f"{page}/rehearse", {"days": "7"})
    assert "runs only when somebody presses" in text_of(admin.get(f"{page}/test"))


def _removed_and_restored(admin: Visitor, site: Site, hot: str) -> None:
    """A template of the standard, with the workflows that send it gone: whole, shown in the review, and back."""
    assert admin.post(f"{hot}/remove").location == hot  # a workflow sends it
    before = dict(site.drafts.get(1).site.documents)
    admin.post(f"{HOME}opportunity/hot_deal/remove")
    assert admin.post(f"{hot}/remove").location == "/setup/emails/"
    assert "removed: true" in site.drafts.get(1).site.documents["metadata/emails/hot_deal.yaml"]
    assert admin.get(hot).status_code == 404
    assert "hot_deal" in admin.get("/setup/draft/").text
    assert "Restore" in text_of(admin.get("/setup/emails/"))
    assert admin.post(f"{hot}/restore").location == "/setup/emails/"
    assert admin.post(f"{hot}/restore").status_code == 404
    admin.post("/setup/draft/undo"), admin.post("/setup/draft/undo"), admin.post("/setup/draft/undo")
    assert site.drafts.get(1).site.documents == before


def test_templates_are_written_looked_at_and_removed(admin: Visitor, site: Site, save: Callable[..., int]) -> None:
    deal = save("opportunity", name="Mill <1>", amount="25000")
    hot = "/setup/emails/hot_deal"
    shown = text_of(admin.get("/setup/emails/"))
    assert "Hot deal alert Opportunities Hot deal: {{ record.name }} 简体中文 1 step" in shown
    page = admin.get(hot)
    assert "Where it is used" in page.text
    values = sent_form(page, "email")
    assert admin.post(hot, values | {"act": "save"}).location == hot
    assert _draft(site).steps == ()

    looked = admin.post(hot, values | {"act": "preview", "record": str(deal), "subject": "Big: {{ record.name }}"})
    assert looked.status_code == 200
    assert "Big: Mill &lt;1&gt;" in looked.text
    assert "<strong>Mill &lt;1&gt;</strong>" in looked.text
    assert _draft(site).steps == ()
    chinese = admin.post(hot, values | {"act": "preview", "t.record": "Mill <1>", "language": "zh_CN"})
    assert chinese.text.count(str(values["zh_CN.subject"][0]).partition("{")[0]) > 1
    wrong = admin.post(
        hot, values | {"act": "preview", "record": str(deal), "body": "{{ record.nme }} {% for x in y %}"}
    )
    assert "template" in text_of(wrong)

    admin.post(hot, values | {"act": "save", "subject": "Big: {{ record.name }}", "zh_CN.subject": ""})
    drafted = site.drafts.layers(_draft(site))
    assert read_effective(drafted, "metadata/emails/hot_deal.yaml")["subject"] == "Big: {{ record.name }}"
    assert "subject" not in read_effective(drafted, "metadata/translations/zh_CN.yaml")["emails"]["hot_deal"]
    # A test of the workflow that sends it says what the draft says.
    assert site.drafts.compile(_draft(site)).model is not None

    made = admin.post("/setup/emails/new", {"label": "审批", "module": "task"}).location
    assert made == "/setup/emails/shen_pi"
    admin.post(made, sent_form(admin.get(made), "email") | {"act": "save", "zh_CN.body": "请审批"})
    workflow = admin.post(f"{HOME}new", {"label": "Ask", "module": "task", "on": "created", "action": "email"}).location
    _send(admin, workflow, **{"s.0.template": "shen_pi", "s.0.to": "", "s.0.to.other": "boss@example.com"})
    assert _said(site, "task")["ask"]["do"] == [{"email": {"to": ["boss@example.com"], "template": "shen_pi"}}]
    task = save("task", subject="Sign here")
    assert "Subject Sign here" in text_of(admin.get(f"{workflow}/test?record={task}"))
    assert admin.post(f"{made}/remove").location == made
    assert "no e-mail template" in text_of(admin.get(made))
    admin.post(f"{workflow}/remove")
    assert admin.post(f"{made}/remove").location == "/setup/emails/"
    assert admin.get(made).status_code == 404
    assert "shen_pi" not in str(site.drafts.layers(_draft(site))[-1].documents)
    _removed_and_restored(admin, site, hot)


@pytest.mark.parametrize(
    ("cron", "every"),
    [
        ("5 * * * *", "hour"), ("0 8 * * *", "day"), ("30 9 * * 1-5", "week"), ("0 8 * * 0,6", "week"),
        ("0 8 * * 7", "week"), ("15 6 31 * *", "month"), ("*/5 * * * *", "cron"), ("0 8 1 1 *", "cron"),
        ("0 8 1 * 1", "cron"), ("rubbish", "cron"),
    ],
)  # fmt: skip
def test_times_are_read_into_a_form_and_back(cron: str, every: str) -> None:
    times = read_cron(cron)
    assert times.every == every
    said = {"cron.every": times.every, "cron.cron": cron, "cron.time": times.time, "cron.day": str(times.day)}
    form = MultiDict([*said.items(), *(("cron.days", str(day)) for day in times.days)])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    again = cron_of(form)
    assert next_times(again, "Europe/Berlin", now, 9) == next_times(cron, "Europe/Berlin", now, 9)
    assert len(next_times(again, "Europe/Berlin", now)) == (0 if cron == "rubbish" else 5)


def test_triggers_with_parts_and_the_address_of_a_call(admin: Visitor, site: Site, save: Callable[..., int]) -> None:
    page = admin.post(
        f"{HOME}new", {"label": "Arrives", "module": "organization", "on": "stage_entered", "action": "tag"}
    ).location
    entry = lambda: _said(site, "organization")["arrives"]  # noqa: E731
    assert entry()["stage"] == {"field": "type", "to": []}
    assert "Created in, or moved to" in text_of(admin.get(page))
    _send(admin, page, stage__field="tier")
    _send(admin, page, **{"stage.to": ["", "gold"], "when": "before_save", "s.0.add": "one\ntwo"})
    assert {key: entry().get(key) for key in ("on", "when", "stage")} == {
        "on": "stage_entered", "when": "before_save", "stage": {"field": "tier", "to": ["gold"]},
    }  # fmt: skip
    assert "cannot run before the save" in text_of(admin.get(page))
    _send(admin, page, on="linked")  # what belongs to a trigger goes with it
    assert entry().keys().isdisjoint({"stage", "when"})
    _send(admin, page, relation="opportunities", **{"if": "other.amount > 5"})
    shown = admin.get(page)
    assert entry()["relation"] == "opportunities"
    assert 'data-scope="linked" data-relation="opportunities"' in shown.text
    assert "Linked in “Opportunities”" in text_of(shown)
    asked = {"scope": "linked", "module": "organization", "relation": "opportunities", "for": "x"}
    told = [admin.post("/setup/expressions/check", asked | {"source": f"other.{name} > 5"}) for name in ("amount", "x")]
    assert ["other.x" in text_of(each) for each in told] == [False, True]
    deal = save("organization", name="Mill")
    assert "It would run" not in text_of(admin.get(f"{page}/test?record={deal}"))

    _send(admin, page, on="webhook", **{"if": ""})
    assert entry()["webhook"] == {"as": "user:admin", "values": {"name": "name"}}
    _send(admin, page, hook__mode="save")
    assert "needs a key among its values" in text_of(admin.get(page))
    _send(admin, page, hook__key="name", **{"hook.field": ["name", "phone"], "hook.path": ["company.name", ""]})
    assert entry()["webhook"] == {
        "as": "user:admin", "mode": "save", "key": "name", "values": {"name": "company.name", "phone": "phone"},
    }  # fmt: skip
    assert "It gets one when it is published" in text_of(admin.get(page))
    assert admin.post(f"{page}/address").status_code == 404
    publish(admin, admin.get("/setup/draft/"))

    # Called from outside at the address that is shown once; its run is listed; renewed, and taken away.
    assert "Make an address" in text_of(admin.get(page))
    found = re.search(r"(/hooks/[\w-]+)</code>", admin.post(f"{page}/address").text)
    assert found is not None
    caller = admin.client.application.test_client()
    answer = caller.post(found[1], json={"company": {"name": "Called"}})
    assert answer.status_code == 202
    assert "Last called on" in text_of(admin.get(page))
    run = text_of(admin.get(f"/setup/runs/{answer.json['run']}"))
    assert "another system called" in run
    # Renamed, its address and its runs stay with it; an e-mail template is sent by its new name.
    assert "There is one called" in text_of(admin.get(admin.post(f"{page}/rename", {"new": "arrives"}).location))
    admin.get(page)
    page = admin.post(f"{page}/rename", {"new": "comes_in"}).location
    assert admin.post("/setup/emails/hot_deal/rename", {"new": "warm_deal"}).location == "/setup/emails/warm_deal"
    review = admin.get("/setup/draft/")
    assert "Rename the workflow" in text_of(review)
    publish(admin, review)
    model = site.models.current.model
    assert list(model.workflows["organization"])[-1] == "comes_in"
    sent = [
        step.options["template"] for step in model.workflows["opportunity"]["hot_deal"].steps if step.action == "email"
    ]
    assert sent == ["warm_deal"]
    assert caller.post(found[1], json={"company": {"name": "Called"}}).json["record"] == answer.json["record"]
    assert "2 runs" in text_of(admin.get(f"{HOME}?module=organization"))
    again = admin.post(f"{page}/address").text
    assert "shown only now" in again
    assert caller.post(found[1], json={"company": {"name": "Late"}}).status_code == 404
    admin.post(f"{page}/no-address")
    assert "Make an address" in text_of(admin.get(page))
