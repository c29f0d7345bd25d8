"""Renames, replacements and backfills, published: names change, values stay or follow, and rollback takes it back."""

from __future__ import annotations

from typing import Any

import pytest

from changes.workbench import DOCUMENTS, Workbench
from fieldstone.changes import scheduling
from fieldstone.changes.doctor import examine
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import ConflictError, InvalidInputError, MetadataError
from fieldstone.metadata.layers import Layer
from fieldstone.records.query_types import Query
from fieldstone.storage.database import Database
from fieldstone.storage.physical import Physical, read_physical
from fieldstone.storage.steps import open_steps

SITE = {
    "modules/lead.yaml": """module: lead
fields:
  risk: {type: text, label: Risk, index: true}
  score: {type: integer, label: Score}
  doubled: {type: formula, label: Doubled, expression: amount * 2}
  stage_name: {type: formula, label: Stage name, expression: "concat(state, '!')"}
rules:
  risky: {if: "amount < 0 and risk == 'high'", message: Too risky, field: risk}
""",
    "layouts/lead.yaml": """module: lead
list:
  columns: [name, risk, state]
  views:
    won: {label: Won, filter: "state == 'won'", sort: [-risk]}
""",
    "metadata/roles.yaml": "roles:\n  seller: {label: Seller, modules: {lead: [view]}}\n",
}


def proposal(*moves: str, **documents: str) -> list[Layer]:
    site = SITE | {path.replace("__", "/") + ".yaml": text for path, text in documents.items()}
    if moves:
        site["metadata/moves.yaml"] = "moves:\n" + "".join(
            f"  - id: m{number}\n    {move}\n" for number, move in enumerate(moves)
        )
    return [Layer(name="standard", documents=DOCUMENTS), Layer(name="site", documents=site)]


@pytest.fixture
def workbench(database: Database) -> Workbench:
    made = Workbench(database)
    made.publish(proposal())
    made.save([{"name": "Vega"}], "organization")
    made.save(
        [
            {"name": "Ann", "risk": "high", "amount": "10", "state": "won", "organization": 1},
            {"name": "Ben", "risk": "low", "state": "new"},
            {"name": "Cid"},
        ]
    )
    return made


def values(workbench: Workbench, module: str, *fields: str, where: str = "") -> list[tuple[Any, ...]]:
    page = workbench.records.query(SYSTEM, module, Query(fields=fields, sort=("id",), limit=50, where=where))
    return [tuple(record.values[field] for field in fields) for record in page.records]


def physical(workbench: Workbench) -> Physical:
    with workbench.database.read() as conn:
        return read_physical(conn)


def healthy(workbench: Workbench) -> bool:
    assert workbench.models
    workbench.models.refresh()
    return not list(examine(workbench.database, workbench.compile))


RENAMES = (
    "rename: {from: lead.risk, to: lead.hazard}",
    "rename: {from: lead.amount, to: lead.worth}",
    "rename: {from: lead_state.won, to: lead_state.closed_won}",
    "rename: {from: lead, to: prospect}",
    "rename: {from: lead_state, to: prospect_state}",
    "rename: {from: organization, to: company}",
    "rename: {from: seller, to: vendor}",
)


def test_everything_is_renamed_at_once_without_ddl(workbench: Workbench) -> None:
    before = physical(workbench)
    plan = workbench.plan(proposal(*RENAMES))
    kinds = {(change.kind, change.before, change.target) for change in plan.changes if change.kind[:6] == "rename"}
    assert {
        ("rename_module", "lead", "prospect"),
        ("rename_module", "organization", "company"),
        ("rename_field", "prospect.risk", "prospect.hazard"),
        ("rename_field", "prospect.amount", "prospect.worth"),
        ("rename_picklist", "lead_state", "prospect_state"),
        ("rename_picklist_value", "prospect_state.won", "prospect_state.closed_won"),
        ("rename_role", "seller", "vendor"),
    } <= kinds
    assert not plan.destructive
    assert not plan.operations
    # Only what says the name of the value has to be computed again.
    assert [item.step.kind for item in plan.steps] == ["compute"]
    rewritten = {file for change in plan.changes for file in change.rewrites}
    assert {"standard/modules/lead.yaml", "layouts/lead.yaml", "modules/lead.yaml"} <= rewritten
    models = workbench.take_up(plan)
    model = models.current.model
    assert physical(workbench) == before
    assert model.modules["prospect"].rules["risky"].condition == "worth < 0 and hazard == 'high'"
    assert model.layouts["prospect"].views["won"].filter == "state == 'closed_won'"
    assert set(model.roles) == {"vendor"}
    fields = ("name", "hazard", "worth", "state", "organization.name", "doubled", "stage_name")
    assert values(workbench, "prospect", *fields)[:2] == [
        ("Ann", "high", 10, "closed_won", "Vega", 20, "closed_won!"),
        ("Ben", "low", None, "new", None, None, "new!"),
    ]
    assert values(workbench, "prospect", "name", where="state == 'closed_won'") == [("Ann",)]
    assert healthy(workbench)
    assert workbench.plan(proposal(*RENAMES)).is_empty


def test_a_rename_is_taken_back_and_done_again(workbench: Workbench) -> None:
    workbench.publish(proposal(*RENAMES))
    workbench.save([{"id": 2, "hazard": "none", "state": "closed_won"}], "prospect")
    workbench.rollback(1)
    assert values(workbench, "lead", "name", "risk", "state", "stage_name")[:2] == [
        ("Ann", "high", "won", "won!"),
        ("Ben", "none", "won", "won!"),
    ]
    history = workbench.records.history(SYSTEM, "lead", 2)
    assert {change.field for change in history[0].changes} == {"risk", "state"}
    assert healthy(workbench)
    workbench.publish(proposal(*RENAMES))
    assert values(workbench, "prospect", "hazard", "state")[1] == ("none", "closed_won")
    workbench.rollback(2)
    assert healthy(workbench)


def test_without_the_move_the_same_documents_remove_and_add(workbench: Workbench) -> None:
    documents = SITE["modules/lead.yaml"].replace("risk:", "hazard:").replace("and risk", "and hazard")
    changed = {"modules__lead": documents.replace("field: risk", "field: hazard"), "layouts__lead": "module: lead\n"}
    plan = workbench.plan(proposal(**changed))
    assert {"remove_field", "add_field"} <= {change.kind for change in plan.changes}
    assert plan.destructive
    moved = workbench.plan(proposal(RENAMES[0], **changed))
    assert {change.kind for change in moved.changes} >= {"rename_field"}
    assert not moved.destructive


def test_a_name_that_was_given_up_may_be_used_again(workbench: Workbench) -> None:
    workbench.publish(proposal(RENAMES[0]))
    again = SITE["modules/lead.yaml"].replace("  score:", "  hazard: {type: text, label: H, index: true}\n  score:")
    models = workbench.publish(proposal(RENAMES[0], modules__lead=again))
    fields = models.current.model.modules["lead"].fields
    assert fields["risk"].identity != fields["hazard"].identity
    workbench.save([{"id": 1, "risk": "new one"}])
    assert values(workbench, "lead", "hazard", "risk")[0] == ("high", "new one")
    workbench.rollback(1)
    assert values(workbench, "lead", "risk")[0] == ("high",)
    workbench.rollback(3)
    assert values(workbench, "lead", "hazard", "risk")[0] == ("high", "new one")
    assert healthy(workbench)


def test_a_value_that_goes_is_replaced_with_history(workbench: Workbench) -> None:
    states = "picklist: lead_state\nvalues:\n  won: null\n"
    layout = "module: lead\nlist: {columns: [name, risk, state]}\n"
    without = {"metadata__picklists__lead_state": states, "layouts__lead": layout}
    refused = workbench.plan(proposal(**without))
    gone = next(change for change in refused.changes if change.kind == "remove_picklist_value")
    assert (gone.target, gone.lost, gone.destructive) == ("lead_state.won", 1, True)
    plan = workbench.plan(proposal("replace: {from: lead_state.won, to: lead_state.new}", **without))
    gone = next(change for change in plan.changes if change.kind == "remove_picklist_value")
    assert (gone.rows, gone.lost, gone.destructive, gone.reversible) == (1, 0, False, False)
    assert gone.work
    workbench.take_up(plan)
    assert values(workbench, "lead", "state") == [("new",), ("new",), (None,)]
    newest = workbench.records.history(SYSTEM, "lead", 1)[0]
    assert newest.via == "revision:2"
    (change,) = newest.changes
    assert (change.field, change.new) == ("state", "new")
    assert values(workbench, "lead", "stage_name")[0] == ("new!",)
    assert workbench.plan(proposal("replace: {from: lead_state.won, to: lead_state.new}", **without)).is_empty


def test_a_value_is_replaced_in_a_picklist_that_is_renamed_at_once(workbench: Workbench) -> None:
    renames = ("rename: {from: lead_state, to: phase}", "rename: {from: lead, to: prospect}")
    gone = "replace: {from: phase.won, to: phase.new}"
    without = {
        "metadata__picklists__lead_state": "picklist: lead_state\nvalues:\n  won: null\n",
        "layouts__lead": "module: lead\nlist: {columns: [name, risk, state]}\n",
    }
    plan = workbench.plan(proposal(*renames, **without))
    assert [(item.target, item.lost) for item in plan.changes if item.destructive] == [("lead_state.won", 1)]
    workbench.publish(proposal(*renames, gone, **without))
    assert values(workbench, "prospect", "state") == [("new",), ("new",), (None,)]
    workbench.rollback(1)
    assert values(workbench, "lead", "state") == [("new",), ("new",), (None,)]
    workbench.rollback(2)
    assert healthy(workbench)


@pytest.mark.parametrize("large", [False, True])
def test_a_stricter_field_needs_its_records_mended_or_filled(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr(scheduling, "INLINE_ROWS", 1)
    strict = {"modules__lead": SITE["modules/lead.yaml"].replace("Score}", "Score, required: true}")}
    plan = workbench.plan(proposal(**strict))
    change = next(change for change in plan.changes if change.breach)
    assert change.breach
    assert (change.target, change.breach.count) == ("lead.score", 3)
    assert [sample.id for sample in change.breach.samples] == [1, 2, 3]
    with pytest.raises(InvalidInputError, match=r"lead\.score \(3\)"):
        workbench.apply(plan)
    fill = "backfill: {field: lead.score, value: \"7 if risk == 'high' else 1\"}"
    workbench.publish(proposal(fill, **strict))
    # Nobody has to give what the backfill is about to.
    workbench.save([{"id": 3, "name": "Cid Other"}])
    workbench.run_jobs()
    assert values(workbench, "lead", "score") == [(7,), (1,), (1,)]
    assert workbench.records.history(SYSTEM, "lead", 1)[0].via == "revision:2"
    assert workbench.plan(proposal(fill, **strict)).is_empty


def test_limits_and_uniqueness_count_what_breaks_them(workbench: Workbench) -> None:
    shorter = SITE["modules/lead.yaml"].replace("label: Risk,", "label: Risk, max_length: 3,")
    plan = workbench.plan(proposal(modules__lead=shorter))
    (change,) = plan.breaches
    assert change.breach
    assert change.breach.count == 1
    (sample,) = change.breach.samples
    assert (sample.id, sample.value) == (1, "high")
    assert sample.reason
    fill = 'backfill: {field: lead.risk, value: "left(risk, 3)", if: "length(risk) > 3"}'
    workbench.publish(proposal(fill, modules__lead=shorter))
    assert values(workbench, "lead", "risk") == [("hig",), ("low",), (None,)]
    workbench.save([{"id": 3, "risk": "LOW"}])
    unique = shorter.replace("label: Risk,", "label: Risk, unique: true,")
    (change,) = workbench.plan(proposal(fill, modules__lead=unique)).breaches
    assert change.breach
    assert change.breach.count == 2


def test_a_backfill_that_gives_nothing_is_told(workbench: Workbench) -> None:
    strict = {"modules__lead": SITE["modules/lead.yaml"].replace("Score}", "Score, max: 5}")}
    with pytest.raises(InvalidInputError, match=r"lead\.score"):
        workbench.publish(proposal('backfill: {field: lead.score, value: "9"}', **strict))
    nothing = workbench.plan(proposal('backfill: {field: lead.nothing, value: "9"}'))
    assert not [change for change in nothing.changes if change.kind == "backfill"]
    with pytest.raises(MetadataError):
        workbench.plan(proposal('backfill: {field: lead.score, value: "nothing + 1"}'))


def test_a_backfill_of_long_ago_does_not_matter_where_there_is_nothing_to_fill(database: Database) -> None:
    fresh = Workbench(database)
    fresh.publish(proposal())
    fill = "backfill: {field: lead.score, value: \"'high'\", if: length(score) > 3}"
    assert healthy_after(fresh, proposal(fill))
    fresh.save([{"name": "Ann"}])
    again = fill.replace("3}", "4}")
    with pytest.raises(MetadataError):
        fresh.plan(proposal(fill, again))


def healthy_after(workbench: Workbench, proposed: list[Layer]) -> bool:
    workbench.publish(proposed)
    return healthy(workbench)


def test_numbers_and_record_types_come_to_the_records_there_are(workbench: Workbench) -> None:
    numbered = (
        SITE["modules/lead.yaml"]
        .replace(
            "fields:",
            "number: {prefix: L-, digits: 3}\nrecord_types:\n  plain: {label: Plain}\n  big: {label: Big}\nfields:",
        )
        .replace("  score:", "  serial: {type: auto_number, label: Serial, prefix: S}\n  score:")
    )
    workbench.publish(proposal(modules__lead=numbered))
    assert values(workbench, "lead", "record_number", "record_type", "serial") == [
        ("L-001", "plain", "S00001"),
        ("L-002", "plain", "S00002"),
        ("L-003", "plain", "S00003"),
    ]
    workbench.save([{"name": "Dora", "record_type": "big"}])
    assert values(workbench, "lead", "record_number")[3] == ("L-004",)
    renamed = "rename: {from: lead.big, to: lead.huge, kind: record_type}"
    workbench.publish(proposal(renamed, modules__lead=numbered))
    assert values(workbench, "lead", "name", where="record_type == 'huge'") == [("Dora",)]
    fewer = numbered.replace("  big: {label: Big}\n", "")
    assert next(c for c in workbench.plan(proposal(renamed, modules__lead=fewer)).changes if c.destructive).lost == 1
    replaced = "replace: {from: lead.huge, to: lead.plain, kind: record_type}"
    workbench.publish(proposal(renamed, replaced, modules__lead=fewer))
    assert values(workbench, "lead", "record_type") == [("plain",)] * 4


def test_row_work_for_what_has_gone_meanwhile_is_over(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "INLINE_ROWS", 1)
    more = SITE["modules/lead.yaml"].replace(
        "  score:",
        "  serial: {type: auto_number, label: Serial}\n  level: {type: integer, label: Level}\n"
        "  state_too: {type: picklist, label: State, picklist: lead_state}\n  score:",
    )
    workbench.publish(proposal(modules__lead=more.replace("  serial: {type: auto_number, label: Serial}\n", "")))
    moves = ('backfill: {field: lead.level, value: "1"}', "replace: {from: lead_state.won, to: lead_state.new}")
    states = "picklist: lead_state\nvalues:\n  won: null\n"
    layout = "module: lead\nlist: {columns: [name, risk, state]}\n"
    workbench.publish(
        proposal(*moves, modules__lead=more, metadata__picklists__lead_state=states, layouts__lead=layout),
        allow_destructive=True,
    )
    workbench.rollback(1)
    workbench.run_jobs()
    with workbench.database.read() as conn:
        assert not open_steps(conn)
    assert healthy(workbench)


def test_search_follows_what_is_searched(workbench: Workbench) -> None:
    assert [hit.id for hit in workbench.records.search(SYSTEM, "high", module="lead")] == [1]
    quiet = SITE["modules/lead.yaml"].replace("label: Risk,", "label: Risk, searchable: false,")
    workbench.publish(proposal(modules__lead=quiet))
    assert not workbench.records.search(SYSTEM, "high", module="lead")
    workbench.publish(proposal(modules__lead="searchable: false\n" + quiet))
    assert not workbench.records.search(SYSTEM, "Ann", module="lead")
    workbench.rollback(2)
    assert [hit.id for hit in workbench.records.search(SYSTEM, "Ann", module="lead")] == [1]


def test_what_is_renamed_loses_and_replaces_values_at_once(workbench: Workbench) -> None:
    """A picklist and its module get new names in the very publish that takes a value and a record type away."""
    site = {
        "modules/lead.yaml": "module: lead\nrecord_types: {short: {label: Short}, long: {label: Long}}\n",
        "metadata/picklists/lead_state.yaml": "picklist: lead_state\nvalues: {lost: {label: Lost}}\n",
    }
    standard = Layer(name="standard", documents=DOCUMENTS)
    workbench.publish([standard, Layer(name="site", documents=site)], allow_destructive=True)
    workbench.save([{"name": "Dan", "record_type": "long", "state": "lost"}])
    moves = (
        "moves:\n  - {id: a, rename: {from: lead, to: prospect}}\n  - {id: b, rename: {from: lead_state, to: phase}}\n"
        "  - {id: c, replace: {from: prospect.long, to: prospect.short}}\n"
    )
    renamed = {
        "metadata/moves.yaml": moves,
        "modules/prospect.yaml": "module: prospect\nrecord_types: {short: {label: Short}}\n",
        "metadata/picklists/phase.yaml": "picklist: phase\n",
    }
    plan = workbench.plan([standard, Layer(name="site", documents=renamed)])
    told = {(change.kind, change.target): (change.rows, change.lost) for change in plan.changes}
    assert told["remove_picklist_value", "lead_state.lost"] == (1, 1)
    assert told["remove_record_type", "lead.long"] == (1, 0)
    renamed["metadata/moves.yaml"] = moves + "  - {id: d, replace: {from: phase.lost, to: phase.new}}\n"
    workbench.publish([standard, Layer(name="site", documents=renamed)])
    assert values(workbench, "prospect", "record_type", "state")[-1] == ("short", "new")


def test_a_replacement_whose_old_value_stays_is_told_too(workbench: Workbench) -> None:
    plan = workbench.plan(proposal("replace: {from: lead_state.won, to: lead_state.new}"))
    (change,) = plan.changes
    assert (change.kind, change.before, change.target) == ("replace", "lead_state.won", "lead_state.new")
    assert (change.rows, change.reversible) == (1, False)
    assert change.work
    workbench.take_up(plan)
    assert values(workbench, "lead", "state") == [("new",), ("new",), (None,)]


def test_a_rename_of_another_kind_than_there_is_is_a_warning(workbench: Workbench) -> None:
    plan = workbench.plan(proposal("rename: {from: lead.risk, to: lead.hazard, kind: relation}"))
    assert [(item.code, item.severity) for item in plan.warnings] == [("move.W001", "warning")]


def test_a_new_empty_field_is_no_work_until_it_comes_back_with_values(workbench: Workbench) -> None:
    with_note = SITE["modules/lead.yaml"].replace("rules:", "  note: {type: text, label: Note}\nrules:")
    plan = workbench.plan(proposal(modules__lead=with_note))
    assert [step.step.kind for step in plan.steps] == []
    workbench.take_up(plan)
    workbench.save([{"id": 1, "note": "zebra"}])
    assert [hit.id for hit in workbench.records.search(SYSTEM, "zebra")] == [1]
    workbench.publish(proposal(), allow_destructive=True)
    assert workbench.records.search(SYSTEM, "zebra") == []
    workbench.publish(proposal(modules__lead=with_note))
    assert [hit.id for hit in workbench.records.search(SYSTEM, "zebra")] == [1]


def test_what_looks_up_a_renamed_module_has_the_type_it_had(workbench: Workbench) -> None:
    plan = workbench.plan(proposal("rename: {from: organization, to: account}"))
    assert [(change.kind, change.target) for change in plan.changes] == [("rename_module", "account")]


def test_names_stay_while_a_job_speaks_by_them(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "INLINE_ROWS", 1)
    fill = 'backfill: {field: lead.score, value: "7"}'
    workbench.publish(proposal(fill))
    with pytest.raises(ConflictError, match=r"lead\.score"):
        workbench.plan(proposal(fill, RENAMES[0]))
    workbench.rollback(1)
    workbench.run_jobs()
    assert values(workbench, "lead", "score") == [(None,)] * 3
    workbench.publish(proposal(fill))
    workbench.run_jobs()
    workbench.publish(proposal(fill, RENAMES[0]))
    assert values(workbench, "lead", "score", "hazard")[0] == (7, "high")
