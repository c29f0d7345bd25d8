"""What SQL gives at every door equals what a plain oracle says, for random rights, rules, people and records."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import FieldstoneError, ForbiddenError
from fieldstone.records import sampled_count
from fieldstone.records.access import has_right, narrow, visible_ids
from fieldstone.records.access.explain import explain_all
from fieldstone.records.access.record_facts import RecordFacts
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from records.access.company import MODULES, Company
from records.access.oracle import World
from records.access.random_world import RIGHTS, RandomCompany

DEALS = 3
"""How often rights are dealt anew; compiling the statements of so many kinds of actors takes its time."""


@pytest.mark.parametrize("seed", [0])
def test_every_door_says_what_the_oracle_says(company: Company, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = RandomCompany(company, seed)
    reached = limited = 0
    for deal in range(DEALS):
        # Every other time as if the modules were large: few records are then found by their owners first, and in the
        # end as if those that are reached were many, so that a quick count looks at some of them only.
        monkeypatch.setattr(narrow, "SMALL", 1_000 * (deal % 2))
        monkeypatch.setattr(narrow, "FEW", 5 if deal < 2 else 0)
        monkeypatch.setattr(sampled_count, "SAMPLE", 2)
        monkeypatch.setattr(sampled_count, "DENSE", 1)
        world, actors = made.deal()
        for actor in actors:
            for module in MODULES:
                seen = _reached(world, actor, module, "view")
                _check_rights(company, world, actor, module)
                if has_right(company.published, actor, module, "view") and made.chance.random() < 0.5:
                    _check_reading(company, world, actor, module, seen)
                    reached += len(seen)
                    limited += len(world.records[module]) - len(seen)
        _check_explanations(company, world, made, actors)
        if deal == DEALS - 1:  # the same statements, an hour later: what ends by then has ended
            company.now += timedelta(hours=1)
            world.pass_hour()
            for actor in actors:
                for module in MODULES:
                    _check_rights(company, world, actor, module)
                    if has_right(company.published, actor, module, "view"):
                        found = company.records.query(actor, module, Query(fields=("id",), limit=100)).records
                        assert {each.id for each in found} == _reached(world, actor, module, "view")
            _check_explanations(company, world, made, actors)
        _check_saving(company, world, made, actors)
    assert reached > 50
    assert limited > 50


def _reached(world: World, actor: Actor, module: str, right: str) -> set[int]:
    assert actor.user_id is not None
    return {id for id in world.records[module] if world.may(actor.user_id, module, id, right)}


def _check_rights(company: Company, world: World, actor: Actor, module: str) -> None:
    ids = list(world.records[module])
    with company.read() as (conn, published):
        for right in RIGHTS:
            expected = _reached(world, actor, module, right)
            if has_right(published, actor, module, right):
                assert visible_ids(conn, published, actor, module, ids, right) == expected, (actor, module, right)
            else:
                assert expected == set()
                with pytest.raises(ForbiddenError):
                    visible_ids(conn, published, actor, module, ids, right)


def _check_reading(company: Company, world: World, actor: Actor, module: str, seen: set[int]) -> None:
    records, ids = company.records, list(world.records[module])
    assert {each.id for each in records.query(actor, module, Query(fields=("id",), limit=100)).records} == seen
    by_name = Query(fields=("id",), sort=("-name",), where="contains(name, 'common')", limit=100)
    assert {each.id for each in records.query(actor, module, by_name).records} == seen
    assert records.count(actor, module).value == len(seen)
    assert records.count(actor, module, "contains(name, 'common')").value == len(seen)
    for where in ("", "contains(name, 'common')"):
        quick = records.count(actor, module, where, quick=True)
        assert quick.value == len(seen) if quick.exact else 0 < quick.value <= len(seen)
    assert {each.id for each in records.fetch(actor, module, ids, fields=("name",))} == seen
    assert records.totals(actor, module) == [{"count": len(seen)}]
    if has_right(company.published, actor, module, "report"):
        assert records.aggregate(actor, module) == [{"count": len(_reached(world, actor, module, "report"))}]
    assert {each.id for each in records.suggest(actor, module, "", limit=100)} == seen
    for typed in ("common", "ommon"):
        assert {each.id for each in records.suggest(actor, module, typed, limit=100)} == seen
    assert {each.id for each in records.search(actor, "common", module=module, limit=100)} == seen
    assert set(records.labels(actor, {module: ids})) == {(module, id) for id in seen}
    every = {(hit.module, hit.id) for hit in records.search(actor, "common", limit=200)}
    assert {id for name, id in every if name == module} == seen
    exported = _reached(world, actor, module, "export")
    if has_right(company.published, actor, module, "export"):
        file = b"".join(records.export(actor, module, fields=("id",), header="names")).decode("utf-8-sig")
        assert {int(row["id"]) for row in csv.DictReader(io.StringIO(file))} == exported
    if module == "organization" and has_right(company.published, actor, "opportunity", "view"):
        deals = _reached(world, actor, "opportunity", "view")
        for id in sorted(seen)[:3]:
            here = {deal for deal in deals if world.records["opportunity"][deal]["organization"] == id}
            page = records.related(actor, module, id, "deals", Query(fields=("id",), limit=100))
            assert {each.id for each in page.records} == here
            assert records.count_related(actor, module, id, "deals").value == len(here)


def _check_explanations(company: Company, world: World, made: RandomCompany, actors: list[Actor]) -> None:
    """Of some records, for everybody: each right, and the audience that somebody who sees all of it is told."""
    for module in MODULES:
        id = made.chance.choice(made.records[module])
        with company.read() as (conn, published):
            facts = RecordFacts(conn, published, module, id)
            for actor in actors:
                for right, explained in explain_all(facts, actor).items():
                    assert actor.user_id is not None
                    assert explained.allowed == world.may(actor.user_id, module, id, right), (module, right, explained)
                    assert explained.allowed or explained.missing
        told = company.records.audience(SYSTEM, module, id)
        assert not told.withheld
        for right in ("view", "edit"):
            expected = {
                user for user in made.users if all(world.may(user, module, id, each) for each in ("view", right))
            }
            found = {each.actor.user_id for each in told.people if getattr(each, right).allowed}
            assert found == expected, (module, id, right)


def _check_saving(company: Company, world: World, made: RandomCompany, actors: list[Actor]) -> None:
    """Real saves: what may not be edited stays as it is, and says that it is not there, or that one may not."""
    for actor in actors:
        module = made.chance.choice(MODULES)
        id = made.chance.choice(made.records[module])
        assert actor.user_id is not None
        allowed = world.may(actor.user_id, module, id, "edit")
        change = RecordChange(module=module, id=id, values={"name": f"common {module} {made.chance.random()}"})
        if allowed:
            company.records.save(actor, [change])
            continue
        with pytest.raises(FieldstoneError) as refused:
            company.records.save(actor, [change])
        assert refused.value.code in ("record.E010", "access.E001")
