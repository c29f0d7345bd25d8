"""Documents that somebody brings, put into the site layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, site_of
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.canonical import canonical_layer
from fieldstone.metadata.effective import effective_documents
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.moves import MOVES_PATH


def with_own_documents(layers: Sequence[Layer], documents: Mapping[str, str], *, whole: bool) -> Layer:
    """The site layer with these documents (path → text) as its own, in canonical form. What else it has stays, unless
    they are the `whole` of it. Raises MetadataError with the problems of all when they cannot be read."""
    site = site_of(layers)
    brought = canonical_layer(Layer(name=site.name, documents=documents))
    kept = {} if whole else dict(site.documents)
    return Layer(name=site.name, documents=dict(sorted({**kept, **brought.documents}.items())))


def with_effective_documents(layers: Sequence[Layer], documents: Mapping[str, str], *, whole: bool) -> Layer:
    """The site layer that makes all layers say together what these documents say, each by the smallest patch; with
    `whole` there is nothing besides. Raises MetadataError when they cannot be read.

    Moves are history of the layers that they were in: those among the documents are left out.
    """
    problems = Diagnostics()
    read = {path: parse_document(text, path, problems) for path, text in documents.items() if path != MOVES_PATH}
    if problems.has_errors:
        raise MetadataError(problems)
    site = site_of(layers)
    for path, root in read.items():
        site = patch_document(with_site_layer(layers, site), path, root.data() if root else {})
    if whole:
        for path in sorted(effective_documents(with_site_layer(layers, site)).keys() - read.keys()):
            site = patch_document(with_site_layer(layers, site), path, None)
    return site
