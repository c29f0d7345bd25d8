"""A draft: the site layer that somebody is working on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError
from fieldstone.metadata.layers import Layer

UNDECIDED = declare(
    "draft.E003",
    "You and somebody else have both changed {keys}, and it is not decided whose counts.",
    "Decide it on the page of your draft, and publish then.",
)

OUT_OF_REACH = declare(
    "draft.E004",
    "You may not change {documents}.",
    "Change what is yours; ask somebody who may shape all of Setup for the rest.",
)

_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class DraftStep:
    """`label` says what was done, in the words of who did it. `documents`: path → text after it, None: gone.
    `follow_up`: what is to be done besides, once it is published; whoever made the step knows what they mean."""

    label: str
    at: datetime
    documents: Mapping[str, str | None]
    follow_up: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Clash:
    """What the draft and somebody else both changed since the draft's base, and differently. The draft's counts
    meanwhile.

    `key` is dotted as `explain` writes it, `file` the document. `base`, `theirs` and `mine` are plain data of the
    effective document there, None when nothing stands there.
    """

    key: str
    file: str
    steps: tuple[str, ...]
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`site` is the site layer as it would be published, `base_site` that of revision `base`. Of `steps` the first
    `position` count; those after them were undone. `turn` goes up with each change, so that a page can tell whether
    it still shows the draft as it is. `clashes` have to be decided before it can be published. `brought_from` is the
    revision it was upon before, when it has just been brought onto what somebody published; else 0."""

    user_id: int
    base: int
    base_site: Layer
    site: Layer
    steps: tuple[DraftStep, ...] = ()
    position: int = 0
    turn: int = 0
    clashes: tuple[Clash, ...] = ()
    brought_from: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing is different from its base."""
        return dict(self.site.documents) == dict(self.base_site.documents)

    @property
    def changed(self) -> tuple[str, ...]:
        """The paths of the site's documents that differ from its base."""
        before, after = self.base_site.documents, self.site.documents
        return tuple(sorted(path for path in {*before, *after} if before.get(path) != after.get(path)))

    @property
    def counting(self) -> tuple[DraftStep, ...]:
        """The steps that were not undone."""
        return self.steps[: self.position]

    @property
    def can_undo(self) -> bool:
        return self.position > 0

    @property
    def can_redo(self) -> bool:
        return self.position < len(self.steps)

    def at_step(self, position: int) -> Draft:
        """As it was when only the first `position` steps counted."""
        return replace(self, position=position, site=replay(self.base_site, self.steps[:position]))

    def require_decided(self) -> None:
        """Raises ConflictError draft.E003 while there are clashes."""
        if self.clashes:
            raise ConflictError(UNDECIDED, keys=", ".join(clash.key for clash in self.clashes[:_NAMED]))


def replay(site: Layer, steps: tuple[DraftStep, ...]) -> Layer:
    """The site layer after the steps."""
    documents = dict(site.documents)
    for step in steps:
        for path, text in step.documents.items():
            if text is None:
                documents.pop(path, None)
            else:
                documents[path] = text
    return Layer(name=site.name, documents=dict(sorted(documents.items())))


def difference(before: Layer, after: Layer) -> dict[str, str | None]:
    """Path → text after, None where it has gone; only what differs."""
    paths = {*before.documents, *after.documents}
    return {
        path: after.documents.get(path)
        for path in sorted(paths)
        if before.documents.get(path) != after.documents.get(path)
    }
