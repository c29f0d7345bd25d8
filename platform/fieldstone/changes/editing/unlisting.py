"""The site's own documents without the places that list something which goes."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.changes.site_patch import site_of
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.references.documents import names_of
from fieldstone.metadata.references.reading import read_documents
from fieldstone.metadata.references.removals import Gone, gone_with
from fieldstone.metadata.references.rewriting import stored_layer


def unlist(layers: Sequence[Layer], kind: str, path: str) -> Layer:
    """The site layer without the lists' mentions of something, and of what goes along with it. What uses it otherwise
    stays, for `check` to tell. The layers below follow by themselves when they are merged."""
    names = names_of([read_documents(layer) for layer in layers])
    gone = Gone({(kind, path), *gone_with(names, kind, path)})
    site = site_of(layers)
    before = read_documents(site)
    return stored_layer(site, before, [document.visited(names, gone.visit) for document in before])
