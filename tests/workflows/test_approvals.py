"""Approvals: who is asked, who may answer, and what each answer leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ConflictError, NotFoundError
from fieldstone.storage.principals import principal, team_member
from fieldstone.workflows.approvals.stand_ins import KIND
from workflows.conftest import Sales

Open = Callable[..., Sales]

DISCOUNT = """
  discount:
    on: created
    if: name == 'one'
    do:
      - approval: {by: ["team:North", "user:emil"], message: "May {{ record.name }} be cheap?", due: {days: 3}}
      - answer: approved
        set_fields: {stage: "'won'"}
      - answer: rejected
        notify: {to: ["user:emil"], message: "No for {{ record.name }}"}
      - comment: {text: "answered"}
  both:
    on: created
    if: name == 'all'
    do:
      - approval: {by: ["user:ben", "user:cleo"], message: "All of you?", need: all}
      - {answer: approved, wait: {for: {hours: 1}}}
      - {answer: approved, set_fields: {stage: "'won'"}}
  chain:
    on: created
    if: name == 'late'
    do:
      - approval:
          by: ["user:ben"]
          message: First
          due: {hours: 4}
          on_timeout: escalate
          escalate_to: [leader, "role:seller"]
      - answer: approved
        approval: {by: ["user:anna"], message: Second, due: {hours: 1}, on_timeout: approve}
      - {answer: approved, set_fields: {stage: "'won'"}}
      - {answer: rejected, set_fields: {stage: "'proposal'"}}
"""
CLEO = Actor(user_id=3, name="Cleo", roles=("seller",), team_ids=(9,))
EMIL = Actor(user_id=5, name="Emil", roles=("seller",))


def work_off(sales: Sales, **span: float) -> None:
    sales.clock.advance(**span)
    Worker(sales.post).run_due()


def asked(sales: Sales, user: int, show: str = "waiting") -> list[Any]:
    return list(sales.engine.approvals.list(user, show))


def test_the_first_answer_counts_and_only_from_those_who_were_asked(open_sales: Open) -> None:
    sales = open_sales(DISCOUNT)
    approvals = sales.engine.approvals
    first = sales.create(name="one", actor=sales.ben)
    second = sales.create(name="one", actor=sales.ben)
    work_off(sales)
    assert [[each.message for each in asked(sales, user)] for user in (1, 2, 3, 4, 5)] == [
        [], ["May one be cheap?"] * 2, ["May one be cheap?"] * 2, [], ["May one be cheap?"] * 2,
    ]  # fmt: skip
    assert sales.messages(3) == ["May one be cheap?"] * 2
    assert [str(mail["To"]) for mail in sales.mails()] == ["ben@example.com"] * 2 + ["cleo@example.com"] * 2
    assert "https://crm.example.com/approvals" in sales.mails()[0].as_string()
    run = sales.runs(record_id=first)[0]
    assert (run.outcome, run.trace["steps"][0]["asked"]) == ("waiting", ["Ben", "Cleo", "Emil"])
    assert [each.record_id for each in approvals.of_record(2, "opportunity", first)] == [first]

    newer, older = asked(sales, 3)
    with pytest.raises(NotFoundError):
        approvals.answer(sales.anna, older.id, "approved")
    with pytest.raises(NotFoundError):
        approvals.find(sales.anna, older.id)
    assert older.waits_for(3)
    assert not older.waits_for(1)
    approvals.answer(CLEO, older.id, "approved", "A good one")
    for late in (CLEO, EMIL):
        with pytest.raises(ConflictError):
            approvals.answer(late, older.id, "rejected")
    approvals.answer(EMIL, newer.id, "rejected")
    work_off(sales)
    assert (sales.row(first)["stage"], sales.row(second)["stage"]) == ("won", "open")
    assert sales.messages(5)[2:] == ["No for one"]
    steps = {run.record_id: run.trace["steps"] for run in sales.runs()}
    assert steps[first][1] == {
        "action": "approval", "outcome": "done", "answer": "approved", "answers": ["Cleo: approved (A good one)"]
    }  # fmt: skip
    assert [(step["action"], step["outcome"]) for step in steps[second]] == [
        ("approval", "done"), ("approval", "done"), ("set_fields", "skipped"), ("notify", "done"), ("comment", "done"),
    ]  # fmt: skip
    assert {each.state for each in asked(sales, 3, "done")} == {"approved", "rejected"}
    assert len(asked(sales, 2, "asked")) == 2
    assert asked(sales, 2) == []
    work_off(sales, days=4)  # nobody's time is up any more
    assert len(sales.rows("comment")) == 2


def test_all_must_approve_and_time_may_run_out(open_sales: Open) -> None:
    sales = open_sales(DISCOUNT)
    approvals = sales.engine.approvals
    deals = [sales.create(name="all", actor=sales.ben) for _ in range(2)]
    no, yes = asked(sales, 2)
    approvals.answer(sales.ben, yes.id, "approved")
    work_off(sales)
    assert sales.row(deals[0])["stage"] == "open"
    assert asked(sales, 2) == [no]
    approvals.answer(CLEO, yes.id, "approved")
    approvals.answer(CLEO, no.id, "rejected")
    work_off(sales)
    assert [run.outcome for run in sales.runs()] == ["waiting", "done"]
    work_off(sales, hours=1)
    assert [sales.row(deal)["stage"] for deal in deals] == ["won", "open"]

    # Ben leaves: who leads his team is asked in his stead, then, nobody answering, others.
    scheduler = sales.scheduler()
    assert KIND not in [item.key for item in sales.engine.recurring()]
    pending = sales.create(name="late", owner=5, actor=EMIL)
    scheduler.tick()
    sales.database.transact(_dismiss_ben)
    sales.clock.advance(minutes=15)
    assert KIND in [item.kind for item in scheduler.tick()]
    work_off(sales)
    assert [each.record_id for each in asked(sales, 3)] == [pending]
    assert asked(sales, 2) == []
    step = sales.runs(record_id=pending)[0].trace["steps"][0]
    assert (step["asked"], step["instead_of"]) == (["Cleo"], ["Ben"])
    assert sales.mails()[-1]["To"] == "cleo@example.com"
    approvals.answer(CLEO, asked(sales, 3)[0].id, "rejected")
    work_off(sales)
    assert sales.row(pending)["stage"] == "proposal"
    late, silent, deleted = (sales.create(name="late", owner=5, actor=EMIL) for _ in range(3))
    assert sales.runs(record_id=late)[0].trace["steps"][0]["asked"] == ["Cleo"]
    assert sales.runs(record_id=late)[0].trace["steps"][0]["instead_of"] == ["Ben"]
    work_off(sales, hours=4)
    assert [each.record_id for each in asked(sales, 5)] == [deleted, silent, late]
    assert [each.state for each in asked(sales, 3, "done")][:3] == ["ended"] * 3
    approvals.answer(EMIL, asked(sales, 5)[2].id, "approved")
    sales.records.delete(sales.anna, "opportunity", [deleted])
    work_off(sales)
    assert [each.message for each in asked(sales, 1)] == ["Second"]
    work_off(sales, hours=5)
    work_off(sales)
    assert [sales.row(deal)["stage"] for deal in (late, silent)] == ["won", "proposal"]
    assert sales.runs(record_id=deleted)[0].outcome == "cancelled"
    assert asked(sales, 5) == []
    assert asked(sales, 1) == []


def test_both_outcomes_are_told_before(open_sales: Open) -> None:
    sales = open_sales()
    deal = sales.create(name="D", owner=2)
    flow = {
        "on": "created",
        "do": [
            {"approval": {"by": ["owner"], "message": "May {{ record.name }}?", "due": {"days": 1}}},
            {"answer": "approved", "set_fields": {"stage": "'won'"}},
            {"answer": "approved", "wait": {"for": {"days": 2}}},
            {"answer": "rejected", "set_fields": {"stage": "'proposal'"}},
            {"notify": {"to": ["owner"], "message": "{{ record.stage }}"}},
        ],
    }
    trial = sales.engine.rehearsals.try_record(sales.anna, "opportunity", "ask", flow, deal)
    told = [(step["action"], step["outcome"], step.get("if_answer", "")) for step in trial.steps]
    assert told == [
        ("approval", "waiting", ""), ("set_fields", "done", "approved"), ("wait", "waiting", "approved"),
        ("set_fields", "done", "rejected"), ("notify", "done", ""),
    ]  # fmt: skip
    assert trial.positions == (0, 1, 2, 3, 4)
    assert (trial.steps[0]["asked"], trial.steps[0]["until"]) == (["Ben"], "2026-03-03T09:00+00:00")
    assert trial.steps[2]["until"] == "2026-03-04T09:00+00:00"
    assert trial.changes == {"stage": ("open", "won")}
    assert asked(sales, 2) == []
    assert sales.messages(2) == []


def _dismiss_ben(conn: sa.Connection) -> None:
    conn.execute(sa.update(principal).where(principal.c.id == 2).values(active=False))
    conn.execute(sa.update(team_member).where(team_member.c.user_id == 3).values(leader=True))
