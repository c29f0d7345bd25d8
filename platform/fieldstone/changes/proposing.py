"""From documents to a proposal: names settled, an upgrade merged with the site's own documents, a rollback's names
and places found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from fieldstone.changes.planning import CompileLayers
from fieldstone.changes.proposal import Proposal
from fieldstone.changes.rollback import SITE, site_layer_at, with_site_layer, without_site_layer
from fieldstone.changes.site_patch import with_moves_of
from fieldstone.changes.upgrade.mending import merge_upgrade
from fieldstone.changes.upgrade.merge import MergedSite
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.references.adapting import reworded_layers
from fieldstone.metadata.references.reading import read_documents
from fieldstone.metadata.references.rewriting import stored_layer
from fieldstone.metadata.references.settling import Settled, apply_renames, settle_moves
from fieldstone.metadata.reverting import revert_names
from fieldstone.metadata.schemas.moves import SAID_KINDS
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.revisions import find_version, load_layers


def propose(conn: sa.Connection, layers: Sequence[Layer], compile_layers: CompileLayers) -> Proposal:
    """What publishing these layers means; the site's is the last. Raises MetadataError for moves that cannot be
    carried out, and for an upgrade with which the site's documents cannot live."""
    version = find_version(conn)
    published = load_layers(conn, version) if version else []
    settled = settle_moves(layers, published)
    _require_sound(settled)
    known = load_catalogue(conn)
    if published and not known.has_named_later:
        # A site from before roles, record types and picklists had identities gives them some now.
        known = compile_layers(published, known).catalogue
    catalogue = apply_renames(known, settled.renames)
    merged = _merge(without_site_layer(published), settled.layers, catalogue, compile_layers)
    return Proposal(
        layers=with_site_layer(settled.layers, merged.site),
        catalogue=catalogue,
        rewrites={(f"rename_{rename.kind}", rename.new): files for rename, files in settled.rewrites.items()},
        renamed={(each.kind, each.new): each.old for each in settled.renames if each.kind in SAID_KINDS},
        replaces=settled.replaces,
        backfills=settled.backfills,
        conflicts=merged.conflicts,
        warnings=settled.problems,
    )


def propose_rollback(
    conn: sa.Connection, revision: int, compile_layers: CompileLayers, past: Callable[[int], PublishedModel]
) -> Proposal:
    """What bringing back the site layer of a revision means, upon the other layers of today: it is brought to them
    as by an upgrade.

    Raises NotFoundError publish.E004.
    """
    site = site_layer_at(conn, revision)
    then = load_layers(conn, revision)
    today = load_layers(conn, find_version(conn))
    # Of the moves only those that the other layers have made since are news to the documents of then.
    layers = settle_moves(with_site_layer(today, site), with_site_layer(then, site)).layers
    earlier, catalogue = past(revision), load_catalogue(conn)
    merged = _merge(without_site_layer(then), layers, catalogue, compile_layers)
    layers = tuple(with_site_layer(layers, merged.site))
    wanted = compile_layers(layers, catalogue).wanted
    return Proposal(
        layers=layers,
        catalogue=revert_names(catalogue, earlier.catalogue, wanted),
        kind="rollback",
        conflicts=merged.conflicts,
        earlier=earlier,
    )


def _require_sound(settled: Settled) -> None:
    problems = Diagnostics()
    problems.extend(list(settled.problems))
    if problems.has_errors:
        raise MetadataError(problems)


def _merge(
    then: Sequence[Layer], layers: Sequence[Layer], catalogue: Catalogue, compile_layers: CompileLayers
) -> MergedSite:
    """The site's documents brought from the layers below them as they were to those of now."""
    site = next((layer for layer in layers if layer.name == SITE), Layer(name=SITE, documents={}))
    now = without_site_layer(layers)

    def by_names_of_now(earlier: Sequence[Layer]) -> Sequence[Layer]:
        return _by_names_of(settle_moves(with_moves_of(earlier, now), earlier).layers, site)

    return merge_upgrade(
        then,
        now,
        site,
        lambda proposed: compile_layers(proposed, catalogue),
        rename_then=by_names_of_now,
        rename_now=lambda present: _by_names_of(present, site),
    )


def _by_names_of(layers: Sequence[Layer], site: Layer) -> Sequence[Layer]:
    """The layers by the names that the site's own moves give."""
    reworded = reworded_layers([*layers, site])
    return [stored_layer(layer, read_documents(layer), after) for layer, after in zip(layers, reworded, strict=False)]
