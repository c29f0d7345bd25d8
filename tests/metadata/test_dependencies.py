"""What computed fields read, in which order they are computed, and which are never stored."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fieldstone.metadata.dependencies import (
    ChildRead,
    ComputedField,
    DependencyGraph,
    FieldRef,
    LookupRead,
    build_dependencies,
    build_graph,
)
from fieldstone.metadata.dependency_order import find_cycles, rank_all
from metadata.example import DEAL, ORGANIZATION, compile_base


def graph() -> DependencyGraph:
    return build_dependencies(
        compile_base(
            modules_deal=DEAL.replace(
                "rules:",
                "  share: {type: formula, result: decimal, expression: double / organization.parent.total}\n"
                "  double: {type: formula, expression: forecast * 2}\n"
                "  age: {type: formula, expression: 'days_between(close_date, today())'}\n"
                "  old_age: {type: formula, expression: age * 2}\n"
                "rules:",
            ),
            modules_organization=ORGANIZATION
            + "  total: {type: rollup, relation: deals, function: sum, of: amount, where: \"organization.industry == 'it' and stage == 'won'\"}\n"
            + "  number: {type: rollup, relation: deals, function: count}\n",
        ).get_model()
    )


def test_own_fields_and_fields_through_lookups_are_told_apart() -> None:
    share = graph().computed[FieldRef("deal", "share")]
    assert (share.kind, share.own) == ("formula", ("double", "organization"))
    assert share.lookups == (
        LookupRead(path=("organization",), module="organization", field="parent"),
        LookupRead(path=("organization", "parent"), module="organization", field="total"),
    )


def test_a_rollup_reads_its_children_and_the_lookup_that_ties_them() -> None:
    total = graph().computed[FieldRef("organization", "total")]
    assert total.children == ChildRead(
        relation="deals",
        module="deal",
        fields=("organization", "amount", "stage"),
        lookups=(LookupRead(path=("organization",), module="organization", field="industry"),),
    )
    number = graph().computed[FieldRef("organization", "number")]
    assert number.children == ChildRead(relation="deals", module="deal", fields=("organization",))


def test_fields_come_after_what_they_read() -> None:
    found = graph()
    assert (
        found.order["deal"].index("forecast") < found.order["deal"].index("double") < found.order["deal"].index("share")
    )
    assert found.rank[FieldRef("organization", "total")] < found.rank[FieldRef("deal", "share")]
    assert found.dependants[FieldRef("deal", "amount")] == (
        FieldRef("deal", "forecast"),
        FieldRef("organization", "total"),
    )
    assert not found.cycles


def test_what_depends_on_the_time_is_not_stored() -> None:
    assert graph().volatile == {FieldRef("deal", "age"), FieldRef("deal", "old_age")}


def test_cycles_are_paths_that_end_where_they_start() -> None:
    fields = [
        ComputedField(module="m", field=name, kind="formula", own=own)
        for name, own in (("a", ("b",)), ("b", ("a",)), ("c", ("a",)))
    ]
    assert build_graph(fields).cycles == ((FieldRef("m", "a"), FieldRef("m", "b"), FieldRef("m", "a")),)


_edges = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)


@given(_edges)
def test_everything_has_a_rank_or_leads_into_a_cycle(edges: list[tuple[int, int]]) -> None:
    reads: dict[int, set[int]] = {number: set() for number in range(8)}
    for reader, source in edges:
        reads[reader].add(source)
    rank = rank_all(reads)
    assert all(rank[source] < rank[reader] for reader in rank for source in reads[reader])
    cycles = find_cycles(reads, rank)
    assert bool(cycles) == (len(rank) < len(reads))
    for cycle in cycles:
        assert cycle[0] == cycle[-1]
        assert all(source in reads[reader] for reader, source in pairwise(cycle))
