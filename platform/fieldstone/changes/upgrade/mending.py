"""An upgrade that ends in layers that compile: what the site needs of the old base is kept alive."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from fieldstone.changes.upgrade.merge import MergedSite, Upgrade
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.addresses import Address
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.layers import Layer

CompileLayers = Callable[[Sequence[Layer]], Compilation]
Rename = Callable[[Sequence[Layer]], Sequence[Layer]]

_WORD = re.compile(r"[a-z0-9_]+")


def merge_upgrade(
    then: Sequence[Layer],
    now: Sequence[Layer],
    site: Layer,
    compile_layers: CompileLayers,
    *,
    rename_then: Rename | None = None,
    rename_now: Rename | None = None,
) -> MergedSite:
    """`merge_site`, and what keeps `now` and the merged site from compiling is mended.

    `then` and `now` are the layers below the site: those published, and those installed. `compile_layers` says
    whether all layers together are in order. `rename_then` and `rename_now` give those layers the names that
    `site` uses, for the merge only: by the moves that the published layers have not seen, and by the site's own.

    Entries that the base removed and the site refers to are kept alive in the site layer, as few as will do;
    where that does not help, what the base changed is held back too. Each is listed as a conflict. A site that
    only fits `now` was written for it and is left as it is. Without a difference between `then` and `now`, or
    before anything was published, nothing is done, and nothing compiled.

    Raises MetadataError with the problems of the plain merge when nothing helps: `now`, or `then` under `site`,
    does not compile either.
    """
    if not then or list(then) == list(now):
        return MergedSite(site=site)
    if _has_errors(compile_layers([*then, site])) and not _has_errors(compile_layers([*now, site])):
        return MergedSite(site=site)
    upgrade = Upgrade(rename_then(then) if rename_then else then, rename_now(now) if rename_now else now, site)
    mending = _Mending(upgrade, now, compile_layers)
    problems = mending.problems(())
    if not problems:
        return upgrade.merge()
    for held in mending.proposals(problems):
        if not mending.problems(held):
            return upgrade.merge(mending.fewest((), held))
    raise MetadataError(problems)


def _has_errors(compilation: Compilation) -> bool:
    return compilation.diagnostics.has_errors


class _Mending:
    def __init__(self, upgrade: Upgrade, now: Sequence[Layer], compile_layers: CompileLayers) -> None:
        self._upgrade = upgrade
        self._now = now
        self._compile = compile_layers

    def problems(self, held: Sequence[Address]) -> list[Diagnostic]:
        """The diagnostics when there are errors among them; [] when the layers compile."""
        found = self._compile([*self._now, self._upgrade.merge(held).site]).diagnostics
        return list(found) if found.has_errors else []

    def proposals(self, problems: Sequence[Diagnostic]) -> Iterator[Sequence[Address]]:
        """What to hold, the smallest interference first: the last one is everything that differs, which is the
        state in force before."""
        different = self._upgrade.differences()
        named = yield from self._growing((), problems, different.removed)
        if different.removed:
            yield different.removed
        everything = (*different.removed, *different.changed)
        yield from self._growing(named, self.problems(named), everything)
        if everything:
            yield everything

    def _growing(
        self, start: Sequence[Address], problems: Sequence[Diagnostic], pool: Sequence[Address]
    ) -> Generator[Sequence[Address], None, tuple[Address, ...]]:
        """What the problems name; with that held, what the problems then name, and so on. Gives all of it back."""
        held = tuple(start)
        while True:
            more = tuple(address for address in _named(problems, pool) if address not in held)
            if not more:
                return held
            held = (*held, *more)
            yield held
            problems = self.problems(held)

    def fewest(self, needed: Sequence[Address], pool: Sequence[Address]) -> tuple[Address, ...]:
        """Those of `pool` that are needed besides `needed` for the layers to compile, found by halving."""
        if not self.problems(needed):
            return ()
        if len(pool) == 1:
            return tuple(pool)
        first, second = pool[: len(pool) // 2], pool[len(pool) // 2 :]
        kept = self.fewest((*needed, *second), first)
        return (*kept, *self.fewest((*needed, *kept), second))


def _named(problems: Iterable[Diagnostic], pool: Iterable[Address]) -> Iterator[Address]:
    """The addresses whose last name occurs in what an error says."""
    words = set()
    for problem in problems:
        if problem.severity == "error":
            texts = (problem.path, *map(str, problem.params.values()))
            words |= {word for text in texts for word in _WORD.findall(text)}
    return (address for address in pool if (address.steps or (address.name,))[-1] in words)
