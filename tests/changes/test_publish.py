"""Documents become plans, plans become tables and a new model: wholly or not at all."""

from __future__ import annotations

import dataclasses
import threading

import pytest
import sqlalchemy as sa

from changes.workbench import DOCUMENTS, Workbench, layers
from fieldstone.kernel.errors import ConflictError, InvalidInputError, MetadataError, NotFoundError
from fieldstone.metadata.layers import Layer
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import Operation
from fieldstone.storage.locks import publish_lock
from fieldstone.storage.physical import read_physical
from fieldstone.storage.revisions import find_version, list_revisions, load_layers

CITY = "module: lead\nfields:\n  city: {type: text, label: City, index: true}\n"


@pytest.fixture
def workbench(database: Database) -> Workbench:
    made = Workbench(database)
    made.publish(layers())
    return made


def test_the_first_publish_makes_everything(workbench: Workbench) -> None:
    assert workbench.models
    published = workbench.models.current
    assert published.version == 1
    workbench.insert("organization", name="Vega")
    workbench.insert("lead", name="Ann", organization=1, state="new")
    assert published.catalogue.find("field", "lead.amount")
    assert workbench.plan(layers()).is_empty


def test_a_plan_shows_each_change_with_its_effect(workbench: Workbench) -> None:
    workbench.insert("lead", name="Ann")
    plan = workbench.plan(layers(lead=CITY))
    added = next(change for change in plan.changes if change.kind == "add_field")
    assert (added.target, added.rows, added.lost, added.destructive) == ("lead.city", 1, 0, False)
    assert any("ADD" in statement for statement in added.ddl)
    assert added.lock == "rewrite"
    shown = plan.to_json()
    assert set(shown) == {"base", "hash", "destructive", "changes"}
    assert {"kind", "target", "ddl", "rows", "lost", "rewrites", "lock", "reversible"} <= set(shown["changes"][0])
    planned = [statement for change in plan.changes for statement in change.ddl]
    assert sorted(planned) == sorted(operation.statement for operation in plan.operations)


def test_a_published_field_is_usable_at_once(workbench: Workbench) -> None:
    models = workbench.publish(layers(lead=CITY))
    assert models.current.version == 2
    workbench.insert("lead", name="Ann", city="Oslo")
    with workbench.database.read() as conn:
        newest = list_revisions(conn)[0]
        assert (newest.id, newest.message, newest.by_label) == (2, "test", "System")
        assert load_layers(conn, 2) == layers(lead=CITY)


def test_a_plan_against_a_moved_base_is_refused(workbench: Workbench) -> None:
    stale = workbench.plan(layers(lead=CITY))
    workbench.publish(layers(organization="module: organization\nlabel: Company\n"))
    with pytest.raises(ConflictError, match="revision 2, by System") as refused:
        workbench.apply(stale)
    assert refused.value.code == "publish.E002"
    with workbench.database.read() as conn:
        assert find_version(conn) == 2
        assert "city" not in read_physical(conn).columns["lead"]


def test_of_two_publishers_one_wins(workbench: Workbench) -> None:
    plans = [workbench.plan(layers(lead=CITY)), workbench.plan(layers(lead=CITY.replace("city", "town")))]
    outcomes: list[object] = []

    def run(index: int) -> None:
        try:
            outcomes.append(workbench.apply(plans[index]))
        except ConflictError as error:
            outcomes.append(error.code)

    runners = [threading.Thread(target=run, args=(index,)) for index in (0, 1)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert 2 in outcomes
    assert {"publish.E001", "publish.E002"} & set(outcomes)


def test_while_somebody_publishes_others_are_told_who(workbench: Workbench) -> None:
    plan = workbench.plan(layers(lead=CITY))
    with publish_lock(workbench.database, "Anna"), pytest.raises(ConflictError, match="Anna"):
        workbench.apply(plan)
    assert workbench.apply(plan) == 2


def test_a_publish_whose_statement_fails_is_wholly_undone(workbench: Workbench) -> None:
    plan = workbench.plan(layers(lead=CITY))
    broken = dataclasses.replace(
        plan, operations=(*plan.operations, Operation(table="lead", statement="CREATE NONSENSE", lock="none"))
    )
    with pytest.raises(sa.exc.DBAPIError):
        workbench.apply(broken)
    with workbench.database.read() as conn:
        assert find_version(conn) == 1
        assert "city" not in read_physical(conn).columns["lead"]
    assert workbench.apply(plan) == 2


def test_documents_with_problems_are_not_planned(workbench: Workbench) -> None:
    with pytest.raises(MetadataError) as refused:
        workbench.plan(layers(lead="module: lead\nfields:\n  city: {type: nothing, label: City}\n"))
    assert refused.value.diagnostics


@pytest.mark.parametrize(
    ("document", "kind", "target", "lost"),
    [
        ("module: lead\nfields:\n  amount: null\n", "remove_field", "lead.amount", 1),
        ("module: lead\nfields:\n  amount: {type: date}\n", "change_type", "lead.amount", 1),
    ],
)
def test_what_would_lose_values_is_refused_and_named(
    workbench: Workbench, document: str, kind: str, target: str, lost: int
) -> None:
    workbench.insert("lead", name="Ann", amount=10000)
    plan = workbench.plan(layers(lead=document))
    change = next(item for item in plan.changes if item.destructive)
    assert (change.kind, change.target, change.lost) == (kind, target, lost)
    with pytest.raises(InvalidInputError) as refused:
        workbench.apply(plan)
    assert refused.value.code == "publish.E003"
    assert target in refused.value.message


def test_a_picklist_value_in_use_cannot_go_but_an_unused_one_can(workbench: Workbench) -> None:
    workbench.insert("lead", name="Ann", state="won")

    def without(value: str) -> list[Layer]:
        documents = {"metadata/picklists/lead_state.yaml": f"picklist: lead_state\nvalues:\n  {value}: null\n"}
        return [Layer(name="standard", documents=DOCUMENTS), Layer(name="site", documents=documents)]

    assert workbench.plan(without("won")).destructive
    assert not workbench.plan(without("new")).destructive
    workbench.publish(without("new"))


def test_an_empty_field_goes_and_comes_back(workbench: Workbench) -> None:
    workbench.publish(layers(lead="module: lead\nfields:\n  amount: null\n"))
    with workbench.database.read() as conn:
        assert "amount" in read_physical(conn).columns["lead"]
    workbench.publish(layers())
    workbench.insert("lead", name="Ann", amount=10000)


def test_rolling_back_publishes_the_earlier_site_layer(workbench: Workbench) -> None:
    workbench.publish(layers(lead=CITY))
    with pytest.raises(NotFoundError):
        workbench.plan_rollback(99)
    models = workbench.rollback(1)
    assert models.current.version == 3
    assert "city" not in models.current.model.modules["lead"].fields
    workbench.publish(layers(lead=CITY))
    workbench.insert("lead", name="Ann", city="Oslo")


@pytest.mark.parametrize("between", [True, False])
def test_an_empty_field_comes_back_with_another_type_in_a_column_of_its_own(
    workbench: Workbench, between: bool
) -> None:
    if between:
        workbench.publish(layers(lead="module: lead\nfields:\n  amount: null\n"))
    models = workbench.publish(layers(lead="module: lead\nfields:\n  amount: {type: date, label: Day}\n"))
    field = models.current.model.modules["lead"].fields["amount"]
    assert field.column != "amount"
    workbench.insert("lead", name="Ann", **{field.column: "2026-03-14"})
    assert workbench.plan(layers(lead="module: lead\nfields:\n  amount: {type: date, label: Day}\n")).is_empty


def test_text_that_becomes_indexed_is_folded_for_the_records_there_are(workbench: Workbench) -> None:
    workbench.publish(layers(lead=CITY.replace(", index: true", "")))
    workbench.insert("lead", name="Ann", city="ÉVRY")
    models = workbench.publish(layers(lead=CITY))
    table = models.current.tables.module("lead")
    with workbench.database.read() as conn:
        assert conn.execute(sa.select(table.column("city", "__sort"))).scalar_one() == "évry"
    assert workbench.plan(layers(lead=CITY)).is_empty


def test_values_that_are_not_unique_yet_keep_a_field_from_becoming_it(workbench: Workbench) -> None:
    workbench.publish(layers(lead="module: lead\nfields:\n  code: {type: integer, label: Code}\n"))
    for number in (1, 2):
        workbench.insert("lead", id=number, code=7)
    with pytest.raises(InvalidInputError) as refused:
        workbench.publish(layers(lead="module: lead\nfields:\n  code: {type: integer, label: Code, unique: true}\n"))
    assert refused.value.code == "publish.E006"
    assert "lead.code (2)" in refused.value.message
    with workbench.database.read() as conn:
        assert find_version(conn) == 2
