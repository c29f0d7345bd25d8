"""The search index follows the fields that are searched, and is left alone where no record would change in it."""

from __future__ import annotations

from changes.workbench import Workbench, layers
from fieldstone.changes.plan import Plan
from fieldstone.storage.database import Database

CITY = "module: lead\nfields:\n  city: {type: text, label: City}\n"


def kinds(plan: Plan) -> list[str]:
    return [item.step.kind for item in plan.steps]


def test_only_fields_with_values_are_indexed_anew(database: Database) -> None:
    workbench = Workbench(database)
    workbench.publish(layers())
    workbench.save([{"name": "Ann"}])
    assert kinds(workbench.plan(layers(lead=CITY))) == []
    backfill = "moves:\n  - id: city\n    backfill: {field: lead.city, value: \"'Oslo'\"}\n"
    filled = layers(lead=CITY)
    filled[-1].documents["metadata/moves.yaml"] = backfill  # type: ignore[index]
    assert kinds(workbench.plan(filled)) == ["fill", "reindex"]
    workbench.publish(layers(lead=CITY))
    workbench.save([{"id": 1, "city": "Oslo"}])
    unsearched = layers(lead=CITY.replace("label", "searchable: false, label"))
    assert kinds(workbench.plan(unsearched)) == ["reindex"]
    workbench.publish(layers(), allow_destructive=True)
    assert kinds(workbench.plan(layers(lead=CITY))) == ["reindex"]  # it comes back with its values
