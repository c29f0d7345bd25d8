"""Canonical documents: two texts that say the same become the same bytes.

Comments and the way of writing go; the order of entries stays, since it means something.
"""

from __future__ import annotations

import hashlib

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import MAX_BYTES, parse_document
from fieldstone.metadata.nodes import MappingNode
from fieldstone.metadata.writer import write_document

REMEMBERED = 4_096
"""How many hashes of documents are kept: those of a few versions of a large site."""

_hashes = CompilationCache(REMEMBERED)


def canonical_text(text: str, file: str = "") -> str:
    """The document as the writer would write it. Of a canonical text it is the text itself.

    Raises MetadataError with every problem when it cannot be parsed; `file` names it there.
    """
    problems = Diagnostics()
    root = parse_document(text, file, problems)
    if root is None:
        raise MetadataError(problems)
    return write_node(root, otherwise=text)


def canonical_layer(layer: Layer) -> Layer:
    """The layer with every document in canonical form. Raises MetadataError with the problems of all."""
    problems = Diagnostics()
    documents = {}
    for path, text in layer.documents.items():
        root = parse_document(text, layer.file(path), problems)
        if root is not None:
            documents[path] = write_node(root, otherwise=text)
    if problems.has_errors:
        raise MetadataError(problems)
    return Layer(name=layer.name, documents=documents)


def is_canonical(text: str) -> bool:
    """Whether these are just the bytes that the writer would write."""
    root = parse_document(text, "", Diagnostics())
    return root is not None and write_document(root.data()) == text


def write_node(root: MappingNode, *, otherwise: str) -> str:
    """A parsed document in canonical form; `otherwise` when that would be too large to be read again."""
    written = write_document(root.data())
    return written if len(written.encode()) <= MAX_BYTES else otherwise


def content_hash(text: str) -> str:
    """A digest of what a document says: equal for two texts that mean the same.

    A text that cannot be parsed says only itself. Cheap for a text that was asked about before.
    """
    digest = _digest(text)
    return _hashes.get(digest, lambda: _hash(text, digest))


def _hash(text: str, digest: str) -> str:
    root = parse_document(text, "", Diagnostics())
    return digest if root is None else _digest(write_node(root, otherwise=text))


def _digest(text: str) -> str:
    # A text may hold halves of surrogate pairs, as what is left of bytes that were no UTF-8.
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
