"""A site goes from one set of documents to another and back: the model, the documents and every value are as before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from changes.generated_crm import TwoSites, two_sites
from changes.workbench import Workbench
from fieldstone.changes.doctor import examine
from fieldstone.changes.plan import Plan
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.diff import diff
from fieldstone.metadata.effective import effective_documents
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.query_types import Query
from fieldstone.storage.database import Database
from fieldstone.storage.revisions import find_version, load_layers
from metadata.example import compile_layers

OPPOSITES = {"add": "remove", "remove": "add", "rename": "rename", "change": "change"}
ROWS = 3

quickly = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


def compiles(*layers: Layer) -> bool:
    return not compile_layers(*layers).diagnostics.has_errors


def fill(bench: Workbench) -> None:
    """Some records of every module, with whatever their fields take."""
    assert bench.models
    model = bench.models.current.model
    for module in model.modules.values():
        rows = []
        for number in range(1, ROWS + 1):
            values = {
                field.name: VALUES[field.type](number, model, field)
                for field in module.fields.values()
                if field.type in VALUES
            }
            rows.append(RecordChange(module=module.name, values=values))
        bench.records.save(SYSTEM, rows, options=SaveOptions(duplicates="ignore", workflows=False, partial=True))


def _key(number: int, model: AppModel, field: Any) -> str:
    keys = list(model.picklists[field.picklist].values)
    return keys[number % len(keys)]


VALUES: dict[str, Callable[[int, AppModel, Any], Any]] = {
    "text": lambda number, model, field: f"{number}",
    "integer": lambda number, model, field: field.min or field.max or number,
    "money": lambda number, model, field: f"{number}.5",
    "date": lambda number, model, field: f"2026-03-0{number}",
    "checkbox": lambda number, model, field: number % 2 == 0,
    "picklist": _key,
}


class _Bench(Workbench):
    """With the actions and triggers that the generated documents name."""

    def compile(self, proposal: Sequence[Layer], catalogue: Catalogue) -> Compilation:
        return compile_layers(*proposal, catalogue=catalogue)


def rows_of(bench: Workbench) -> dict[str, list[dict[str, Any]]]:
    """The values of declared fields. Numbers and record types that records got on the way they may keep."""
    assert bench.models
    return {
        name: [
            record.values
            for record in bench.records.query(SYSTEM, name, Query(sort=("id",), fields=tuple(module.fields))).records
        ]
        for name, module in bench.models.current.model.modules.items()
    }


def published(bench: Workbench) -> list[Layer]:
    with bench.database.read() as conn:
        return load_layers(conn, find_version(conn))


def kinds(plan: Plan) -> Counter[tuple[str, str]]:
    """What is changed, and how. Indexes, how it is stored, and all that a module brings along follow from that."""
    whole = {f"{change.target}." for change in plan.changes if change.kind in ("add_module", "remove_module")}
    follow = ("change_storage", "add_index", "remove_index")
    return Counter(
        (change.kind, change.target)
        for change in plan.changes
        if change.kind not in follow and not change.target.startswith(tuple(whole))
    )


def opposite(kind: str) -> str:
    verb, _, what = kind.partition("_")
    return f"{OPPOSITES[verb]}_{what}"


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
@quickly
@given(made=two_sites())
def test_a_rollback_brings_back_everything(new_database: Callable[[str], str], dialect: str, made: TwoSites) -> None:
    first, second = [made.base, made.first], [made.base, made.second]
    assume(compiles(*first) and compiles(*second))
    database = Database.open(new_database(dialect))
    try:
        bench = _Bench(database)
        before = bench.publish(first).current
        fill(bench)
        rows = rows_of(bench)
        there = bench.plan(second)
        assume(not there.breaches)
        bench.take_up(there, allow_destructive=True)
        assert bench.models
        assert not list(examine(database, bench.compile))
        back = bench.plan_rollback(1)
        assert kinds(back) == Counter({(opposite(kind), name): n for (kind, name), n in kinds(there).items()})
        after = bench.take_up(back).current
        assert not diff(before.model, after.model)
        assert published(bench) == first
        assert rows_of(bench) == rows
        assert not list(examine(database, bench.compile))
        assert bench.plan(first).is_empty
    finally:
        database.close()


@settings(quickly, max_examples=40)
@given(two_sites())
def test_two_models_differ_exactly_where_the_documents_do(made: TwoSites) -> None:
    first, second = compile_layers(made.base, made.first), compile_layers(made.base, made.second)
    assume(not first.diagnostics.has_errors and not second.diagnostics.has_errors)
    now = compile_layers(made.base, made.second, catalogue=first.catalogue).get_model()
    alike = effective_documents([made.base, made.first]) == effective_documents([made.base, made.second])
    assert alike <= (not diff(first.get_model(), now))
    if not diff(first.get_model(), now):
        # Two texts may say the same in another order of lines: where they say it is no part of what they say.
        assert replace(now, hash="", provenance={}) == replace(first.get_model(), hash="", provenance={})
    alone = Layer(name="standard", documents=effective_documents([made.base, made.first]))
    assert not diff(first.get_model(), compile_layers(alone, catalogue=first.catalogue).get_model())
