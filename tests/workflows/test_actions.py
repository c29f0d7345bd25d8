"""What each action does, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from fieldstone.metadata.definitions import StepDef, WorkflowDef
from fieldstone.records.changes import RecordChange
from fieldstone.workflows.actions.registry import ACTION_SCHEMAS, built_in_actions
from fieldstone.workflows.compiled import WorkflowCompiler
from fieldstone.workflows.triggers import TRIGGERS, built_in_triggers
from workflows.conftest import compile_sales

Open = Callable[..., Any]

EXAMPLES: dict[str, list[Any]] = {
    "set_fields": [{"note": "'x'"}, {"record": "organization", "tier": "'a'", "industry": "name"}],
    "create_record": [{"module": "organization", "values": {"name": "name"}}],
    "email": [
        {"to": ["owner", "actor", "user:anna", "role:seller", "team:North", "field:email", "a@example.com"],
         "template": "big_deal"},
        {"to": ["owner"], "subject": "{{ record.name }}", "body": "{{ user.name }} {{ app.name }}"},
    ],
    "notify": [{"to": ["owner", "team:North"], "message": "{{ record.label }} {{ record.module }}"}],
    "create_task": [
        {"subject": "{{ record.name }}"},
        {"subject": "x", "assign": "user:anna", "due_from": "close_date"},
    ],
    "create_event": [
        {"subject": "{{ record.name }}"},
        {"subject": "x", "assign": "user:anna", "starts_from": "meeting", "starts_in_days": -2, "at": "9:30",
         "minutes": 30, "all_day": False, "location": "{{ record.organization }}"},
    ],
    "link": [
        {"relation": "partners", "record": "organization"}, {"relation": "partners"},
        {"relation": "partners", "record": "organization.parent", "undo": True}, {"relation": "tasks"},
    ],
    "tag": [{"add": ["big"]}, {"remove": ["small"], "field": "tags"}],
    "comment": [{"text": "{{ record.name }}"}],
    "wait": [
        {"for": {"days": 2}}, {"for": {"hours": 0}, "after": "meeting", "only_if": "stage == 'open'"},
        {"until": "close_date"},
    ],
    "approval": [
        {"by": ["owner", "leader", "field:created_by", "role:seller"], "message": "{{ record.name }}"},
        {"by": ["actor"], "message": "x", "need": "all", "due": {"weeks": 1}, "on_timeout": "escalate",
         "escalate_to": ["team:North"]},
    ],
    "assign": [
        {"to": "user:anna"}, {"to": "team:North"}, {"to": "actor"}, {"round_robin": ["team:North"]},
        {"least_busy": ["role:seller"], "counted": "stage != 'won'"},
    ],
    "webhook": [{"url": "https://example.com/"}, {"url": "https://example.com/", "fields": ["name", "owner"]}],
}  # fmt: skip

REFUSED: list[tuple[str, Any]] = [
    ("tag", {}),
    ("tag", {"add": [], "field": "tags"}),
    ("set_fields", {"nonsense": "1"}),
    ("set_fields", {"forecast": "1"}),
    ("set_fields", {"version": "1"}),
    ("set_fields", {"note": "amount +"}),
    ("set_fields", {"note": "__import__('os')"}),
    ("set_fields", {"record": "stage", "note": "'x'"}),
    ("set_fields", {"record": "nonsense", "note": "'x'"}),
    ("set_fields", {"record": "organization", "amount": "1"}),
    ("create_record", {"module": "nonsense", "values": {"name": "name"}}),
    ("create_record", {"module": "organization", "values": {"nonsense": "name"}}),
    ("email", {"to": ["nobody"], "template": "big_deal"}),
    ("email", {"to": ["a@b@c"], "template": "big_deal"}),
    ("email", {"to": ["a@example.com\r\nBcc: b@example.com"], "template": "big_deal"}),
    ("email", {"to": ["role:nonsense"], "template": "big_deal"}),
    ("email", {"to": ["field:nonsense"], "template": "big_deal"}),
    ("email", {"to": ["owner"], "template": "nonsense"}),
    ("email", {"to": ["owner"], "subject": "{{ record.nonsense }}", "body": "x"}),
    ("email", {"to": ["owner"], "subject": "{{ record.__class__ }}", "body": "x"}),
    ("email", {"to": ["owner"], "subject": "x", "body": "{{ record.organization.nonsense }}"}),
    ("email", {"to": ["owner"], "subject": "x", "body": "{{ user.password_hash }}"}),
    ("email", {"to": ["owner"], "subject": "x", "body": "{% for a in range(9) %}{% endfor %}"}),
    ("notify", {"to": ["a@example.com"], "message": "x"}),
    ("notify", {"to": ["owner"], "message": "{{ x }}"}),
    ("create_task", {"subject": "x", "assign": "role:seller"}),
    ("create_task", {"subject": "x", "due_from": "amount"}),
    ("create_event", {"subject": "x", "assign": "role:seller"}),
    ("create_event", {"subject": "x", "starts_from": "amount"}),
    ("link", {"relation": "nonsense", "record": "organization"}),
    ("link", {"relation": "partners", "record": "id"}),
    ("link", {"relation": "partners", "record": "name"}),
    ("link", {"relation": "partners", "undo": True}),
    ("tag", {"add": ["a,b"]}),
    ("tag", {"add": ["x"], "field": "name"}),
    ("comment", {"text": "{{ record.old.stage }}"}),
    ("assign", {"to": "owner"}),
    ("assign", {"to": "role:seller"}),
    ("assign", {"round_robin": ["owner"]}),
    ("assign", {"least_busy": ["actor"]}),
    ("assign", {"least_busy": ["team:North"], "counted": "old.stage == 'won'"}),
    ("webhook", {"url": "file:///etc/passwd"}),
    ("webhook", {"url": "https://example.com/", "fields": ["nonsense"]}),
    ("nonsense", {}),
]


@pytest.fixture(scope="module")
def compiler() -> Any:
    model = compile_sales()
    compiler = WorkflowCompiler(built_in_triggers(), built_in_actions())

    def problems(action: str, options: Any, **attributes: Any) -> list[str]:
        step = StepDef(action=action, options=options)
        attributes = {"on": "created", **attributes}
        workflow = WorkflowDef(name="w", module="opportunity", label="W", steps=(step,), **attributes)
        compiled, found = compiler.compile(model, workflow)
        assert (compiled is None) == bool(found)
        return [str(problem) for problem in found]

    return problems


def test_every_action_has_an_example() -> None:
    assert set(EXAMPLES) == set(ACTION_SCHEMAS) == set(built_in_actions().names)
    assert set(TRIGGERS) == set(built_in_triggers().names)


@pytest.mark.parametrize("name", built_in_actions().names)
def test_actions_keep_their_contract(name: str, compiler: Any) -> None:
    action = built_in_actions()[name]
    jsonschema.Draft202012Validator.check_schema(dict(action.schema))
    assert action.label
    assert action.help.endswith(".")
    for options in EXAMPLES[name]:
        jsonschema.validate(options, dict(action.schema))
        assert compiler(name, options) == []
        assert bool(compiler(name, options, before_save=True)) == (not action.before_save or "record" in options)


@pytest.mark.parametrize(("action", "options"), REFUSED)
def test_what_does_not_fit_the_model_is_refused(action: str, options: Any, compiler: Any) -> None:
    assert compiler(action, options)


def test_triggers_and_conditions_that_do_not_fit_are_refused(compiler: Any) -> None:
    for attributes in (
        {"on": "nonsense"},
        {"condition": "nonsense"},
        {"on": "deleted", "before_save": True},
        {"on": "schedule", "before_save": True},
    ):
        assert compiler("set_fields", {"note": "'x'"}, **attributes)


def test_email(open_sales: Open) -> None:
    sales = open_sales("""
  tell:
    on: created
    do:
      - email:
          to: [owner, "role:seller", "field:email", "boss@example.com", "user:dora", "user:nobody"]
          template: big_deal
""")
    organization = sales.create("organization", name="A|B <b>& *Co*", industry="Steel")
    deal = sales.create(
        name="Big\u00a0deal {{ 7*7 }}",
        organization=organization,
        amount="60000",
        owner=2,
        email="Boss@example.com",
    )
    mails = sales.mails()
    assert [mail["To"] for mail in mails] == ["Boss@example.com", "ben@example.com", "cleo@example.com"]
    boss, ben, _ = mails
    assert boss["Subject"] == "Hot deal: Big\u00a0deal {{ 7*7 }}"
    assert ben["Subject"].startswith("大单：Big")
    text, html = boss.get_body(("plain",)), boss.get_body(("html",))
    assert "is worth €60,000.00" in text.get_content()
    assert "A|B <b>& *Co* (Steel)" in text.get_content()
    assert "A|B &lt;b&gt;&amp; *Co* (Steel)" in html.get_content()
    assert "<p>Very hot!</p>" in html.get_content()
    assert f'href="https://crm.example.com/m/opportunity/{deal}"' in html.get_content()
    ((_, (step,)),) = sales.steps()
    assert (step["outcome"], step["to"]) == ("done", ["ben@example.com", "cleo@example.com", "Boss@example.com"])


def test_nobody_to_write_to_is_traced_and_no_error(open_sales: Open) -> None:
    sales = open_sales("""
  tell:
    on: created
    do:
      - email: {to: ["field:email", "user:emil", "user:dora", "team:South"], template: big_deal}
      - notify: {to: ["user:dora"], message: x}
""")
    sales.create()
    ((_, steps),) = sales.steps()
    assert [(step["action"], step["outcome"]) for step in steps] == [("email", "skipped"), ("notify", "skipped")]
    assert sales.mails() == []


def test_a_text_that_grows_too_long_fails_alone(open_sales: Open) -> None:
    sales = open_sales(f"""
  tell:
    on: created
    do:
      - email: {{to: [owner], subject: x, body: "{"{{ record.note }}" * 1000}"}}
      - notify: {{to: [owner], message: "{{{{ record.name }}}}"}}
""")
    sales.create(note="a")
    sales.create(note="b" * 250)
    assert [[step["outcome"] for step in steps] for _, steps in sales.steps()] == [["done", "done"], ["failed", "done"]]
    assert [run.outcome for run in sales.runs()] == ["done", "failed"]
    assert (len(sales.mails()), len(sales.messages(1))) == (1, 2)


def test_what_the_actor_may_not_see_is_not_in_the_mail(open_sales: Open) -> None:
    sales = open_sales(
        '  tell: {on: updated, do: [email: {to: ["boss@example.com"], subject: "{{ record.name }}", '
        'body: "{{ record.organization.industry }}|{{ record.key }}|{{ record.note }}"}]}'
    )
    secret = sales.create("organization", name="Anna's", industry="Espionage")
    deal = sales.create(organization=secret, owner=2, key="hunter2")
    sales.update(deal, actor=sales.ben, note="x")
    sales.update(deal, actor=sales.anna, note="y")
    texts = sorted(mail.get_body(("plain",)).get_content().strip() for mail in sales.mails())
    assert texts == ["Espionage|••••|y", "|••••|x"]


def test_notify_words_values_for_each_reader(open_sales: Open) -> None:
    sales = open_sales(
        '  tell: {on: created, do: [notify: {to: ["user:anna", owner], '
        'message: "{{ record.close_date }} by {{ user.name }}"}]}'
    )
    sales.create(owner=2, close_date="2026-03-09")
    (anna,), (ben,) = sales.messages(1), sales.messages(2)
    assert anna != ben
    assert anna.endswith(" by Anna")
    notifications = sales.engine.notifications
    (item,) = notifications.list(2, unread=True)
    assert (item.module, item.record_id, item.read_at, item.at) == ("opportunity", 1, None, sales.clock())
    assert (notifications.unread_count(2), notifications.unread_count(3)) == (1, 0)
    assert notifications.mark_read(3, [item.id]) == 0
    assert notifications.mark_read(2, [item.id]) == 1
    assert notifications.mark_read(2) == 0
    assert (notifications.unread_count(2), list(notifications.list(2, unread=True))) == (0, [])
    assert list(notifications.list(2, before=item.id)) == []
    sales.database.transact(lambda conn: notifications.notify(conn, []))


def test_a_team_as_owner_reaches_its_active_members(open_sales: Open) -> None:
    sales = open_sales('  tell: {on: created, do: [notify: {to: [owner, "team:North"], message: hi}]}')
    sales.create(owner=9)
    assert [len(sales.messages(id)) for id in (1, 2, 3, 4)] == [0, 1, 1, 0]


def test_create_task(open_sales: Open) -> None:
    sales = open_sales("""
  plan:
    on: created
    do:
      - create_task: {subject: "Call {{ record.name }}", due_in_days: 3, priority: high}
      - create_task: {subject: "{{ record.note }}", assign: "user:cleo", due_from: close_date, due_in_days: -2}
      - create_task: {subject: "Whoever", assign: "user:nobody"}
""")
    sales.clock.now = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # already the 3rd in Berlin
    deal = sales.create(name="x" * 100, owner=2, close_date="2026-04-01")
    identity = sales.models.current.model.modules["opportunity"].identity
    found = [
        (
            row["subject"],
            row["owner_id"],
            row["due_date"],
            row["priority"],
            row["related_to_module"],
            row["related_to_id"],
        )
        for row in sales.rows("task")
    ]
    assert found == [
        ("Call " + "x" * 100, 2, date(2026, 3, 6), "high", identity, deal),
        ("Plan", 3, date(2026, 3, 30), None, identity, deal),
        ("Whoever", 1, None, None, identity, deal),
    ]
    ((_, steps),) = sales.steps()
    assert [step["record"] for step in steps] == ["task:1", "task:2", "task:3"]


def test_create_record_with_references(open_sales: Open) -> None:
    sales = open_sales("""
  found:
    on: created
    do:
      - create_record: {module: organization, values: {name: "concat('Customer of ', name)", parent: organization}}
      - create_record: {module: task, values: {subject: "'Visit'", related_to: organization, owner: owner}}
""")
    parent = sales.create("organization", name="ACME")
    sales.create(name="D", organization=parent, owner=2)
    assert [(row["name"], row["parent"]) for row in sales.rows("organization")] == [
        ("ACME", None),
        ("Customer of D", parent),
    ]
    (task,) = sales.rows("task")
    assert (task["related_to_id"], task["owner_id"]) == (parent, 2)


def test_comment_with_an_empty_text_is_left_out(open_sales: Open) -> None:
    sales = open_sales('  say: {on: created, do: [comment: {text: "{{ record.note }}"}]}')
    sales.create()
    sales.create(note="x")
    assert [row["text"] for row in sales.rows("comment")] == ["x"]
    assert [steps[0]["outcome"] for _, steps in sales.steps()] == ["skipped", "done"]


def test_assign(open_sales: Open) -> None:
    sales = open_sales("""
  to_cleo: {on: created, if: "stage == 'won'", do: [assign: {to: "user:cleo"}]}
  to_team: {on: created, if: "stage == 'proposal'", do: [assign: {to: "team:North"}]}
  to_nobody: {on: created, if: "stage == 'open'", do: [assign: {to: "user:dora"}]}
""")
    deals = [sales.create(stage=stage) for stage in ("won", "proposal", "open")]
    assert [sales.row(deal)["owner_id"] for deal in deals] == [3, 9, 1]
    assert [steps[0]["outcome"] for _, steps in sales.steps()] == ["done", "done", "skipped"]


def test_round_robin_takes_turns_within_and_between_saves(open_sales: Open) -> None:
    sales = open_sales('  turn: {on: created, do: [assign: {round_robin: ["user:anna", "team:North", "user:dora"]}]}')
    changes = [RecordChange(module="opportunity", values={"name": f"D{number}", "owner": 5}) for number in range(4)]
    sales.save(*changes)
    sales.create(owner=5)
    assert [row["owner_id"] for row in sales.rows("opportunity")] == [1, 2, 3, 1, 2]


def test_round_robin_without_anybody(open_sales: Open) -> None:
    sales = open_sales('  turn: {on: created, do: [assign: {round_robin: ["user:dora"]}]}')
    deal = sales.create(owner=2)
    assert sales.row(deal)["owner_id"] == 2


def test_webhook_bodies(open_sales: Open) -> None:
    sales = open_sales("""
  hook:
    on: created
    do:
      - webhook: {url: "https://example.com/hook"}
      - webhook: {url: "https://example.com/less", fields: [name, key]}
""")
    sales.create(amount="12.5", key="hunter2", close_date="2026-03-09", owner=2)
    full, less = sales.payloads("webhook.send")
    body = full["body"]
    assert (body["workflow"], body["trigger"], body["module"], body["id"]) == (
        "opportunity.hook",
        "created",
        "opportunity",
        1,
    )
    assert (Decimal(body["record"]["amount"]), body["record"]["close_date"]) == (Decimal("12.5"), "2026-03-09")
    assert "hunter2" not in str(full)
    assert less["body"]["record"] == {"name": "Deal"}
    ((_, steps),) = sales.steps()
    assert [step["event"] for step in steps] == [full["event"], less["event"]]
