"""What is hidden or out of reach comes out at no door and is changed through none."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import FieldstoneError, StaleRecordError, ValidationError
from fieldstone.records.changes import PossibleDuplicatesError, RecordChange
from fieldstone.records.service import Records
from records.access.company import Company
from records.access.doors import DOORS, INSIDE, REFUSALS, SECRETS, TEXTS, WITHOUT_TEXTS, Office, Try
from security.payloads import EXPRESSIONS, SQL


@pytest.fixture
def office(company: Company) -> Office:
    return Office(company)


def test_every_door_is_tried() -> None:
    public = {name for name, _ in inspect.getmembers(Records, inspect.isfunction) if not name.startswith("_")}
    new = public - DOORS.keys() - INSIDE.keys()
    assert not new, f"new doors: {sorted(new)}. Say in doors.py what somebody might try at each, or why it is none."
    assert public == DOORS.keys() | INSIDE.keys()
    assert all(DOORS.values())
    unsaid = DOORS.keys() - TEXTS.keys() - WITHOUT_TEXTS.keys()
    assert not unsaid, (
        f"say in TEXTS of doors.py where a text gets into {sorted(unsaid)}, or in WITHOUT_TEXTS what does"
    )


def test_nothing_hidden_or_foreign_comes_out_of_any_door(office: Office) -> None:
    before = office.state()
    for name, tries in DOORS.items():
        for place, attempt in enumerate(tries):
            told, code = _try(attempt, office, office.rep)
            assert not attempt.refused or code in REFUSALS, (name, place, told)
            for secret in SECRETS:
                assert secret not in told, (name, place, told)
    assert office.state() == before


def test_a_text_is_never_more_than_a_text(office: Office) -> None:
    """It is refused with a code, or found nowhere (a fault would be raised here); nothing hidden comes out."""
    before = office.state()
    for name, places in TEXTS.items():
        for place, do in enumerate(places):
            for text in (*SQL, *EXPRESSIONS):
                told, _code = _try(Try(lambda at, actor, do=do, text=text: do(at, actor, text)), office, office.rep)
                assert not [each for each in SECRETS if each in told], (name, place, told)
    assert office.state() == before


def test_whoever_may_sees_all_of_it(office: Office) -> None:
    """The same attempts show them to somebody from whom nothing is hidden: they would be seen if they came out."""
    shown = ""
    for name in ("get", "query", "search", "suggest", "export", "history", "aggregate", "labels", "related"):
        for attempt in DOORS[name]:
            shown += _try(attempt, office, office.boss)[0]
    assert all(secret in shown for secret in SECRETS)


def test_a_hidden_field_that_stands_in_the_way_is_not_told(office: Office) -> None:
    """That another record has the same hidden word makes it a possible duplicate; which one is not said."""
    change = RecordChange(module="opportunity", id=office.mine, values={"name": "Same"})
    with pytest.raises(PossibleDuplicatesError) as found:
        office.records.save(office.rep, [change])
    (warning,) = found.value.warnings
    assert (warning.matches, warning.hidden) == ((), 1)
    with pytest.raises(PossibleDuplicatesError) as found:
        office.records.save(office.boss, [change])
    assert [match.label for match in found.value.warnings[0].matches] == ["Same"]


def test_what_is_computed_from_a_hidden_field_is_hidden_unless_it_reveals(office: Office) -> None:
    record = office.records.get(office.rep, "opportunity", office.mine)
    assert record.values["band"] == "high"
    assert record.values.keys().isdisjoint({"margin", "remark", "profit"})
    assert "total" not in office.records.get(office.rep, "organization", office.acme).values
    assert office.records.get(office.boss, "opportunity", office.mine).values["profit"] == 1975308


def test_the_history_tells_that_there_was_a_change_but_not_which(office: Office) -> None:
    mine, all_of_it = (office.records.history(actor, "opportunity", office.mine) for actor in (office.rep, office.boss))
    assert [entry.id for entry in mine] == [entry.id for entry in all_of_it]
    assert [len(entry.changes) for entry in mine if entry.kind == "updated"] == [0, 0]
    assert [len(entry.changes) for entry in all_of_it if entry.kind == "updated"] == [1, 1]


def test_a_field_that_may_only_be_read_is_read_and_not_written(office: Office) -> None:
    assert office.records.get(office.rep, "opportunity", office.mine).values["amount"] == 5
    assert office.records.count(office.rep, "opportunity", "amount == 5").value == 2
    with pytest.raises(ValidationError) as refused:
        office.save(amount=6, name="Other")
    assert [(each.field, each.code) for each in refused.value.problems] == [("amount", "access.E004")]
    office.save(name="Other")
    assert office.records.get(SYSTEM, "opportunity", office.mine).values["amount"] == 5


def _try(attempt: Try, office: Office, actor: Actor) -> tuple[str, str]:
    """All that comes out, and the code of the refusal or ""."""
    try:
        return _told(attempt.do(office, actor)), ""
    except FieldstoneError as error:
        return _said(error), error.code


def _told(result: Any) -> str:
    return result.decode() if isinstance(result, bytes) else repr(result)


def _said(error: FieldstoneError) -> str:
    """Everything an error carries to whoever asked."""
    parts = [error.code, error.message, repr(error.params)]
    if isinstance(error, ValidationError):
        parts += [f"{each.field} {each.text} {each.params}" for each in error.problems]
    if isinstance(error, StaleRecordError):
        parts += [repr(each) for each in error.conflicts]
    if isinstance(error, PossibleDuplicatesError):
        parts += [repr(each) for each in error.warnings]
    return " ".join(parts)
