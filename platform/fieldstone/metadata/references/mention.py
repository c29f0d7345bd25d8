"""A name that stands somewhere in a document, and the question what should stand there instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fieldstone.kernel.diagnostics import Location

DECLARED = "declared"
"""The place that makes the thing, or patches it."""
REMOVED = "removed"
"""The place where `null` takes the thing away."""
LISTED = "listed"
"""One of a list of names, or of words about things: it can be left out by itself."""
USED = "used"
"""Anything else: the document means nothing without it."""


@dataclass(frozen=True, kw_only=True)
class Mention:
    """`kind` and `path` are those of the catalogue ("field", "opportunity.amount"), with further kinds that
    have no identity: picklist role record_type email group block view rule workflow. `role` is one of the
    words above; `steps` the path in the document, `text` what was written there."""

    kind: str
    path: str
    role: str
    location: Location
    steps: tuple[str, ...]
    text: str

    @property
    def last(self) -> str:
        """The name itself, without what it belongs to."""
        return self.path.rpartition(".")[2]


Visitor = Callable[[Mention], str | None]
"""Mention → the name to stand there (`mention.last` keeps it), or None to leave the mention out; only
LISTED ones can be left out."""


def keep(mention: Mention) -> str:
    """Changes nothing."""
    return mention.last
