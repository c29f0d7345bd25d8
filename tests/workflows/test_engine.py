"""Triggers, conditions and cascades, through real saves."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import FieldstoneError, ValidationError
from fieldstone.records.changes import RecordChange
from fieldstone.storage.principals import principal
from fieldstone.workflows.batch import WorkflowError

Open = Callable[..., Any]

MARK = 'do: [set_fields: {counter: "coalesce(counter, 0) + 1"}]'


def test_before_save_values_are_part_of_the_save(open_sales: Open) -> None:
    sales = open_sales("""
  follows:
    on: saved
    when: before_save
    if: changed(stage) and not changed(probability)
    do:
      - set_fields: {probability: "100 if stage == 'won' else 20"}
""")
    deal = sales.create(amount="1000", stage="open")
    assert (sales.row(deal)["probability"], sales.row(deal)["forecast"], sales.row(deal)["version"]) == (20, 200, 1)
    sales.update(deal, stage="won")
    assert (sales.row(deal)["probability"], sales.row(deal)["forecast"], sales.row(deal)["version"]) == (100, 1000, 2)
    sales.update(deal, stage="open", probability="50")
    assert sales.row(deal)["probability"] == 50
    sales.update(deal, note="nothing to do")
    assert [(run.workflow, run.outcome, run.trigger, run.actor) for run in sales.runs()] == [
        ("follows", "done", "saved", 1)
    ] * 2


def test_a_before_save_value_that_breaks_the_fields_limits_refuses_the_save(open_sales: Open) -> None:
    sales = open_sales("""
  wrong: {on: created, when: before_save, do: [set_fields: {probability: "amount"}]}
""")
    with pytest.raises(ValidationError) as caught:
        sales.create(amount="500")
    assert [problem.field for problem in caught.value.problems] == ["probability"]
    assert sales.runs() == []


def test_triggers(open_sales: Open) -> None:
    sales = open_sales("""
  on_created: {on: created, do: [comment: {text: x}]}
  on_updated: {on: updated, do: [comment: {text: x}]}
  on_note: {on: updated, fields: [note, counter], do: [comment: {text: x}]}
  on_saved: {on: saved, do: [comment: {text: x}]}
  on_deleted: {on: deleted, do: [notify: {to: ["user:cleo"], message: "{{ record.name }} is gone"}]}
  on_restored: {on: restored, do: [comment: {text: x}]}
  on_hot: {on: becomes_true, if: "amount > 100", do: [comment: {text: x}]}
  on_stage: {on: updated, fields: [stage], if: "changed_to(stage, 'won')", do: [comment: {text: x}]}
  off: {on: saved, active: false, do: [comment: {text: x}]}
  by_hand: {on: manual, do: [comment: {text: x}]}
""")

    seen: list[str] = []

    def fired() -> list[str]:
        names = [run.workflow for run in sales.runs()][len(seen) :]
        seen.extend(names)
        return [name.removeprefix("on_") for name in names]

    deal = sales.create(amount="50")
    assert fired() == ["created", "saved"]
    sales.update(deal, amount="200")
    assert fired() == ["updated", "saved", "hot"]
    sales.update(deal, amount="300", note="x")
    assert fired() == ["updated", "note", "saved"]
    sales.update(deal, amount="10")
    assert fired() == ["updated", "saved"]
    sales.update(deal, amount="101", stage="won")
    assert fired() == ["updated", "saved", "hot", "stage"]
    sales.update(deal, stage="won", note="x")
    assert fired() == []
    sales.records.delete(sales.anna, "opportunity", [deal])
    assert fired() == ["deleted"]
    assert sales.messages(3) == ["Deal is gone"]
    sales.records.restore(sales.anna, "opportunity", [deal])
    assert fired() == ["restored"]
    assert [item.name for item in sales.engine.manual_workflows("opportunity")] == ["by_hand"]


def test_conditions_reach_through_lookups_in_one_query_for_the_whole_batch(open_sales: Open) -> None:
    sales = open_sales(
        "  big: {on: saved, if: organization.parent.industry == 'Steel' and amount > 10, do: [comment: {text: x}]}"
    )
    parent = sales.create("organization", name="Parent", industry="Steel")
    child = sales.create("organization", name="Child", parent=parent)
    other = sales.create("organization", name="Other")
    queries: list[str] = []
    sa.event.listen(
        sales.database.writer,
        "before_cursor_execute",
        lambda *args: queries.append(args[2]) if "industry" in args[2] else None,
    )
    changes = [
        RecordChange(module="opportunity", values={"name": f"D{n}", "organization": (child, other)[n % 2], "amount": n})
        for n in range(40)
    ]
    saved = sales.save(*changes)
    hits = {run.record_id for run in sales.runs()}
    assert hits == {record.id for n, record in enumerate(saved) if n % 2 == 0 and n > 10}
    assert len([query for query in queries if query.lstrip().startswith("SELECT")]) <= 2


def test_user_and_role_in_conditions(open_sales: Open) -> None:
    sales = open_sales(
        "  mine: {on: created, if: \"has_role('seller') and user.name == 'Ben'\", do: [comment: {text: x}]}"
    )
    sales.create(actor=sales.anna)
    deal = sales.create(actor=sales.ben)
    assert [run.record_id for run in sales.runs()] == [deal]


def test_later_steps_see_what_earlier_ones_set_and_step_conditions_choose(open_sales: Open) -> None:
    sales = open_sales("""
  steps:
    on: created
    do:
      - set_fields: {amount: amount * 2, probability: "50"}
      - comment: {text: "forecast {{ record.forecast }}"}
        if: forecast > 100
      - comment: {text: "never"}
        if: amount < 100
""")
    deal = sales.create(amount="150")
    assert [row["text"] for row in sales.rows("comment")] == ["forecast €150.00"]
    ((_, steps),) = sales.steps()
    assert [(step["action"], step["outcome"]) for step in steps] == [
        ("set_fields", "done"),
        ("comment", "done"),
        ("comment", "skipped"),
    ]
    assert sales.row(deal)["version"] == 2
    kinds = [(entry.kind, entry.via) for entry in sales.records.history(sales.anna, "opportunity", deal)]
    assert kinds == [("updated", "workflow:opportunity.steps"), ("created", "")]


def test_a_workflow_that_sets_itself_off_is_stopped_with_its_path(open_sales: Open) -> None:
    sales = open_sales("""
  ping: {on: updated, fields: [counter], if: counter > 0, do: [set_fields: {note: "concat('n', counter)"}]}
  pong: {on: updated, fields: [note], if: "not is_empty(note)", do: [set_fields: {counter: counter + 1}]}
""")
    deal = sales.create()
    with pytest.raises(FieldstoneError) as caught:
        sales.update(deal, counter=1)
    assert caught.value.code == "record.E028"
    assert "opportunity.ping → opportunity.pong → opportunity.ping" in caught.value.message
    assert (sales.row(deal)["counter"], sales.row(deal)["note"], sales.row(deal)["version"]) == (None, None, 1)
    assert sales.runs() == []


def test_a_workflow_that_comes_to_rest_does_not_run_in_circles(open_sales: Open) -> None:
    sales = open_sales('  cap: {on: updated, if: counter > 3, do: [set_fields: {counter: "3"}]}')
    deal = sales.create()
    sales.update(deal, counter=10)
    assert sales.row(deal)["counter"] == 3
    assert [run.trace["path"] for run in sales.runs()] == [["opportunity.cap"]]


def test_cascades_leave_their_path_in_the_trace(open_sales: Open) -> None:
    sales = open_sales(
        "  count: {on: created, do: [set_fields: "
        '{record: organization, deals: "coalesce(organization.deals, 0) + 1"}]}',
        '  grown: {on: updated, fields: [deals], do: [comment: {text: "{{ record.deals }} deals"}]}',
    )
    organization = sales.create("organization", name="ACME")
    sales.create(organization=organization)
    sales.create(organization=organization)
    assert [row["text"] for row in sales.rows("comment")] == ["1 deals", "2 deals"]
    assert sales.runs("organization")[0].trace["path"] == ["opportunity.count", "organization.grown"]


def test_a_step_that_is_refused_undoes_the_save_and_says_why(open_sales: Open) -> None:
    sales = open_sales(
        "  wrong: {label: Negate, on: created, "
        "do: [notify: {to: [owner], message: x}, set_fields: {amount: 0 - amount}]}"
    )
    with pytest.raises(WorkflowError) as caught:
        sales.create(amount="5")
    assert "Negate" in caught.value.message
    assert "An amount is never negative" in caught.value.message
    assert sales.rows("opportunity") == []
    assert sales.runs() == []
    assert sales.messages(1) == []


def test_workflows_have_no_more_rights_than_whoever_saves(open_sales: Open) -> None:
    sales = open_sales("  tier: {on: updated, do: [set_fields: {record: organization, tier: \"'high'\"}]}")
    organization = sales.create("organization", name="Anna's")
    deal = sales.create(organization=organization, owner=2)
    with pytest.raises(WorkflowError):
        sales.update(deal, actor=sales.ben, note="x")
    assert (sales.row(organization, "organization")["tier"], sales.row(deal)["note"]) == (None, None)
    sales.update(deal, actor=sales.anna, note="x")
    assert sales.row(organization, "organization")["tier"] == "high"


def test_a_rolled_back_save_sends_nothing(open_sales: Open) -> None:
    sales = open_sales("""
  tell:
    on: created
    do:
      - email: {to: [owner], template: big_deal}
      - notify: {to: [owner], message: x}
      - webhook: {url: "https://example.com/"}
      - comment: {text: x}
""")
    changes = [RecordChange(module="opportunity", values={"name": "A"}), RecordChange(module="opportunity", values={})]
    with pytest.raises(ValidationError):
        sales.save(*changes)
    assert (list(sales.post.jobs.list()), sales.runs(), sales.messages(1), sales.rows("comment")) == ([], [], [], [])


def test_workflows_can_be_left_out(open_sales: Open) -> None:
    sales = open_sales("  mark: {on: created, " + MARK + "}")
    (saved,) = sales.save(RecordChange(module="opportunity", values={"name": "A"}), workflows=False)
    assert sales.row(saved.id)["counter"] is None


def test_only_runs_whose_condition_held_are_kept(open_sales: Open) -> None:
    sales = open_sales("  big: {on: created, if: amount > 10, " + MARK + "}")
    sales.create(amount="5")
    deal = sales.create(amount="50")
    (run,) = sales.runs()
    assert (run.record_id, run.trace["condition"], run.outcome) == (deal, "amount > 10", "done")
    assert sales.row(deal)["counter"] == 1
    assert sales.runs(record_id=deal, workflow="big", before=run.id) == []


def test_modules_without_matching_triggers_ask_nothing(open_sales: Open) -> None:
    """What no trigger picks costs no query."""
    sales = open_sales("  reach: {on: deleted, if: organization.industry == 'x', do: [comment: {text: x}]}")
    organization = sales.create("organization", name="A")
    queries: list[str] = []
    sa.event.listen(sales.database.writer, "before_cursor_execute", lambda *args: queries.append(args[2]))
    sales.create(organization=organization)
    assert not any("fs_run" in query or "industry" in query for query in queries)


def test_manual_runs(open_sales: Open) -> None:
    sales = open_sales(
        "  double: {on: manual, if: amount > 10, do: [set_fields: {amount: amount * 2}]}\n  other: {on: created, "
        + MARK
        + "}"
    )
    small, big = sales.create(amount="5"), sales.create(amount="50")
    result = sales.engine.run_manual(sales.anna, "double", "opportunity", [small, big])
    assert (result.ran, result.skipped) == ((big,), (small,))
    assert sales.row(big)["amount"] == Decimal(100)
    assert [(run.trigger, run.record_id) for run in sales.runs(workflow="double")] == [("manual", big)]
    for actor, workflow, module, ids in (
        (sales.anna, "other", "opportunity", [big]),
        (sales.anna, "nonsense", "opportunity", [big]),
        (sales.anna, "double", "nonsense", [big]),
        (sales.anna, "double", "opportunity", [big, 999]),
        (sales.ben, "double", "opportunity", [big]),
    ):
        with pytest.raises(FieldstoneError) as caught:
            sales.engine.run_manual(actor, workflow, module, ids)
        assert caught.value.status == 404
    assert sales.row(big)["amount"] == Decimal(100)


def test_inactive_people_get_nothing(open_sales: Open) -> None:
    sales = open_sales('  tell: {on: created, do: [notify: {to: [owner, "role:seller"], message: hi}]}')
    sales.create(owner=2)
    sales.database.transact(
        lambda conn: conn.execute(sa.update(principal).where(principal.c.id == 3).values(active=False))
    )
    sales.create(owner=2)
    assert [len(sales.messages(id)) for id in (1, 2, 3, 4, 5)] == [0, 2, 1, 0, 2]
