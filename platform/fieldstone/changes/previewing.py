"""A proposal as a model to look at records with, before it is published."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from fieldstone.changes.proposal import Proposal
from fieldstone.changes.proposed_model import ProposedModel
from fieldstone.storage.physical import read_physical
from fieldstone.storage.published import PreviewModel, PublishedModel
from fieldstone.storage.stand_ins import is_missing

if TYPE_CHECKING:
    from fieldstone.changes.planning import CompileLayers


def preview_changes(
    conn: sa.Connection,
    published: PublishedModel,
    proposal: Proposal,
    compile_layers: CompileLayers,
    past: Callable[[int], PublishedModel],
) -> PreviewModel:
    """The model of a proposal to look at records with, nothing of which is in the database yet.

    Raises MetadataError with every problem of the documents.
    """
    physical = read_physical(conn)
    proposed = ProposedModel(conn, published, proposal, compile_layers, past, physical).published
    model, tables = proposed.model, [proposed.tables.module(name).table for name in proposed.model.modules]
    tables += [proposed.tables.link(module, relation) for module, relation in proposed.tables.built_links]
    missing = {table.name: table for table in tables if is_missing(table, physical)}
    before = {
        (module.identity, field.identity): field for module in published.model.modules.values() for field in
        module.fields.values()
    }  # fmt: skip
    changed = frozenset(
        (module.name, field.name)
        for module in model.modules.values()
        for field in module.fields.values()
        if field != before.get((module.identity, field.identity))
    )
    # Their values get another form only when a job brings them over: until then nobody can say what they are.
    retyped = {
        field.identity: "values"
        for module in model.modules.values()
        for field in module.fields.values()
        if (old := before.get((module.identity, field.identity))) is not None and old.column != field.column
    }
    return PreviewModel(
        version=published.version,
        model=model,
        tables=proposed.tables,
        catalogue=proposed.catalogue,
        waiting={**published.waiting, **retyped},
        clock=published.clock,
        physical=physical,
        apart=tuple(missing.values()),
        recomputed=changed,
    )
