"""A field changes its type: values come along, those that cannot are told, and a rollback brings back what was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from changes.workbench import DOCUMENTS, STATES, Workbench, layers
from fieldstone.changes import scheduling
from fieldstone.changes.purge import plan_purge
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import ConflictError, InvalidInputError, UnavailableError, ValidationError
from fieldstone.metadata.layers import Layer
from fieldstone.records.query_types import Query
from fieldstone.storage.archive import ModelArchive
from fieldstone.storage.database import Database
from fieldstone.storage.physical import read_physical

CODE = "module: lead\nfields:\n  code: {type: text, label: Code}\n"
AS_NUMBER = "module: lead\nfields:\n  code: {type: integer, label: Code}\n"
TEXTS = ("7", " 12 ", "seven", None, "0009")


@pytest.fixture
def workbench(database: Database) -> Workbench:
    made = Workbench(database)
    made.publish(layers(lead=CODE))
    made.save([{"name": f"Lead {number}", "code": code} for number, code in enumerate(TEXTS)])
    return made


def codes(workbench: Workbench) -> list[Any]:
    page = workbench.records.query(SYSTEM, "lead", Query(fields=("code",), sort=("id",), limit=100))
    return [record.values["code"] for record in page.records]


def test_values_are_converted_and_those_that_cannot_are_told(workbench: Workbench) -> None:
    plan = workbench.plan(layers(lead=AS_NUMBER))
    change = next(item for item in plan.changes if item.kind == "change_type")
    assert (change.target, change.rows, change.lost, change.destructive) == ("lead.code", 5, 1, True)
    (sample,) = change.samples
    assert (sample.id, sample.value) == (3, "seven")
    assert sample.reason
    assert change.work
    assert not change.work.background
    with pytest.raises(InvalidInputError, match=r"lead\.code"):
        workbench.apply(plan)
    assert codes(workbench) == ["7", "12", "seven", None, "0009"]
    workbench.publish(layers(lead=AS_NUMBER), allow_destructive=True)
    assert codes(workbench) == [7, 12, None, None, 9]
    with workbench.database.read() as conn:
        assert "code" in read_physical(conn).columns["lead"]


def test_a_rollback_brings_back_the_very_values_and_converts_those_edited_since(workbench: Workbench) -> None:
    workbench.publish(layers(lead=AS_NUMBER), allow_destructive=True)
    workbench.save([{"id": 1, "code": 70}, {"id": 3, "code": 8}, {"name": "New", "code": 5}])
    plan = workbench.plan_rollback(1)
    change = next(item for item in plan.changes if item.kind == "change_type")
    assert (change.lost, change.reversible) == (0, True)
    workbench.rollback(1)
    # " 12 " was kept as 12 already; "0009" and the empty one are as they were; the edited ones follow the edits.
    assert codes(workbench) == ["70", "12", "8", None, "0009", "5"]
    workbench.rollback(2)
    assert codes(workbench) == [70, 12, 8, None, 9, 5]


def test_a_type_without_a_way_starts_empty_and_comes_back(workbench: Workbench) -> None:
    as_file = "module: lead\nfields:\n  code: {type: checkbox, label: Code}\n"
    plan = workbench.plan(layers(lead=as_file))
    change = next(item for item in plan.changes if item.kind == "change_type")
    assert change.destructive
    workbench.take_up(plan, allow_destructive=True)
    workbench.rollback(1)
    assert codes(workbench) == ["7", "12", "seven", None, "0009"]


def test_a_field_becomes_a_formula_and_is_itself_again(workbench: Workbench) -> None:
    formula = "module: lead\nfields:\n  code: {type: formula, label: Code, expression: upper(name), result: text}\n"
    plan = workbench.plan(layers(lead=formula))
    change = next(item for item in plan.changes if item.kind == "change_type")
    assert (change.lost, change.destructive) == (4, True)
    workbench.take_up(plan, allow_destructive=True)
    assert codes(workbench)[:2] == ["LEAD 0", "LEAD 1"]
    workbench.rollback(1)
    assert codes(workbench) == ["7", "12", "seven", None, "0009"]
    plain = workbench.publish(layers(lead=formula), allow_destructive=True)
    assert plain.current.version == 4
    workbench.publish(layers(lead="module: lead\nfields:\n  code: {type: text, label: Code}\n"), allow_destructive=True)
    assert codes(workbench)[:2] == ["LEAD 0", "LEAD 1"]


SERIAL = "module: lead\nfields:\n  serial: {type: auto_number, label: Serial, prefix: S-, digits: 3}\n"


def serials(workbench: Workbench, as_of: datetime | None = None) -> list[Any]:
    page = workbench.records.query(SYSTEM, "lead", Query(fields=("serial",), sort=("id",), limit=100, as_of=as_of))
    return [record.values["serial"] for record in page.records]


def test_a_formula_does_not_write_over_numbers(workbench: Workbench) -> None:
    models = workbench.publish(layers(lead=SERIAL), allow_destructive=True)
    workbench.records.archive = ModelArchive(models, workbench.past)
    numbered = [f"S-{number:03}" for number in range(1, 6)]
    assert serials(workbench) == numbered
    moment = datetime.now(UTC)
    formula = layers(lead="module: lead\nfields:\n  serial: {type: formula, expression: upper(name), result: text}\n")
    plan = workbench.plan(formula)
    change = next(item for item in plan.changes if item.kind == "change_type")
    assert (change.lost, change.destructive) == (5, True)
    workbench.take_up(plan, allow_destructive=True)
    workbench.save([{"name": "Lead 5"}])
    assert serials(workbench)[-2:] == ["LEAD 4", "LEAD 5"]
    assert serials(workbench, moment) == numbered
    workbench.rollback(2)
    assert serials(workbench) == [*numbered, "S-006"]
    workbench.save([{"name": "Lead 6"}])
    assert serials(workbench)[-1] == "S-007"


@pytest.mark.parametrize("rows", [2, 2_000])
def test_numbers_go_on_after_those_that_were_written_by_hand(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    workbench.publish(
        layers(lead="module: lead\nfields:\n  serial: {type: text, label: Serial}\n"), allow_destructive=True
    )
    by_hand = ["S-040", None, "S-7", "40 of them", "S-99x"]
    workbench.save([{"id": id, "serial": serial} for id, serial in enumerate(by_hand, start=1)])
    monkeypatch.setattr(scheduling, "INLINE_ROWS", rows)
    workbench.publish(layers(lead=SERIAL))
    workbench.save([{"name": "New"}])
    workbench.run_jobs()
    # Where a job gives the numbers, the new record has had its own by then.
    filled, new = ("S-042", "S-041") if rows == 2 else ("S-041", "S-042")
    assert serials(workbench) == ["S-040", filled, "S-7", "40 of them", "S-99x", new]


def test_numbers_go_on_after_whole_numbers(workbench: Workbench) -> None:
    workbench.publish(layers(lead=AS_NUMBER), allow_destructive=True)
    workbench.publish(layers(lead=SERIAL.replace("serial", "code", 1)))
    workbench.save([{"name": "New"}])
    assert codes(workbench) == ["S-007", "S-012", "S-013", "S-014", "S-009", "S-015"]


def test_what_is_computed_from_a_field_follows_its_new_type(workbench: Workbench) -> None:
    doubled = "  doubled: {type: formula, label: Doubled, expression: %s, result: integer}\n"
    workbench.publish(layers(lead=AS_NUMBER + doubled % "code * 2"), allow_destructive=True)
    page = workbench.records.query(SYSTEM, "lead", Query(fields=("doubled",), sort=("id",)))
    assert [record.values["doubled"] for record in page.records] == [14, 24, None, None, 18]
    wider = AS_NUMBER.replace("integer", "decimal, decimals: 3")
    workbench.publish(layers(lead=wider + doubled % "code * 3"))
    page = workbench.records.query(SYSTEM, "lead", Query(fields=("doubled",), sort=("id",)))
    assert [record.values["doubled"] for record in page.records] == [21, 36, None, None, 27]


def test_a_large_table_is_converted_by_a_job_while_the_field_waits(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "INLINE_ROWS", 2)
    plan = workbench.plan(layers(lead=AS_NUMBER))
    change = next(item for item in plan.changes if item.kind == "change_type")
    assert change.work
    assert change.work.background
    workbench.take_up(plan, allow_destructive=True)
    models = workbench.models
    assert models
    assert set(models.current.waiting.values()) == {"values"}
    with pytest.raises(UnavailableError, match="code"):
        workbench.records.query(SYSTEM, "lead", Query(where="code > 1"))
    with pytest.raises(UnavailableError, match="code"):
        workbench.records.query(SYSTEM, "lead", Query(sort=("-code",)))
    with pytest.raises(ValidationError):
        workbench.save([{"id": 1, "code": 5}])
    workbench.save([{"id": 1, "name": "Renamed"}, {"name": "New", "code": 5}])
    workbench.run_jobs()
    models.refresh()
    assert not models.current.waiting
    assert codes(workbench) == [7, 12, None, None, 9, 5]
    assert workbench.records.query(SYSTEM, "lead", Query(where="code > 8", sort=("-code",))).records


def test_a_conversion_that_goes_on_can_be_taken_back_at_once(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "INLINE_ROWS", 2)
    workbench.publish(layers(lead=AS_NUMBER), allow_destructive=True)
    workbench.save([{"name": "New", "code": 5}])
    with pytest.raises(Exception, match="still being brought over"):
        workbench.plan(layers(lead=AS_NUMBER.replace("integer", "money")))
    workbench.rollback(1)
    workbench.run_jobs()
    assert codes(workbench) == ["7", "12", "seven", None, "0009", "5"]


def names_of(changes: Sequence[Any]) -> list[tuple[str, str]]:
    return [(change.kind, change.target) for change in changes]


def test_choices_of_text_and_back(workbench: Workbench) -> None:
    choice = """module: lead
fields:
  code:
    type: picklist
    label: Code
    values: {a7: {label: "7"}, a12: {label: "12"}, seven: {label: Sieben}, a9: {label: "0009"}}
"""
    plan = workbench.plan(layers(lead=choice))
    assert ("change_type", "lead.code") in names_of(plan.changes)
    workbench.take_up(plan, allow_destructive=True)
    assert codes(workbench) == ["a7", "a12", "seven", None, "a9"]
    workbench.rollback(1)
    assert codes(workbench) == ["7", "12", "seven", None, "0009"]


UNIQUE_NUMBER = "module: lead\nfields:\n  code: {type: integer, label: Code, unique: true}\n"


def test_values_that_become_the_same_keep_a_unique_field_from_it(workbench: Workbench) -> None:
    workbench.save([{"id": 3, "code": "07"}, {"id": 4, "code": "12"}])
    workbench.records.delete(SYSTEM, "lead", [4])
    plan = workbench.plan(layers(lead=UNIQUE_NUMBER))
    (change,) = plan.breaches
    assert (change.kind, change.target) == ("change_type", "lead.code")
    assert change.breach
    assert change.breach.count == 2
    (sample,) = change.breach.samples
    assert (sample.id, sample.value, sample.reason) == (1, "7", "2 records have this value.")
    with pytest.raises(InvalidInputError, match=r"change_type lead\.code \(2\)"):
        workbench.apply(plan, allow_destructive=True)
    workbench.save([{"id": 3, "code": "8"}])
    workbench.publish(layers(lead=UNIQUE_NUMBER))
    assert codes(workbench) == [7, 12, 8, 9]


def test_values_that_are_the_same_now_keep_a_unique_field_from_coming_back(workbench: Workbench) -> None:
    workbench.publish(layers(lead="module: lead\nfields:\n  code: {type: text, label: Code, unique: true}\n"))
    workbench.publish(layers(lead=AS_NUMBER), allow_destructive=True)
    workbench.save([{"id": 3, "code": 70}, {"id": 4, "code": 70}])
    with pytest.raises(InvalidInputError, match=r"lead\.code \(2\)"):
        workbench.rollback(2)
    workbench.save([{"id": 4, "code": 71}])
    workbench.rollback(2)
    assert codes(workbench) == ["7", "12", "70", "71", "0009"]


def test_a_field_that_becomes_required_with_another_type_needs_its_values(workbench: Workbench) -> None:
    required = "module: lead\nfields:\n  code: {type: long_text, label: Code, required: true}\n"
    (change,) = workbench.plan(layers(lead=required)).breaches
    assert change.breach
    assert [sample.id for sample in change.breach.samples] == [4]
    number = required.replace("long_text", "integer")
    (change,) = workbench.plan(layers(lead=number)).breaches
    assert (change.kind, change.lost) == ("change_type", 1)


def test_limits_and_uniqueness_are_told_apart(workbench: Workbench) -> None:
    workbench.save([{"id": 4, "code": "seven"}])
    stricter = "module: lead\nfields:\n  code: {type: text, label: Code, unique: true, max_length: 4}\n"
    told = {change.kind: change.breach for change in workbench.plan(layers(lead=stricter)).breaches}
    assert set(told) == {"change_field", "add_index"}
    assert [breach.count for breach in told.values() if breach] == [2, 2]
    assert len({breach.samples for breach in told.values() if breach}) == 2


def test_what_is_still_being_brought_over_is_not_purged(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "INLINE_ROWS", 2)
    workbench.publish(layers(lead=AS_NUMBER), allow_destructive=True)
    assert workbench.models
    later = datetime.now(UTC) + timedelta(days=1)
    with workbench.database.read() as conn:
        assert plan_purge(conn, workbench.models.current, later).items == ()
    workbench.run_jobs()
    assert codes(workbench) == [7, 12, None, None, 9]
    with workbench.database.read() as conn:
        (item,) = plan_purge(conn, workbench.models.current, later).items
    assert (item.path, item.values, item.is_former) == ("lead.code", 4, True)


NO_CODE = "module: lead\nlabel: Prospect\n"


def test_a_field_that_comes_back_by_a_rollback_has_what_it_held_with_that_type(workbench: Workbench) -> None:
    workbench.publish(layers(lead=AS_NUMBER), allow_destructive=True)
    workbench.save([{"id": 1, "code": 70}])
    workbench.publish(layers(lead=NO_CODE), allow_destructive=True)
    workbench.save([{"name": "New"}])
    workbench.rollback(1)
    assert codes(workbench) == ["70", "12", "seven", None, "0009", None]
    workbench.rollback(2)
    assert codes(workbench) == [70, 12, None, None, 9, None]


def test_a_field_that_comes_back_as_a_type_without_a_way_is_none_of_the_values_of_before(workbench: Workbench) -> None:
    mail = "module: lead\nfields:\n  code: {type: email, label: Code}\n"
    workbench.publish(layers(lead=mail), allow_destructive=True)
    workbench.save([{"id": id, "code": f"person{id}@example.com"} for id in range(1, 6)])
    workbench.publish(layers(lead=NO_CODE), allow_destructive=True)
    choice = "module: lead\nfields:\n  code: {type: picklist, label: Code, picklist: lead_state}\n"
    workbench.publish(layers(lead=choice))
    assert codes(workbench) == [None] * 5
    workbench.save([{"id": 2, "code": "won"}])
    workbench.rollback(2)
    assert codes(workbench) == [f"person{id}@example.com" for id in range(1, 6)]
    workbench.rollback(4)
    assert codes(workbench) == [None, "won", None, None, None]
    workbench.rollback(1)
    assert codes(workbench)[2:] == ["seven", None, "0009"]


def test_a_module_that_comes_back_has_its_fields_converted_and_its_formulas_computed(workbench: Workbench) -> None:
    visit = """module: visit
name_field: subject
fields:
  subject: {type: text, label: Subject}
  mark: {type: text, label: Mark}
  twice: {type: formula, label: Twice, expression: "concat(subject, mark)", result: text}
"""
    workbench.publish(layers(lead=CODE, visit=visit))
    workbench.save([{"subject": "One", "mark": "1"}, {"subject": "Two", "mark": "x"}], "visit")
    workbench.publish(layers(lead=CODE), allow_destructive=True)
    changed = visit.replace("mark: {type: text", "mark: {type: integer").replace(
        "concat(subject, mark)", "upper(subject)"
    )
    workbench.publish(layers(lead=CODE, visit=changed))
    page = workbench.records.query(SYSTEM, "visit", Query(fields=("mark", "twice"), sort=("id",)))
    assert [record.values for record in page.records] == [
        {"mark": 1, "twice": "ONE"},
        {"mark": None, "twice": "TWO"},
    ]
    workbench.rollback(2)
    page = workbench.records.query(SYSTEM, "visit", Query(fields=("mark", "twice"), sort=("id",)))
    assert [record.values for record in page.records] == [
        {"mark": "1", "twice": "One1"},
        {"mark": "x", "twice": "Twox"},
    ]


def test_a_field_does_not_go_while_its_values_are_brought_over(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "INLINE_ROWS", 2)
    workbench.publish(layers(lead=AS_NUMBER), allow_destructive=True)
    with pytest.raises(ConflictError, match=r"lead\.code: the values are still being brought over"):
        workbench.plan(layers(lead=NO_CODE))
    workbench.run_jobs()
    workbench.publish(layers(lead=NO_CODE), allow_destructive=True)


def test_a_unique_field_that_comes_back_as_another_type_must_still_be_unique(workbench: Workbench) -> None:
    workbench.publish(layers(lead=NO_CODE), allow_destructive=True)
    workbench.save([{"name": "New"}])
    plan = workbench.plan(layers(lead=UNIQUE_NUMBER))
    assert not plan.breaches
    workbench.take_up(plan)
    assert codes(workbench) == [7, 12, None, None, 9, None]
    workbench.rollback(1)
    workbench.save([{"id": 2, "code": "07"}])
    workbench.publish(layers(lead=NO_CODE), allow_destructive=True)
    (change,) = workbench.plan(layers(lead=UNIQUE_NUMBER)).breaches
    assert (change.kind, change.target) == ("add_field", "lead.code")


def test_a_field_that_had_several_places_comes_back_to_the_last(workbench: Workbench) -> None:
    workbench.publish(
        layers(lead="module: lead\nfields:\n  code: {type: checkbox, label: Code}\n"), allow_destructive=True
    )
    workbench.rollback(1)
    workbench.publish(layers(lead=NO_CODE), allow_destructive=True)
    workbench.publish(layers(lead=CODE))
    assert codes(workbench) == ["7", "12", "seven", None, "0009"]
    assert workbench.models
    assert workbench.models.current.model.modules["lead"].fields["code"].column == "code"


def test_a_choice_that_is_none_any_more_is_not_lost_on_the_way_back(workbench: Workbench) -> None:
    """What was called so then is what the text says: it was not changed, and stays for when the choice is back."""
    choice = "module: lead\nfields:\n  code: {type: picklist, label: Code, picklist: lead_state}\n"
    fewer = STATES.replace("  won: {label: Won}\n", "")
    without = Layer(name="standard", documents={**DOCUMENTS, "metadata/picklists/lead_state.yaml": fewer})
    workbench.publish(layers(lead=choice), allow_destructive=True)
    workbench.save([{"id": 1, "code": "won"}, {"id": 2, "code": "new"}])
    workbench.publish(layers(lead=CODE))
    assert codes(workbench)[:2] == ["Won", "New"]
    workbench.publish([without, layers(lead=CODE)[1]], allow_destructive=True)
    workbench.rollback(2)
    assert codes(workbench)[1] == "new"
    workbench.publish(layers(lead=choice))
    assert codes(workbench)[:2] == ["won", "new"]
