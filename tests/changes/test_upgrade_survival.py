"""Whatever the base becomes, whatever the site changed: every customisation survives an upgrade."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from changes.generated_crm import Versions, versions
from fieldstone.changes.upgrade.decide import decide
from fieldstone.changes.upgrade.documents import merged_documents
from fieldstone.changes.upgrade.mending import merge_upgrade
from fieldstone.changes.upgrade.merge import MergedSite, merge_site
from fieldstone.changes.upgrade.record import review_conflicts
from fieldstone.metadata.addresses import Address
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.layers import Layer
from metadata.example import compile_layers

quickly = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def compile_all(layers: Sequence[Layer]) -> Compilation:
    return compile_layers(*layers)


def compiles(*layers: Layer) -> bool:
    return not compile_layers(*layers).diagnostics.has_errors


def leaves(*layers: Layer) -> dict[str, Any]:
    """Dotted path → value, of everything that the layers say together."""
    found = {}
    paths = {path for layer in layers for path in layer.documents}
    for document in merged_documents(layers, paths).values():
        assert document.data is not None
        for steps, value in _leaves((), document.data):
            found[Address(kind=document.kind, name=document.name, steps=steps).key] = value
    return found


def _leaves(steps: tuple[str, ...], data: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _leaves((*steps, key), value)
        else:
            yield (*steps, key), value


@quickly
@given(versions())
def test_every_customisation_survives(made: Versions) -> None:
    assume(compiles(*made.then, made.site) and compiles(*made.now))
    merged = merge_upgrade(made.then, made.now, made.site, compile_all)
    assert compiles(*made.now, merged.site)
    then, before = leaves(*made.then), leaves(*made.then, made.site)
    now, after = leaves(*made.now), leaves(*made.now, merged.site)
    disputed = tuple(conflict.key for conflict in merged.conflicts)
    for path in {**then, **before, **now, **after}:
        if before.get(path) != then.get(path):
            assert after.get(path) == before.get(path), path
        elif not any(path == key or path.startswith(f"{key}.") for key in disputed):
            assert after.get(path) == now.get(path), path
    assert merge_site(made.now, made.now, merged.site) == MergedSite(site=merged.site)


@quickly
@given(versions())
def test_what_is_decided_for_the_base_is_as_the_base_says(made: Versions) -> None:
    merged = merge_site(made.then, made.now, made.site)
    assert review_conflicts(made.now, merged.site, merged.conflicts) == ([], [])
    site = merged.site
    for conflict in merged.conflicts:
        site = decide(site, conflict, "theirs")
    assert review_conflicts(made.now, site, merged.conflicts) == (list(merged.conflicts), [])


@quickly
@given(versions())
def test_an_upgrade_to_the_same_changes_nothing(made: Versions) -> None:
    assert merge_site(made.then, made.then, made.site).site == made.site
