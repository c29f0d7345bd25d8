"""The model of a proposal, with the places of its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from fieldstone.changes.conversions import changed_fields
from fieldstone.changes.placing import place_fields
from fieldstone.changes.proposal import Proposal
from fieldstone.changes.revived import revived_fields
from fieldstone.storage.physical import Physical
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.revisions import find_version
from fieldstone.storage.tables import build_tables

if TYPE_CHECKING:
    from fieldstone.changes.planning import CompileLayers


class ProposedModel:
    """`published` is the model as the next version, `compilation` what it comes from, `revived` the fields that come
    back, with the model that had them last. Raises MetadataError with every problem of the documents."""

    def __init__(
        self,
        conn: sa.Connection,
        published: PublishedModel | None,
        proposal: Proposal,
        compile_layers: CompileLayers,
        past: Callable[[int], PublishedModel],
        physical: Physical,
    ) -> None:
        compilation = compile_layers(proposal.layers, proposal.catalogue)
        model = compilation.get_model()
        self.revived = revived_fields(conn, published.model, model, past) if published else {}
        changed = changed_fields(published, model, self.revived) if published else ()
        placed = place_fields(model, compilation.catalogue, changed, proposal, physical, conn.dialect)
        if placed is not compilation.catalogue:
            compilation = compile_layers(proposal.layers, placed)
            model = compilation.get_model()
        self.compilation = compilation
        self.published = PublishedModel(
            version=find_version(conn) + 1,
            model=model,
            tables=build_tables(model, conn.dialect.name, published.tables if published else None),
            catalogue=compilation.catalogue,
        )
