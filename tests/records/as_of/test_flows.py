"""Reading as of a past time: names, types and rows of then, access of today."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fieldstone.expressions.errors import ExpressionError
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import (
    ForbiddenError,
    InvalidInputError,
    MetadataError,
    NotFoundError,
    StaleRecordError,
    UnavailableError,
)
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.as_of.moments import read_moment
from fieldstone.records.as_of.snapshot import MOST_CHANGES
from fieldstone.records.changes import RecordChange
from fieldstone.records.history_values import FormerValue
from fieldstone.records.query_types import Query
from fieldstone.records.service import Records
from fieldstone.storage.archive import ModelArchive
from fieldstone.storage.past_models import PastModels
from records.as_of.timeline import Timeline
from records.as_of.timeline_documents import DOCUMENTS, REMOVED, RENAMED, RETYPED, ROLES, STAGES, with_opportunity


def _values(timeline: Timeline, id: int, as_of: datetime | None, *fields: str) -> dict[str, Any]:
    return timeline.records.get(timeline.anna, "opportunity", id, fields=fields, as_of=as_of).values


def test_a_renamed_field_has_its_name_of_then(timeline: Timeline) -> None:
    deal = timeline.create("opportunity", name="Deal", hint="call")
    before = timeline.advance()
    timeline.publish(with_opportunity(RENAMED), ("field", "opportunity.hint", "opportunity.remark"))
    timeline.update("opportunity", deal, remark="write")
    assert _values(timeline, deal, before, "hint") == {"hint": "call"}
    assert _values(timeline, deal, timeline.now, "remark") == {"remark": "write"}
    query = Query(where="hint == 'call'", sort=("hint",), fields=("name",), as_of=before)
    assert [record.id for record in timeline.records.query(timeline.anna, "opportunity", query).records] == [deal]
    with pytest.raises(ExpressionError):
        timeline.records.count(timeline.anna, "opportunity", "remark == 'call'", as_of=before)
    with pytest.raises(InvalidInputError):
        _values(timeline, deal, before, "remark")


def test_a_renamed_value_of_a_picklist_has_its_key_of_then(timeline: Timeline) -> None:
    moved, kept = (timeline.create("opportunity", name="Deal", stage="open") for _ in range(2))
    before = timeline.advance()
    renamed = STAGES.replace("default: open", "default: fresh").replace("  open:", "  fresh:")
    documents = {**DOCUMENTS, "metadata/picklists/stage.yaml": renamed}
    timeline.publish(documents, ("picklist_value", "stage.open", "stage.fresh"))
    between = timeline.advance()
    timeline.update("opportunity", moved, stage="won")
    timeline.advance()
    for moment, key in ((before, "open"), (between, "fresh")):
        assert [_values(timeline, id, moment, "stage")["stage"] for id in (moved, kept)] == [key, key]
        found = timeline.records.aggregate(timeline.anna, "opportunity", group=("stage",), as_of=moment)
        assert found == [{"stage": key, "count": 2}]
        assert timeline.records.count(timeline.anna, "opportunity", f"stage == '{key}'", as_of=moment).value == 2


def test_a_retyped_field_has_its_type_of_then(timeline: Timeline) -> None:
    ids = [timeline.create("opportunity", name="Deal", code=code) for code in ("7", "x", "8")]
    first = timeline.advance()
    timeline.update("opportunity", ids[0], code="70")
    second = timeline.advance()
    timeline.publish(with_opportunity(RETYPED))
    published = timeline.advance()
    timeline.update("opportunity", ids[0], code=700)
    timeline.update("opportunity", ids[1], code=1)
    codes = [[_values(timeline, id, moment, "code")["code"] for id in ids] for moment in (first, second, published)]
    assert codes == [["7", "x", "8"], ["70", "x", "8"], [70, None, 8]]
    found = timeline.records.count(timeline.anna, "opportunity", "starts_with(code, '7')", as_of=second)
    assert found.value == 1


def test_the_history_reads_each_entry_with_the_type_of_its_time(timeline: Timeline) -> None:
    deal = timeline.create("opportunity", name="Deal", code="x", hint="call")
    timeline.advance()
    timeline.update("opportunity", deal, code="8", hint="write")
    before = timeline.advance()
    timeline.publish(with_opportunity(REMOVED.replace("code: {type: text", "code: {type: integer")))
    timeline.advance()
    timeline.update("opportunity", deal, code=9)
    newest, older, _ = timeline.records.history(timeline.anna, "opportunity", deal)
    assert [(each.field, each.old, each.new) for each in newest.changes] == [("code", 8, 9)]
    (change,) = older.changes
    assert (change.old, change.new, type(change.old)) == ("x", 8, FormerValue)
    entry, created = timeline.records.history(timeline.anna, "opportunity", deal, as_of=before)
    assert {each.field: (each.old, each.new) for each in entry.changes} == {
        "code": ("x", "8"),
        "hint": ("call", "write"),
    }
    assert created.kind == "created"


def test_a_change_made_before_a_retype_is_undone_or_refused(timeline: Timeline) -> None:
    fits, other = (timeline.create("opportunity", name="Deal", code=code) for code in ("7", "x"))
    timeline.advance()
    timeline.update("opportunity", fits, code="8")
    timeline.update("opportunity", other, code="8")
    timeline.advance()
    timeline.publish(with_opportunity(RETYPED))
    timeline.advance()
    entries = {id: timeline.records.history(timeline.anna, "opportunity", id, limit=1)[0].id for id in (fits, other)}
    timeline.records.undo(timeline.anna, "opportunity", fits, entries[fits])
    assert _values(timeline, fits, None, "code") == {"code": 7}
    with pytest.raises(InvalidInputError) as refused:
        timeline.records.undo(timeline.anna, "opportunity", other, entries[other])
    assert refused.value.code == "record.E038"


def test_a_stale_change_of_a_retyped_field_is_a_conflict(timeline: Timeline) -> None:
    deal = timeline.create("opportunity", name="Deal", code="x")
    timeline.advance()
    timeline.update("opportunity", deal, code="8")
    timeline.publish(with_opportunity(RETYPED))
    stale = RecordChange(module="opportunity", id=deal, version=1, values={"code": 9})
    with pytest.raises(StaleRecordError) as error:
        timeline.records.save(timeline.anna, [stale])
    (conflict,) = error.value.conflicts
    assert (conflict.base, conflict.theirs, conflict.mine) == ("x", 8, 9)


def test_a_removed_field_reads_until_its_column_is_gone(timeline: Timeline) -> None:
    deal = timeline.create("opportunity", name="Deal", hint="call")
    before = timeline.advance()
    timeline.publish(with_opportunity(REMOVED))
    timeline.advance()
    assert _values(timeline, deal, before, "hint") == {"hint": "call"}
    table = timeline.models.current.tables.module("opportunity").table.name
    timeline.database.transact(lambda conn: conn.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN hint"))
    assert _values(timeline, deal, before, "name", "hint") == {"name": "Deal", "hint": None}


def test_deleted_and_restored_records_are_where_they_were(timeline: Timeline) -> None:
    acme = timeline.create("organization", name="Acme")
    deal = timeline.create("opportunity", name="Deal", organization=acme, amount="5", stage="won")
    live = timeline.advance()
    timeline.records.delete(timeline.anna, "opportunity", [deal])
    gone = timeline.advance()
    timeline.records.restore(timeline.anna, "opportunity", [deal])
    timeline.advance()
    read = timeline.records.get
    assert read(timeline.anna, "opportunity", deal, as_of=live).version == 1
    assert read(timeline.anna, "organization", acme, as_of=live).values["won_total"] == Decimal("5")
    with pytest.raises(NotFoundError):
        read(timeline.anna, "opportunity", deal, as_of=gone)
    assert read(timeline.anna, "opportunity", deal, deleted=True, as_of=gone).values["deleted_at"] == gone
    assert read(timeline.anna, "organization", acme, as_of=gone).values["won_total"] == 0
    with pytest.raises(NotFoundError):
        read(timeline.anna, "opportunity", deal, as_of=live - timedelta(minutes=1))


def test_links_and_labels_are_those_of_then(timeline: Timeline) -> None:
    acme, bolt = timeline.create("organization", name="Acme"), timeline.create("organization", name="Bolt")
    deal = timeline.create("opportunity", name="Deal", organization=acme)
    note = timeline.create("note", text="Hello", about={"module": "organization", "id": acme})
    timeline.records.link(timeline.anna, "opportunity", deal, "rivals", [acme])
    before = timeline.advance()
    timeline.records.unlink(timeline.anna, "opportunity", deal, "rivals", [acme])
    timeline.records.link(timeline.anna, "opportunity", deal, "rivals", [bolt])
    timeline.update("organization", acme, name="Acme Ltd")
    timeline.update("note", note, about={"module": "opportunity", "id": deal})
    timeline.advance()

    def rivals(as_of: datetime | None) -> list[Any]:
        query = Query(fields=("name",), as_of=as_of)
        page = timeline.records.related(timeline.anna, "opportunity", deal, "rivals", query)
        count = timeline.records.count_related(timeline.anna, "opportunity", deal, "rivals", as_of=as_of)
        assert count.value == len(page.records)
        return [record.values["name"] for record in page.records]

    assert (rivals(before), rivals(None)) == (["Acme"], ["Bolt"])
    read = timeline.records.get(timeline.anna, "opportunity", deal, fields=("organization",), as_of=before)
    assert read.labels == {("organization", acme): "Acme"}
    about = timeline.records.get(timeline.anna, "note", note, as_of=before)
    assert about.values["about"] == RecordRef("organization", acme)
    assert about.labels["organization", acme] == "Acme"


@pytest.mark.parametrize("side", ["suppliers", "customers"])
def test_links_within_a_module_keep_their_ends(timeline: Timeline, side: str) -> None:
    acme, bolt = timeline.create("organization", name="Acme"), timeline.create("organization", name="Bolt")
    timeline.records.link(timeline.anna, "organization", bolt, side, [acme])
    before = timeline.advance()
    timeline.records.unlink(timeline.anna, "organization", bolt, side, [acme])
    timeline.advance()

    def related(id: int, relation: str) -> list[int]:
        query = Query(fields=("name",), as_of=before)
        page = timeline.records.related(timeline.anna, "organization", id, relation, query)
        return [record.id for record in page.records]

    other = {"suppliers": "customers", "customers": "suppliers"}[side]
    assert (related(bolt, side), related(acme, other)) == ([acme], [bolt])
    assert (related(acme, side), related(bolt, other)) == ([], [])


def test_today_is_the_day_of_then(timeline: Timeline) -> None:
    deal = timeline.create("opportunity", name="Deal", close_date="2026-03-01")
    before = timeline.advance(days=10)
    timeline.update("opportunity", deal, close_date="2026-03-02")
    assert _values(timeline, deal, before, "age") == {"age": 2}
    counted = timeline.records.count(timeline.anna, "opportunity", "close_date < add_days(today(), -1)", as_of=before)
    assert counted.value == 1
    assert timeline.records.count(timeline.anna, "opportunity", "age == 2", as_of=before).value == 1


def test_who_may_see_what_is_decided_by_the_roles_of_today(timeline: Timeline) -> None:
    acme = timeline.create("organization", name="Acme", industry="Ore")
    mine = timeline.create("opportunity", name="Mine", organization=acme, owner=2)
    before = timeline.advance()
    timeline.update("opportunity", mine, owner=3)
    timeline.advance()
    query = Query(fields=("name", "weighted"), as_of=before)
    page = timeline.records.query(timeline.ben, "opportunity", query)
    # The organization is out of Ben's reach; what is computed from it is the same for everybody, as it was then.
    assert [record.values for record in page.records] == [{"name": "Mine", "weighted": "Ore B"}]
    assert timeline.records.query(timeline.cleo, "opportunity", query).records == []
    narrowed = {**DOCUMENTS, "metadata/roles.yaml": ROLES.replace("opportunity: [view,", "opportunity: [")}
    timeline.publish(narrowed)
    with pytest.raises(ForbiddenError):
        timeline.records.query(timeline.ben, "opportunity", query)


def test_a_renamed_module_keeps_its_rights_and_its_tokens(timeline: Timeline) -> None:
    deal = timeline.create("opportunity", actor=timeline.ben, name="Deal")
    before = timeline.advance()
    documents = {**DOCUMENTS, "metadata/roles.yaml": ROLES.replace("opportunity:", "deal:")}
    renamed = documents.pop("modules/opportunity.yaml").replace("module: opportunity", "module: deal")
    documents["modules/deal.yaml"] = renamed.replace("reverse: opportunities", "reverse: deals_list")
    organization = documents["modules/organization.yaml"].replace("relation: opportunities", "relation: deals_list")
    documents["modules/organization.yaml"] = organization
    documents["modules/note.yaml"] = documents["modules/note.yaml"].replace("opportunity]", "deal]")
    timeline.publish(documents, ("module", "opportunity", "deal"))
    timeline.advance()
    read = timeline.records.get(timeline.ben, "opportunity", deal, fields=("name",), as_of=before)
    assert read.values == {"name": "Deal"}
    token = Actor(user_id=1, name="Anna", is_admin=True, scopes=("read", "module:deal"))
    assert timeline.records.count(token, "opportunity", as_of=before).value == 1
    stranger = Actor(user_id=1, name="Anna", is_admin=True, scopes=("read", "module:opportunity"))
    with pytest.raises(ForbiddenError):
        timeline.records.count(stranger, "opportunity", as_of=before)


def test_too_many_changes_are_left_to_an_export(timeline: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = timeline.create("opportunity", name="Deal", amount="1", hint="=1+1")
    before = timeline.advance()
    for amount in range(2, 6):
        timeline.update("opportunity", deal, amount=amount)
    timeline.create("opportunity", name="Later")
    now = timeline.advance()
    records, anna = timeline.records, timeline.anna
    with pytest.raises(InvalidInputError) as refused:
        records.export(anna, "opportunity", as_of=before, most_changes=4)
    assert refused.value.code == "as_of.E003"
    assert list(records.export(anna, "opportunity", fields=("id",), as_of=now, most_changes=4))
    pieces = records.export(
        anna, "opportunity", fields=("name", "amount"), form="json", as_of=before, most_changes=None
    )
    assert [json.loads(line) for line in b"".join(pieces).splitlines()] == [
        {"id": deal, "version": 1, "name": "Deal", "amount": "1"}
    ]
    csv = b"".join(records.export(anna, "opportunity", fields=("name", "hint"), as_of=before)).decode()
    assert csv.splitlines()[1:] == ["Deal,'=1+1"]
    assert MOST_CHANGES == 50_000


def test_a_model_that_does_not_work_here_is_a_clear_error(timeline: Timeline) -> None:
    deal = timeline.create("opportunity", name="Deal")
    before = timeline.advance()

    def broken(layers: Sequence[Layer], catalogue: Catalogue) -> AppModel:
        raise MetadataError([])

    archive = ModelArchive(timeline.models, PastModels(timeline.database, broken))
    records = Records(timeline.models, clock=lambda: timeline.now, archive=archive)
    with pytest.raises(UnavailableError) as error:
        records.get(timeline.anna, "opportunity", deal, as_of=before)
    assert error.value.code == "storage.E011"


def test_times_out_of_reach_are_refused(timeline: Timeline) -> None:
    timeline.create("opportunity", name="Deal")
    with pytest.raises(NotFoundError) as early:
        timeline.records.count(timeline.anna, "opportunity", as_of=datetime(2020, 1, 1, tzinfo=UTC))
    assert early.value.code == "storage.E010"
    with pytest.raises(InvalidInputError) as late:
        timeline.records.count(timeline.anna, "opportunity", as_of=timeline.now + timedelta(seconds=1))
    assert late.value.code == "as_of.E002"


NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-13", datetime(2026, 3, 13, 22, 59, 59, 999_999, tzinfo=UTC)),
        ("2026-03-14", NOW),
        ("2026-03-14T09:30:00Z", datetime(2026, 3, 14, 9, 30, tzinfo=UTC)),
        ("2026-03-14T09:30:00+01:00", datetime(2026, 3, 14, 8, 30, tzinfo=UTC)),
        ("2026-03-14T09:30:00 01:00", datetime(2026, 3, 14, 8, 30, tzinfo=UTC)),
    ],
)
def test_moments(text: str, expected: datetime) -> None:
    assert read_moment(text, zone="Europe/Berlin", now=NOW) == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-02-30", "2026-03-14T09:30:00", "9999-12-31", "0001-01-01T00:00:00+09:00"]
)
def test_what_is_no_past_time(text: str) -> None:
    with pytest.raises(InvalidInputError):
        read_moment(text, zone="Europe/Berlin", now=NOW)
