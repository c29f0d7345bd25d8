"""Runs that wait: they come back at their time, once, on the record as it is then, and every end is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.jobs.leases import Leases
from fieldstone.jobs.worker import Worker
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.storage.principals import principal
from fieldstone.storage.revisions import Revision, hold_version, store_revision
from fieldstone.workflows.runner import Runner
from fieldstone.workflows.waiting.control import NotWaitingError
from fieldstone.workflows.waiting.tables import fs_run_definition, fs_waiting
from workflows.conftest import Sales, compile_sales

Open = Callable[..., Sales]

FOLLOW = """
  follow:
    on: created
    do:
      - notify: {to: [owner], message: "made {{ record.name }}"}
      - wait: {for: {days: 2}, only_if: stage == 'open'}
      - set_fields:
          counter: coalesce(counter, 0) + 1
      - if: amount > 100
        notify: {to: [owner, actor], message: "still open {{ record.name }}"}
"""
TIMES = """
  before:
    on: created
    if: name == 'close'
    do:
      - wait: {for: {days: 3}, before: close_date}
      - set_fields: {note: "'x'"}
  until: {on: created, if: name == 'meet', do: [{wait: {until: "add_hours(meeting, -2)"}}, {set_fields: {note: "'x'"}}]}
"""


def waiting(sales: Sales) -> list[Any]:
    with sales.database.read() as conn:
        return list(conn.execute(sa.select(fs_waiting).order_by(fs_waiting.c.run_id)).all())


def pass_time(sales: Sales, **span: float) -> None:
    sales.clock.advance(**span)
    Worker(sales.post).run_due()


def publish(sales: Sales, opportunity: str) -> None:
    """The same site, with other workflows."""
    model = compile_sales(opportunity)

    def work(conn: sa.Connection) -> None:
        number = hold_version(conn, exclusive=True) + 1
        at = datetime.now(UTC)
        revision = Revision(id=number, at=at, by=None, by_label="test", kind="publish", message="",
                            model_hash=model.hash, plugins={})  # fmt: skip
        store_revision(conn, revision, [])

    sales.database.transact(work)
    sales.models._compile = lambda layers, catalogue: model
    assert sales.models.refresh().model is model


def test_what_follows_a_wait_happens_once_at_its_time(open_sales: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    sales = open_sales(FOLLOW)
    with sales.database.read() as conn:
        before = conn.execute(sa.text("SELECT count(*) FROM fs_job")).scalar_one()
    deals = sales.save(*[_deal(f"D{number}", amount=number * 60) for number in range(4)], actor=sales.ben)
    kept, won, gone, _last = [deal.id for deal in deals]
    assert sales.messages(2) == [f"made D{number}" for number in range(4)]
    assert {run.outcome for run in sales.runs()} == {"waiting"}
    assert sales.runs()[0].trace["steps"][1] == {
        "action": "wait", "outcome": "waiting", "until": "2026-03-04T09:00+00:00"
    }  # fmt: skip
    with sales.database.read() as conn:
        assert conn.execute(sa.text("SELECT count(*) FROM fs_job")).scalar_one() == before + 1
        assert conn.execute(sa.select(sa.func.count()).select_from(fs_run_definition)).scalar_one() == 1
    sales.update(won, stage="won")
    sales.records.delete(sales.anna, "opportunity", [gone])
    pass_time(sales, days=1, hours=23)
    assert len(waiting(sales)) == 4

    # The worker dies with everything done and not yet said; then one before it could commit.
    with monkeypatch.context() as patch:
        patch.setattr(Leases, "hold", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        sales.clock.advance(hours=1)
        with pytest.raises(SystemExit):
            sales.post.worker.run_once()
    with monkeypatch.context() as patch:
        patch.setattr(Leases, "finish", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        sales.clock.advance(minutes=6)
        with pytest.raises(SystemExit):
            Worker(sales.post).run_once()
    pass_time(sales, minutes=6)
    pass_time(sales, days=3)
    assert waiting(sales) == []
    assert [row["counter"] for row in sales.rows("opportunity")] == [1, None, None, 1]
    assert sales.messages(2)[4:] == ["still open D3"]
    outcomes = {run.record_id: run.outcome for run in sales.runs()}
    assert outcomes == {kept: "done", won: "done", gone: "cancelled", deals[3].id: "done"}
    told = {run.record_id: run.trace["steps"] for run in sales.runs()}
    assert [(step["action"], step["outcome"]) for step in told[kept]] == [
        ("notify", "done"), ("wait", "done"), ("set_fields", "done"), ("notify", "skipped"),
    ]  # fmt: skip
    assert "no longer holds" in told[won][-1]["reason"]
    assert told[gone][-1]["reason"] == "the record was deleted meanwhile"
    assert sales.row(kept)["modified_by"] == 2  # whoever set it off


def test_a_time_of_the_record_is_asked_anew(open_sales: Open) -> None:
    sales = open_sales(TIMES)
    close = sales.create(name="close", close_date="2026-03-10", actor=sales.ben)
    meet = sales.create(name="meet", meeting="2026-03-05T12:00:00Z", actor=sales.ben)
    sales.create(name="close", actor=sales.ben)
    past = sales.create(name="close", close_date="2026-03-01", actor=sales.ben)
    assert [row.until for row in waiting(sales)] == [
        datetime(2026, 3, 6, 23, tzinfo=UTC), datetime(2026, 3, 5, 10, tzinfo=UTC),
    ]  # fmt: skip
    assert sales.row(past)["note"] == "x"
    sales.update(close, close_date="2026-03-20")
    pass_time(sales, days=6)
    assert (sales.row(meet)["note"], sales.row(close)["note"]) == ("x", None)
    assert [row.until for row in waiting(sales)] == [datetime(2026, 3, 16, 23, tzinfo=UTC)]
    assert "moved" in sales.runs(record_id=close)[0].trace["steps"][-1]["reason"]
    sales.engine.waiting.continue_now(waiting(sales)[0].run_id, by=1)
    pass_time(sales)
    assert sales.row(close)["note"] == "x"
    empty = next(run for run in sales.runs() if run.record_id not in (close, meet, past))
    assert (empty.outcome, empty.trace["steps"][0]["outcome"]) == ("done", "skipped")


def test_a_run_comes_back_to_the_steps_it_began_with(open_sales: Open) -> None:
    def one(note: str, more: str = "") -> str:
        return f"  w: {{on: created, {more}do: [{{wait: {{for: {{hours: 1}}}}}}, {{set_fields: {{note: {note}}}}}]}}"

    sales = open_sales(one("\"'first'\""))
    first = sales.create(actor=sales.ben)
    publish(sales, one("\"'second'\""))
    pass_time(sales, hours=1)
    assert sales.row(first)["note"] == "first"

    second = sales.create(actor=sales.ben)
    publish(sales, one("\"'third'\"", "active: false, "))
    pass_time(sales, hours=1)
    assert sales.row(second)["note"] is None
    assert _end(sales, second) == ("cancelled", "the workflow was switched off")
    publish(sales, one("\"'third'\""))
    third = sales.create(actor=sales.ben)
    publish(sales, "")
    pass_time(sales, hours=1)
    assert _end(sales, third) == ("cancelled", "the workflow is no longer there")

    # A field has another name by now: the steps of now are the same ones, until somebody changes them.
    publish(sales, one("\"'fourth'\""))
    renamed = sales.create(actor=sales.ben)
    was = sa.func.replace(fs_run_definition.c.entry, '"note"', '"remark"')
    sales.database.transact(lambda conn: conn.execute(sa.update(fs_run_definition).values(entry=was)))
    pass_time(sales, hours=1)
    assert sales.row(renamed)["note"] == "fourth"
    publish(sales, "  w: {on: created, do: [{wait: {for: {hours: 1}}}, {set_fields: {note: \"'fifth'\"}}]}")
    lost = sales.create(actor=sales.ben)
    sales.database.transact(lambda conn: conn.execute(sa.update(fs_run_definition).values(entry=was)))
    publish(sales, "  w: {on: created, do: [{wait: {for: {hours: 1}}}]}")
    pass_time(sales, hours=1)
    outcome, reason = _end(sales, lost)
    assert (outcome, sales.row(lost)["note"]) == ("failed", None)
    assert "no field remark" in reason


def test_one_that_is_refused_ends_alone_and_people_may_end_others(
    open_sales: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales = open_sales("  w: {on: created, do: [{wait: {for: {weeks: 1}}}, {set_fields: {amount: amount - 10}}]}")
    low, high, ended = (
        deal.id for deal in sales.save(*[_deal("D", amount=each) for each in (5, 50, 99)], actor=sales.ben)
    )
    run = next(row.run_id for row in waiting(sales) if row.record_id == ended)
    sales.engine.waiting.cancel(run, "Anna")
    with pytest.raises(NotWaitingError):
        sales.engine.waiting.cancel(run, "Anna")
    with pytest.raises(NotWaitingError):
        sales.engine.waiting.continue_now(run, by=1)
    pass_time(sales, weeks=1)
    assert [int(row["amount"]) for row in sales.rows("opportunity")] == [5, 40, 99]
    assert _end(sales, ended) == ("cancelled", "cancelled by Anna")
    outcome, reason = _end(sales, low)
    assert outcome == "failed"
    assert "never negative" in reason
    assert _end(sales, high)[0] == "done"

    orphan = sales.create(amount=50, actor=sales.ben)
    sales.database.transact(
        lambda conn: conn.execute(sa.update(principal).where(principal.c.id == 2).values(active=False))
    )
    monkeypatch.setattr(Runner, "wake", lambda *_: pytest.fail("nobody acts for somebody who has left"))
    pass_time(sales, weeks=1)
    assert _end(sales, orphan) == ("cancelled", "whoever set it off is no longer active")


def test_what_cannot_wait_is_told_before(open_sales: Open) -> None:
    from fieldstone.fields.registry import built_in_field_types
    from fieldstone.metadata.catalogue import Catalogue
    from fieldstone.metadata.compiler import compile_model
    from fieldstone.metadata.layers import Layer
    from fieldstone.workflows.actions.registry import ACTION_SCHEMAS, built_in_actions
    from fieldstone.workflows.checking import check_workflows
    from fieldstone.workflows.triggers import TRIGGERS, built_in_triggers
    from workflows.sales_documents import documents

    def codes(text: str) -> list[str]:
        compilation = compile_model(
            [Layer(name="site", documents=documents(text))], field_types=built_in_field_types(), catalogue=Catalogue(),
            actions=ACTION_SCHEMAS, triggers=TRIGGERS,
        )  # fmt: skip
        found = Diagnostics()
        if compilation.model is not None:
            check_workflows(compilation.model, built_in_triggers(), built_in_actions(), found)
        return [each.code for each in (*compilation.diagnostics, *found)]

    def flow(step: str, on: str = "created") -> str:
        return f"  w: {{on: {on}, do: [{step}]}}"

    assert codes(flow("{wait: {for: {days: 1}}}", "created, when: before_save")) == ["workflow.E019"]
    assert codes(flow("{wait: {for: {days: 1}}}", "deleted")) == ["workflow.E024"]
    assert codes(flow("{wait: {for: {days: 1}}}, {if: changed(stage), set_fields: {note: name}}", "updated")) != []
    assert codes(flow("{if: changed(stage), wait: {for: {days: 1}}}", "updated")) == []
    assert codes(flow("{answer: approved, set_fields: {note: name}}")) == ["workflow.E022"]
    assert codes(flow("{approval: {by: [owner], message: x}}, {answer: yes_, comment: {text: x}}")) == ["workflow.E023"]
    for options in (
        "{for: {days: 1}, before: name}",
        "{until: amount}",
        "{for: {days: 1}, before: close_date, after: meeting}",
    ):
        assert codes(flow(f"{{wait: {options}}}")) == ["workflow.E123"]
    assert codes(flow("{approval: {by: ['field:name'], message: x, on_timeout: escalate}}")) == ["workflow.E123"] * 3


def _deal(name: str, **values: Any) -> Any:
    from fieldstone.records.changes import RecordChange

    return RecordChange(module="opportunity", values={"name": name, "owner": 2, **values})


def _end(sales: Sales, record: int) -> tuple[str, str]:
    run = sales.runs(record_id=record)[-1]
    return run.outcome, run.trace["steps"][-1].get("reason", "")
