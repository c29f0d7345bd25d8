"""What is proposed for publishing: documents whose names are settled, and what came with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.moves import BackfillMove, ReplaceMove
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """`layers` are the documents as they would be stored, `catalogue` has the names they use. `kind` is publish,
    rollback or upgrade. `rewrites`: kind of change and target → documents in which references are rewritten.
    `renamed`: kind and new path → old path of workflows and e-mail templates, which have no identity.
    `replaces` and `backfills` are the moves to carry out; `conflicts` what a person has to decide later. `earlier` is
    the model that a rollback goes back to. `warnings`: what the moves say in vain."""

    layers: Sequence[Layer]
    catalogue: Catalogue
    kind: str = "publish"
    rewrites: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    renamed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    replaces: tuple[ReplaceMove, ...] = ()
    backfills: tuple[BackfillMove, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    earlier: PublishedModel | None = None
    warnings: tuple[Diagnostic, ...] = ()
