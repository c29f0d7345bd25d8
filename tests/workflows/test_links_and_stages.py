"""Stages entered, records linked and unlinked; and the steps that link, tag, assign and make events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.workflows.actions.registry import ACTION_SCHEMAS
from fieldstone.workflows.batch import WorkflowError
from fieldstone.workflows.triggers import TRIGGERS
from workflows.sales_documents import documents

Open = Callable[..., Any]

DEALS = """
  decided:
    on: stage_entered
    stage: {field: stage, to: [proposal, won]}
    do: [comment: {text: "{{ record.stage }}"}]
  helped:
    on: linked
    relation: partners
    if: other.tier == 'gold' and not is_empty(other.parent.name)
    do:
      - set_fields: {note: "concat(other.name, ' of ', other.parent.name)", counter: "coalesce(counter, 0) + 1"}
  left_alone:
    on: unlinked
    relation: partners
    do: [set_fields: {note: "concat('without ', other.name)"}]
  won:
    on: updated
    fields: [counter]
    if: counter == 40
    do:
      - tag: {add: [Big, hot], remove: [COLD]}
      - create_record: {module: organization, values: {name: "concat(name, ' Ltd')", tier: "'silver'"}}
      - link: {relation: partners}
      - link: {relation: partners, record: organization, undo: true}
      - create_event:
          {subject: "Talk: {{ record.name }}", starts_from: close_date, starts_in_days: 3, at: "9:30", minutes: 45,
           location: "{{ record.organization }}"}
      - create_event: {subject: Later, starts_from: meeting, starts_in_days: -1}
      - assign: {least_busy: ["user:ben", "user:cleo"], counted: "stage != 'won'"}
"""
ORGANIZATIONS = """
  got_a_deal:
    on: linked
    relation: opportunities
    if: other.amount > 10
    do: [set_fields: {deals: "coalesce(deals, 0) + 1", industry: "other.name"}]
  lost_a_deal: {on: unlinked, relation: opportunities, do: [set_fields: {deals: "coalesce(deals, 0) - 1"}]}
  joined: {on: linked, relation: partner_in, do: [notify: {to: ["user:ben"], message: "{{ record.name }} joined"}]}
"""


def test_stages_links_and_their_steps(open_sales: Open) -> None:
    sales = open_sales(DEALS, ORGANIZATIONS)
    # Stage entered: created in one, moved to one; not by staying there.
    deal = sales.create(stage="proposal", close_date="2026-03-27", meeting="2026-03-30T08:15:00Z")
    sales.update(deal, note="x", stage="proposal")
    sales.update(deal, stage="open")
    sales.update(deal, stage="won")
    assert [row["text"] for row in sales.rows("comment")] == ["Proposal", "Won"]

    # Linked many to many: the condition sees the record at the other end, and through its lookups; each end its own.
    mother = sales.create("organization", name="Mother")
    gold = sales.create("organization", name="Gold", tier="gold", parent=mother)
    plain = sales.create("organization", name="Plain")
    sales.records.link(sales.anna, "organization", gold, "partner_in", [deal])  # from the other side
    sales.records.link(sales.anna, "opportunity", deal, "partners", [plain, gold])  # gold is linked already
    assert (sales.row(deal)["note"], sales.row(deal)["counter"]) == ("Gold of Mother", 1)
    assert sales.messages(2) == ["Gold joined", "Plain joined"]
    sales.records.unlink(sales.anna, "opportunity", deal, "partners", [plain])
    assert sales.row(deal)["note"] == "without Plain"

    # Linked by a lookup that is set, moved and emptied at the other end; the deletion of it unlinks nothing.
    big, small = sales.create(name="Mill", amount="50", organization=gold), sales.create(name="Hut", organization=gold)
    assert (sales.row(gold, "organization")["deals"], sales.row(gold, "organization")["industry"]) == (1, "Mill")
    sales.update(big, organization=plain)
    assert [sales.row(each, "organization")["deals"] for each in (gold, plain)] == [0, 1]
    sales.update(big, organization=None)
    sales.records.delete(sales.anna, "opportunity", [small])
    assert [sales.row(each, "organization")["deals"] for each in (gold, plain)] == [0, 0]

    # The steps: what an earlier one created is linked, another taken out, and each says what it did.
    sales.update(deal, organization=gold, tags=["cold", "kept", "HOT"], counter=None)
    for owner, stage in ((2, "open"), (3, "open"), (3, "won"), (2, "open")):
        sales.create(owner=owner, stage=stage)
    sales.update(deal, counter=40)
    row = sales.row(deal)
    assert row["tags"].strip("\x1f").split("\x1f") == ["kept", "HOT", "Big"]
    assert row["owner_id"] == 3  # two of Ben's count, one of Cleo's
    found = sales.records.fetch(sales.anna, "organization", [each["id"] for each in sales.rows("organization")])
    names = {each.id: each.values["name"] for each in found}
    with sales.database.read() as conn:
        table = sales.models.current.tables.link("opportunity", "partners")
        linked = list(conn.execute(sa.select(table.c.right_id).where(table.c.left_id == deal)).scalars())
    assert [names[each] for each in linked] == ["Deal Ltd"]
    events = [(each["subject"], each["starts_at"], each["ends_at"], each["location"]) for each in sales.rows("event")]
    # The clocks change on the 29th: half past nine is half past nine.
    assert [(one, start.astimezone(UTC), end.astimezone(UTC), place) for one, start, end, place in events] == [
        ("Talk: Deal", datetime(2026, 3, 30, 7, 30, tzinfo=UTC), datetime(2026, 3, 30, 8, 15, tzinfo=UTC), "Gold"),
        ("Later", datetime(2026, 3, 29, 8, 15, tzinfo=UTC), datetime(2026, 3, 29, 9, 15, tzinfo=UTC), None),
    ]
    steps = dict(sales.steps())["won"]
    assert [(step["action"], step["outcome"]) for step in steps] == [
        ("tag", "done"), ("create_record", "done"), ("link", "done"), ("link", "done"), ("create_event", "done"),
        ("create_event", "done"), ("assign", "done"),
    ]  # fmt: skip
    assert (steps[0]["tags"], steps[2]["relation"]) == (["kept", "HOT", "Big"], "partners")

    # Tried on a record, and rehearsed over what was recorded: the links of then set it off.
    def entry(**said: Any) -> dict[str, Any]:
        return {"label": "New", "on": "linked", "do": [{"set_fields": {"note": "other.name"}}], **said}

    rehearsals, result = sales.engine.rehearsals, {}
    for module, relation in (("opportunity", "partners"), ("organization", "opportunities")):
        drafted = entry(relation=relation)
        if module == "organization":
            drafted["do"] = [{"set_fields": {"industry": "other.name"}}]
        stored = rehearsals.find(rehearsals.rehearse(sales.anna, module, "new", drafted, 30))
        result[module] = [(run["record"], run["steps"][0]["outcome"]) for run in stored.result["runs"]]
    assert [record for record, _ in result["opportunity"]] == [deal] * 3  # Plain, Gold, and the company made
    assert {record for record, _ in result["organization"]} == {gold, plain}
    trial = rehearsals.try_record(
        sales.anna, "opportunity", "new", entry(relation="partners", **{"if": "other.name != ''"}), deal
    )
    assert (trial.holds, trial.picked, trial.changes["note"][1]) == (True, True, "Deal Ltd")
    stages = entry(on="stage_entered", stage={"field": "stage", "to": ["won"]}, do=[{"tag": {"add": ["x"]}}])
    assert rehearsals.find(rehearsals.rehearse(sales.anna, "opportunity", "new", stages, 30)).result["matched"] == 2


def test_rights_hold_and_workflows_that_link_in_circles_are_stopped(open_sales: Open) -> None:
    sales = open_sales("""
  takes: {on: updated, fields: [note], do: [link: {relation: partners, record: organization}]}
  swaps:
    {on: linked, relation: partners, if: amount == 3, do: [link: {relation: partners, record: other.id, undo: true}]}
  again: {on: unlinked, relation: partners, if: amount == 3, do: [link: {relation: partners, record: other.id}]}
""")
    foreign = sales.create("organization", name="Foreign")
    deal = sales.create(organization=foreign, owner=2)
    with pytest.raises(WorkflowError) as caught:  # Ben does not see it, and his workflow does not for him
        sales.update(deal, actor=sales.ben, note="go")
    assert caught.value.code == "workflow.E120"
    assert sales.row(deal)["note"] is None
    sales.update(deal, note="go")
    sales.update(deal, amount="3")
    with pytest.raises(FieldstoneError) as endless:
        sales.records.unlink(sales.anna, "opportunity", deal, "partners", [foreign])
    assert endless.value.code == "record.E028"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("on: stage_entered", "workflow.E050"),
        ("on: created, relation: partners", "workflow.E051"),
        ("on: stage_entered, stage: {field: name, to: [won]}", "workflow.E052"),
        ("on: stage_entered, stage: {field: stage, to: [lost]}", "workflow.E053"),
        ("on: stage_entered, stage: {field: stage, to: [won], record_types: [x]}", "workflow.E054"),
        ("on: linked, relation: nonsense", "workflow.E055"),
        ('on: webhook, webhook: {as: "team:x", values: {name: a}}', "workflow.E056"),
        ('on: webhook, webhook: {as: "user:x", values: {forecast: a}}', "workflow.E057"),
        ('on: webhook, webhook: {as: "user:x", values: {nme: a}}', "workflow.E011"),
        ('on: webhook, webhook: {as: "user:x", mode: save, values: {name: a}}', "workflow.E058"),
        ('on: webhook, webhook: {as: "user:x", mode: save, key: amount, values: {amount: a}}', "workflow.E059"),
        ('on: webhook, webhook: {as: "user:x", mode: find, key: name, values: {name: a, note: b}}', "workflow.E060"),
        ('on: created, if: "other.name == 1"', "expression.E010"),
    ],
)
def test_what_check_says_of_triggers(said: str, code: str) -> None:
    text = f"  odd: {{{said}, do: [comment: {{text: x}}]}}"
    compilation = compile_model(
        [Layer(name="site", documents=documents(text))], field_types=built_in_field_types(), catalogue=Catalogue(),
        actions=ACTION_SCHEMAS, triggers=TRIGGERS,
    )  # fmt: skip
    assert [each.code for each in compilation.diagnostics] == [code]
