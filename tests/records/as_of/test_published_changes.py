"""The past through changes that were really planned, published and rolled back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from changes.workbench import Workbench, layers
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.records.history_values import FormerValue
from fieldstone.records.query_types import Query
from fieldstone.records.service import Records
from fieldstone.storage.archive import ModelArchive
from fieldstone.storage.database import Database

ANNA = Actor(name="Anna", is_admin=True)

TEXT = "module: lead\nfields:\n  code: {type: text, label: Code}\n"
INTEGER = "module: lead\nfields:\n  code: {type: integer, label: Code}\n"


class _Site:
    def __init__(self, database: Database) -> None:
        self.bench = Workbench(database)
        models = self.bench.publish(layers(lead=TEXT))
        archive = ModelArchive(models, self.bench.past)
        self.records = Records(models, clock=lambda: datetime.now(UTC), archive=archive)

    def save(self, id: int | None = None, **values: Any) -> int:
        return self.records.save(ANNA, [RecordChange(module="lead", id=id, values=values)]).records[0].id

    def codes(self, as_of: datetime | None = None) -> list[Any]:
        page = self.records.query(ANNA, "lead", Query(fields=("code",), as_of=as_of))
        return [record.values["code"] for record in page.records]


@pytest.fixture
def site(database: Database) -> _Site:
    return _Site(database)


def test_a_type_that_was_changed_and_rolled_back(site: _Site) -> None:
    edited, kept, odd = (site.save(name="Lead", code=code) for code in ("7", "8", "x"))
    as_text = datetime.now(UTC)
    site.bench.publish(layers(lead=INTEGER), allow_destructive=True)
    site.save(edited, code=70)
    as_number = datetime.now(UTC)
    assert site.codes() == [70, 8, None]
    site.bench.rollback(1)
    back = datetime.now(UTC)
    site.save(edited, code="y")
    assert site.codes() == ["y", "8", "x"]
    assert (site.codes(as_text), site.codes(as_number), site.codes(back)) == (
        ["7", "8", "x"],
        [70, 8, None],
        ["70", "8", "x"],
    )
    newest, rollback, middle, _ = site.records.history(ANNA, "lead", edited)
    assert [(change.old, change.new) for entry in (newest, rollback, middle) for change in entry.changes] == [
        ("70", "y"),
        ("7", "70"),
        ("7", "70"),
    ]
    assert rollback.via == "revision:3"
    assert not any(isinstance(change.old, FormerValue) for change in middle.changes)
    assert (kept, odd) == (2, 3)


def test_what_a_rollback_writes_over_is_still_read_as_it_was(site: _Site) -> None:
    """Of "x" and "007" the number knew nothing, or less."""
    odd, zeros, empty = (site.save(name="Lead", code=code) for code in ("x", "007", None))
    as_text = datetime.now(UTC)
    site.bench.publish(layers(lead=INTEGER), allow_destructive=True)
    for lead in (odd, zeros, empty):
        site.save(lead, code=70 + lead)
    as_number = datetime.now(UTC)
    site.bench.rollback(1)
    assert site.codes() == ["71", "72", "73"]
    assert site.codes(as_text) == ["x", "007", None]
    again = datetime.now(UTC)
    site.bench.rollback(2)
    site.save(odd, code=5)
    assert site.codes() == [5, 72, 73]
    assert (site.codes(as_text), site.codes(again)) == (["x", "007", None], ["71", "72", "73"])
    assert site.codes(as_number) == [71, 72, 73]


def test_a_field_that_was_removed_and_came_back(site: _Site) -> None:
    lead = site.save(name="Lead", code="a")
    with_code = datetime.now(UTC)
    site.bench.publish(layers(), allow_destructive=True)
    site.save(lead, name="Other")
    without = datetime.now(UTC)
    site.bench.publish(layers(lead=TEXT))
    site.save(lead, code="b")
    assert (site.codes(with_code), site.codes()) == (["a"], ["b"])
    past = site.records.get(ANNA, "lead", lead, as_of=without)
    assert past.values["name"] == "Other"
    assert "code" not in past.values


def test_a_module_is_asked_for_by_the_name_it_had(site: _Site) -> None:
    site.save(name="Lead", code="a")
    before = datetime.now(UTC)
    standard, _ = layers()
    moves = "moves:\n  - {id: prospects, rename: {from: lead, to: prospect}}\n"
    renamed = {"metadata/moves.yaml": moves, "modules/prospect.yaml": TEXT.replace("lead", "prospect")}
    site.bench.publish([standard, Layer(name="site", documents=renamed)])
    assert site.codes(before) == ["a"]
    with pytest.raises(NotFoundError, match="At that time prospect was called lead"):
        site.records.query(ANNA, "prospect", Query(as_of=before))
    assert len(site.records.query(ANNA, "prospect", Query()).records) == 1
