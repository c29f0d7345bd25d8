"""What is removed is hidden with its values, comes back with a rollback, and goes for good only when purged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from changes.workbench import DOCUMENTS, Workbench, layers
from fieldstone.changes.doctor import examine
from fieldstone.changes.purge import plan_purge, purge
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.layers import Layer
from fieldstone.records.query_types import Query
from fieldstone.storage.database import Database
from fieldstone.storage.physical import read_physical

SITE = {
    "modules/visit.yaml": """module: visit
label: Visit
plural: Visits
name_field: subject
fields:
  subject: {type: text, label: Subject, required: true}
  at: {type: lookup, label: At, to: organization, reverse: visits}
relations:
  leads: {kind: many_to_many, to: lead, label: Leads, reverse: visits}
""",
    "modules/lead.yaml": "module: lead\nfields:\n  fax: {type: text, label: Fax, unique: true}\n",
}
LATER = datetime.now(UTC) + timedelta(days=1)


def proposal(*without: str, **lead: str) -> list[Layer]:
    site = {path: text for path, text in SITE.items() if path not in without} | {
        f"modules/{name}.yaml": text for name, text in lead.items()
    }
    return [Layer(name="standard", documents=DOCUMENTS), Layer(name="site", documents=site)]


@pytest.fixture
def workbench(database: Database) -> Workbench:
    made = Workbench(database)
    made.publish(layers())
    made.publish(proposal())
    made.save([{"name": "Vega"}, {"name": "Sirius"}], "organization")
    made.save([{"name": "Ann", "fax": "1"}, {"name": "Ben", "fax": "2"}])
    made.save([{"subject": "Tour", "at": 1}, {"subject": "Talk"}], "visit")
    made.records.link(SYSTEM, "visit", 1, "leads", [1, 2])
    return made


def values(workbench: Workbench, module: str, *fields: str) -> list[tuple[Any, ...]]:
    page = workbench.records.query(SYSTEM, module, Query(fields=fields, sort=("id",), limit=50))
    return [tuple(record.values[field] for field in fields) for record in page.records]


def change_of(workbench: Workbench, proposed: list[Layer], kind: str) -> Any:
    return next(change for change in workbench.plan(proposed).changes if change.kind == kind)


def test_a_module_goes_and_comes_back_with_records_links_and_references(workbench: Workbench) -> None:
    removed = change_of(workbench, proposal("modules/visit.yaml"), "remove_module")
    assert (removed.target, removed.rows, removed.lost, removed.reversible) == ("visit", 2, 2, True)
    models = workbench.publish(proposal("modules/visit.yaml"), allow_destructive=True)
    assert "visit" not in models.current.model.modules
    assert not list(examine(workbench.database, workbench.compile))
    # A hidden record holds nobody back.
    workbench.records.delete(SYSTEM, "organization", [1])
    workbench.records.purge(SYSTEM, "organization", [1])
    workbench.rollback(2)
    assert values(workbench, "visit", "subject", "at") == [("Tour", None), ("Talk", None)]
    related = workbench.records.related(SYSTEM, "visit", 1, "leads", Query(fields=("name",), sort=("id",)))
    assert [record.values["name"] for record in related.records] == ["Ann", "Ben"]
    assert workbench.models
    assert not list(examine(workbench.database, workbench.compile))
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        workbench.database.transact(lambda conn: conn.exec_driver_sql('UPDATE "visit" SET "at" = 99 WHERE id = 1'))


def test_a_unique_field_goes_and_comes_back(workbench: Workbench) -> None:
    gone = "module: lead\nlabel: Prospect\n"
    removed = change_of(workbench, proposal(lead=gone), "remove_field")
    assert (removed.target, removed.lost) == ("lead.fax", 2)
    workbench.publish(proposal(lead=gone), allow_destructive=True)
    workbench.save([{"name": "Cid"}])
    workbench.rollback(2)
    assert values(workbench, "lead", "name", "fax") == [("Ann", "1"), ("Ben", "2"), ("Cid", None)]
    with pytest.raises(Exception, match="attention"):
        workbench.save([{"name": "Dora", "fax": "1"}])


def test_only_what_is_old_enough_is_purged(workbench: Workbench) -> None:
    workbench.publish(proposal("modules/visit.yaml", "modules/lead.yaml"), allow_destructive=True)
    assert workbench.models
    current = workbench.models.current
    with workbench.database.read() as conn:
        assert not plan_purge(conn, current, datetime.now(UTC) - timedelta(days=1)).items
        plan = plan_purge(conn, current, LATER)
    kinds = {(item.kind, item.path): item.values for item in plan.items}
    assert kinds["module", "visit"] == 2
    assert kinds["relation", "visit.leads"] == 2
    assert kinds["field", "lead.fax"] == 2
    purge(workbench.database, current, plan, SYSTEM)
    with workbench.database.read() as conn:
        physical = read_physical(conn)
        assert "visit" not in physical.columns
        assert not {column for column in physical.columns["lead"] if column.startswith("fax")}
        assert not plan_purge(conn, current, LATER).items
        assert not conn.execute(sa.text("SELECT count(*) FROM fs_history WHERE kind = 'linked'")).scalar_one() > 4
    assert not list(examine(workbench.database, workbench.compile))
    workbench.save([{"name": "Cid"}])
    workbench.rollback(2)
    assert values(workbench, "lead", "name", "fax") == [("Ann", None), ("Ben", None), ("Cid", None)]
    assert values(workbench, "visit", "subject") == []
    workbench.save([{"subject": "Again", "at": 2}], "visit")
    assert not list(examine(workbench.database, workbench.compile))


def test_a_column_whose_name_others_begin_with_is_purged_alone(workbench: Workbench) -> None:
    more = "module: lead\nfields:\n  fax: {type: text, label: Fax}\n  fax_2: {type: text, label: Second}\n"
    workbench.publish(proposal(lead=more))
    workbench.save([{"id": 1, "fax_2": "kept"}])
    workbench.publish(proposal(lead=more.replace("  fax: {type: text, label: Fax}\n", "")), allow_destructive=True)
    assert workbench.models
    with workbench.database.read() as conn:
        plan = plan_purge(conn, workbench.models.current, LATER)
    purge(workbench.database, workbench.models.current, plan, SYSTEM)
    assert values(workbench, "lead", "fax_2") == [("kept",), (None,)]
