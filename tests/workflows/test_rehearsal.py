"""Workflows tried on a record and rehearsed over what was recorded: as they would run, and nothing stays."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import FieldstoneError, NotFoundError
from fieldstone.storage.system import system_metadata
from fieldstone.workflows.rehearsal import service
from fieldstone.workflows.rehearsal.drafted import UnfinishedWorkflowError
from fieldstone.workflows.rehearsal.parts import split_condition
from workflows.conftest import Sales

BIG: dict[str, Any] = {
    "label": "Big",
    "on": "becomes_true",
    "if": "amount > 1000 and (stage == 'open' or stage == 'proposal') and organization.industry == 'steel'",
    "do": [
        {"set_fields": {"note": "'big'"}},
        {"email": {"to": ["field:email", "owner"], "subject": "{{ record.name }}", "body": "Of {{ record.note }}"}},
        {"create_task": {"subject": "Call {{ record.organization }}", "due_in_days": 2}, "if": "is_empty(close_date)"},
        {"notify": {"to": ["user:ben"], "message": "Hot"}, "if": "amount > 9000"},
    ],
}

LIVE = """
  made: {on: created, if: amount > 100, do: [{comment: {text: made}}]}
  moved: {on: updated, fields: [stage], do: [{comment: {text: moved}}]}
  saved: {on: saved, if: changed(amount), do: [{comment: {text: saved}}]}
  big: {on: becomes_true, if: amount > 1000, do: [{comment: {text: big}}]}
  shrunk: {on: updated, if: old.amount > amount, do: [{comment: {text: shrunk}}]}
  gone: {on: deleted, do: [{notify: {to: ["user:anna"], message: gone}}]}
  back: {on: restored, if: amount > 50, do: [{comment: {text: back}}]}
"""


def _rows(sales: Sales) -> dict[str, int]:
    """How many rows each table has."""
    current = sales.models.current
    tables = [*system_metadata.sorted_tables, *(current.tables.module(name).table for name in current.model.modules)]
    with sales.database.read() as conn:
        return {
            table.name: conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables
        }


def test_a_workflow_is_tried_on_a_record_and_leaves_nothing(open_sales: Callable[..., Sales]) -> None:
    sales = open_sales()
    rehearsals = sales.engine.rehearsals
    steel = sales.create("organization", name="Halden", industry="steel")
    deal = sales.create(name="Mill", amount=500, email="mill@example.com", organization=steel)
    sales.update(deal, amount=5000)
    before, version = _rows(sales), sales.row(deal)["version"]

    trial = rehearsals.try_record(sales.anna, "opportunity", "big", BIG, deal)
    assert (trial.holds, trial.held_before, trial.picked, trial.refused) == (True, False, True, None)
    assert [(part.source, part.holds) for part in trial.parts] == [
        ("amount > 1000", True),
        ("(stage == 'open' or stage == 'proposal')", True),
        ("organization.industry == 'steel'", True),
    ]
    assert trial.parts[2].reads == {"organization.industry": "steel"}
    assert trial.changes == {"note": ("", "big")} or trial.changes == {"note": (None, "big")}
    assert [(step["action"], step["outcome"]) for step in trial.steps] == [
        ("set_fields", "done"), ("email", "done"), ("create_task", "done"), ("notify", "skipped"),
    ]  # fmt: skip
    assert trial.steps[1]["to"] == ["mill@example.com", "anna@example.com"]
    assert trial.steps[1]["subject"] == "Mill"

    small = rehearsals.try_record(sales.anna, "opportunity", "big", BIG | {"if": "amount > 9000"}, deal)
    assert (small.holds, small.steps) == (False, ())
    wrong = BIG | {"do": [{"set_fields": {"amount": "0 - 1"}}]}
    refused = rehearsals.try_record(sales.anna, "opportunity", "big", wrong, deal).refused
    assert refused is not None
    assert "never negative" in refused.message
    early = BIG | {"on": "saved", "when": "before_save", "do": BIG["do"][:1]}
    assert rehearsals.try_record(sales.anna, "opportunity", "big", early, deal).changes.keys() == {"note"}
    on_date = {"on": "schedule", "schedule": {"field": "close_date", "days_before": 3}, "do": BIG["do"][:1]}
    sales.update(deal, close_date="2026-03-20")
    due = rehearsals.try_record(sales.anna, "opportunity", "soon", on_date, deal).due
    assert due is not None
    assert due.isoformat() == "2026-03-16T23:00:00+00:00"

    after = _rows(sales)
    assert {name: after[name] - count for name, count in before.items() if after[name] != count} == {"fs_history": 1}
    assert sales.row(deal)["version"] == version + 1
    assert sales.mails() == []
    with pytest.raises(NotFoundError):
        rehearsals.try_record(sales.anna, "opportunity", "big", BIG, 999)
    with pytest.raises(NotFoundError):
        rehearsals.try_record(sales.ben, "opportunity", "big", BIG, deal)  # it is Anna's


def test_a_rehearsal_finds_the_runs_there_were(
    open_sales: Callable[..., Sales], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rehearsed over the days it was in force, a workflow runs when it did run."""
    sales = open_sales(opportunity=LIVE)
    dice = random.Random(7)
    alive = [sales.create(name=f"Deal {n}", amount=dice.choice((50, 500, 5000))) for n in range(4)]
    dead: list[int] = []
    for _ in range(45):
        sales.clock.advance(hours=3)
        deal, lot = dice.choice(alive), dice.random()
        if lot < 0.15:
            alive.append(sales.create(name="More", amount=dice.choice((50, 500, 5000))))
        elif lot < 0.3 and len(alive) > 2:
            alive.remove(deal)
            dead.append(deal)
            sales.records.delete(sales.anna, "opportunity", [deal])
        elif lot < 0.45 and dead:
            alive.append(dead.pop())
            sales.records.restore(sales.anna, "opportunity", [alive[-1]])
        elif lot < 0.7:
            sales.update(deal, stage=dice.choice(("open", "proposal", "won")), note=str(lot))
        else:
            sales.update(deal, amount=dice.choice((50, 500, 5000)))
    before = _rows(sales)
    workflows = sales.models.current.model.workflows["opportunity"]
    for name, flow in workflows.items():
        entry: dict[str, Any] = {
            "on": flow.on,
            "do": [{step.action: step.options} for step in flow.steps],
            **({"if": flow.condition} if flow.condition else {}),
            **({"fields": list(flow.fields)} if flow.fields else {}),
        }
        made = sales.engine.rehearsals.find(
            sales.engine.rehearsals.rehearse(sales.anna, "opportunity", name, entry, 30)
        )
        assert made is not None
        assert made.result is not None
        real = [(run.record_id, run.at.isoformat()) for run in sales.runs(workflow=name)]
        assert sorted((run["record"], run["at"]) for run in made.result["runs"]) == sorted(real), name
        assert len(real) > 1, name
        assert made.result["matched"] == len(real)
        acted = [run for run in made.result["runs"] if run["steps"] is not None]
        assert acted, name
        assert all(run["gone"] or run["refused"] is None for run in acted)
        assert {step["outcome"] for run in acted for step in run["steps"]} == {"done"}
    short = sales.engine.rehearsals.find(
        sales.engine.rehearsals.rehearse(sales.anna, "opportunity", "made", {"on": "saved", "do": BIG["do"][:1]}, 1)
    )
    assert short is not None
    assert short.result is not None
    assert 0 < short.result["examined"] <= 8
    after = _rows(sales)
    changed = {name: after[name] - count for name, count in before.items() if after[name] != count}
    assert changed == {"fs_rehearsal": len(workflows) + 1}

    monkeypatch.setattr(service, "AT_ONCE", 3)
    long = sales.engine.rehearsals.rehearse(sales.anna, "opportunity", "big", BIG, 30)
    waiting = sales.engine.rehearsals.find(long)
    assert waiting is not None
    assert (waiting.result, waiting.job is None) == (None, False)
    sales.post.worker.run_due()
    done = sales.engine.rehearsals.find(long)
    assert done is not None
    assert done.result is not None
    assert done.result["matched"] == 0  # none has an organization


def test_schedules_are_rehearsed_and_what_cannot_be_is_refused(open_sales: Callable[..., Sales]) -> None:
    sales = open_sales()
    rehearsals = sales.engine.rehearsals
    deals = [sales.create(name=f"Deal {day}", amount=day, close_date=f"2026-03-{day:02}") for day in (1, 3, 9)]
    sales.clock.advance(days=5)  # to Saturday, the 7th

    def rehearsed(**entry: Any) -> list[tuple[int, str]]:
        number = rehearsals.rehearse(sales.anna, "opportunity", "x", {"do": BIG["do"][:1], **entry}, 7)
        made = rehearsals.find(number)
        assert made is not None
        assert made.result is not None
        return [(run["record"], run["at"][:10]) for run in made.result["runs"]]

    by_date = {"on": "schedule", "schedule": {"field": "close_date", "days_after": 2}}
    assert rehearsed(**by_date) == [(deals[1], "2026-03-04"), (deals[0], "2026-03-02")]
    assert rehearsed(**by_date, **{"if": "amount > 2"}) == [(deals[1], "2026-03-04")]
    daily = {"on": "schedule", "schedule": {"cron": "0 8 * * 1-5"}, "if": "amount > 2 and close_date < today()"}
    assert rehearsed(**daily) == [(deals[1], "2026-03-06"), (deals[1], "2026-03-05"), (deals[1], "2026-03-04")]

    def refused(module: str = "opportunity", **entry: Any) -> list[str]:
        with pytest.raises(FieldstoneError) as caught:
            rehearsals.rehearse(sales.anna, module, "x", {"on": "saved", "do": BIG["do"][:1], **entry}, 7)
        error = caught.value
        return [each.code for each in error.causes] if isinstance(error, UnfinishedWorkflowError) else [error.code]

    assert refused(on="manual") == ["workflow.E162"]
    assert refused("visit") == ["workflow.E160"]
    assert refused(do=[{"email": {}}, {"notify": {"to": []}}]) == ["workflow.E161", "workflow.E161"]
    assert refused(**{"if": "visits > 2"}) == ["expression.E011"]
    assert refused(do=[{"set_fields": {"visits": "1"}}]) == ["workflow.E121"]
    assert refused(do=[{"fly": {}}]) == ["workflow.E125"]


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("a and b", ["a", "b"]),
        ("a and (b or c) and d in ('and', 'or')", ["a", "(b or c)", "d in ('and', 'or')"]),
        ("a or b and c", ["a or b and c"]),
        ("a if b and c else d", ["a if b and c else d"]),
        ('name == "it\'s and" and android > 1', ['name == "it\'s and"', "android > 1"]),
    ],
)
def test_a_condition_is_taken_apart_where_all_must_hold(source: str, parts: list[str]) -> None:
    assert split_condition(source) == parts
