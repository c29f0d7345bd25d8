"""The effective documents: what all layers say together, as one layer that could stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.documents import MOVES, document_path
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.merged import merge_layers
from fieldstone.metadata.writer import write_document


def effective_documents(layers: Sequence[Layer], cache: CompilationCache | None = None) -> dict[str, str]:
    """Path → canonical text of every merged document, the lowest layer first, in the order of the paths.

    The moves of the layers are carried out in them, and not among them. As a single layer they compile to the
    model that `layers` compile to. `cache`: that of the compiler, when there is one, so that nothing is parsed
    twice. Raises MetadataError when a document of a layer cannot be parsed or merged.
    """
    problems = Diagnostics()
    merged = merge_layers(layers, cache or CompilationCache(), problems)
    if problems.has_errors:
        raise MetadataError(problems)
    told = (each for each in merged if each.kind is not MOVES)
    written = {document_path(each.kind, each.name): write_document(each.root.data()) for each in told}
    return dict(sorted(written.items()))
