"""What depends on what: from a field that changed to the computed fields that read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.records.save.program import program_of
from fieldstone.records.save.rollups import RollupProgram, rollups_of
from fieldstone.storage.published import PublishedModel

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Back:
    """From records to those of `module` whose `lookup` names them."""

    module: str
    lookup: str


@dataclass(frozen=True, slots=True)
class Up:
    """From children to the records of `module` whose rollup counts them."""

    module: str
    rollup: RollupProgram


@dataclass(frozen=True, slots=True)
class Dependant:
    """A computed field of `module`, found from the records that changed by walking `trail`."""

    module: str
    field: str
    trail: tuple[Back | Up, ...]


Graph = Mapping[tuple[str, str], Sequence[Dependant]]


def dependants_of(published: PublishedModel, dialect: sa.Dialect) -> Graph:
    """(module, field) → what reads it in other records; formulas over the record's own fields are
    computed with it and are not listed."""
    found: Graph | None = published.cache.get("save.graph")
    if found is None:
        found = published.cache["save.graph"] = _build(published, dialect)
    return found


def _build(published: PublishedModel, dialect: sa.Dialect) -> Graph:
    graph: dict[tuple[str, str], dict[Dependant, None]] = {}
    for module in published.model.modules:
        program = program_of(published, module, dialect)
        for formula in program.formulas:
            for path in formula.compiled.paths:
                for source, trail in _walk(published, module, path, ()):
                    if trail:
                        graph.setdefault(source, {})[Dependant(module, formula.field.name, trail)] = None
        for rollup in rollups_of(published, program):
            for source, trail in _sources_of(published, module, rollup):
                graph.setdefault(source, {})[Dependant(module, rollup.field.name, trail)] = None
    return {source: tuple(dependants) for source, dependants in graph.items()}


def _sources_of(
    published: PublishedModel, module: str, rollup: RollupProgram
) -> Iterator[tuple[tuple[str, str], tuple[Back | Up, ...]]]:
    """A rollup reads the lookup that makes the children its own, whether they are deleted, what it sums
    up and what its filter names."""
    child = rollup.relation.to
    paths: set[Path] = {("deleted_at",)}
    if rollup.relation.field:
        paths.add((rollup.relation.field,))
    if rollup.of:
        paths.add((rollup.of,))
    if rollup.where is not None:
        paths |= rollup.where.paths
    for path in paths:
        yield from _walk(published, child, path, (Up(module, rollup),))


def _walk(
    published: PublishedModel, module: str, path: Path, trail: tuple[Back | Up, ...]
) -> Iterator[tuple[tuple[str, str], tuple[Back | Up, ...]]]:
    """Each field that a path reads after its first lookup, with the way back from there. The lookup
    itself is a field of the record where the path begins."""
    yield (module, path[0]), trail
    field = published.model.modules[module].fields.get(path[0])
    if len(path) > 1 and field is not None and field.type == "lookup":
        (target,) = field.to
        yield from _walk(published, target, path[1:], (Back(module, path[0]), *trail))
