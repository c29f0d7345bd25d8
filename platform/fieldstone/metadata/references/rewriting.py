"""Documents by new names, as texts to be kept."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.metadata.layers import Layer
from fieldstone.metadata.references.documents import SourceDocument, names_of
from fieldstone.metadata.references.reading import read_documents
from fieldstone.metadata.references.renames import Rename, expand, rename_layers
from fieldstone.metadata.writer import write_document


def rewrite(layers: Sequence[Layer], renames: Sequence[Rename]) -> tuple[Layer, ...]:
    """The layers after renames, in their order, each with all that follows from it. Documents that do not say
    the old name keep their text to the byte; so do those that cannot be read."""
    before = [read_documents(layer) for layer in layers]
    after = before
    for rename in renames:
        names = names_of(after)
        after = rename_layers(after, names, expand(rename, names))
    return tuple(map(stored_layer, layers, before, after))


def stored_layer(layer: Layer, before: list[SourceDocument], after: list[SourceDocument]) -> Layer:
    """The layer with canonical texts of those documents that changed, all others as they are."""
    documents = dict(layer.documents)
    for old, new in zip(before, after, strict=True):
        if new.root is not old.root:
            documents.pop(old.path, None)
    for old, new in zip(before, after, strict=True):
        if new.root is not old.root:
            documents[new.path] = write_document(new.root.data())
    return layer if documents == layer.documents else Layer(name=layer.name, documents=dict(sorted(documents.items())))
