"""A value or a record type that goes, with another in its place or without."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count

from fieldstone.changes.rollback import SITE, with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective, read_site, site_of, with_data
from fieldstone.metadata.documents import MOVES, TRANSLATION, find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.moves import MOVES_PATH
from fieldstone.metadata.references.documents import names_of
from fieldstone.metadata.references.mention import DECLARED, LISTED, REMOVED, Mention, Visitor
from fieldstone.metadata.references.reading import read_documents
from fieldstone.metadata.references.rewriting import stored_layer
from fieldstone.metadata.writer import write_document


def with_instead(layers: Sequence[Layer], kind: str, path: str, instead: str) -> Layer:
    """The site layer by which everything that names `path` names `instead`, the path of another of the kind: what the
    layers below say is said again with the other one. Translations of its own words are left out."""
    site = _visited(layers, _translations(layers), lambda each: _without(each, kind, path))
    names = names_of([read_documents(layer) for layer in layers])
    old, new = path.rpartition(".")[2], instead.rpartition(".")[2]

    def visit(mention: Mention) -> str:
        meant = mention.role not in (DECLARED, REMOVED) and (mention.kind, mention.path) == (kind, path)
        return new if meant else mention.last

    for document in sorted({each for layer in layers for each, text in layer.documents.items() if old in text}):
        if document == MOVES_PATH or document in _translations(layers):
            continue
        below = with_site_layer(layers, site)
        whole = Layer(name=SITE, documents={document: write_document(read_effective(below, document))})
        before = read_documents(whole)
        after = [each.visited(names, visit) for each in before]
        if after and after[0].root is not before[0].root:
            site = patch_document(below, document, after[0].root.data())
    return site


def _without(mention: Mention, kind: str, path: str) -> str | None:
    gone = mention.role == LISTED and (mention.kind, mention.path) == (kind, path)
    return None if gone else mention.last


def _translations(layers: Sequence[Layer]) -> set[str]:
    return {path for layer in layers for path in layer.documents if find_kind(path) is TRANSLATION}


def _visited(layers: Sequence[Layer], paths: Collection[str], visit: Visitor) -> Layer:
    names = names_of([read_documents(layer) for layer in layers])
    site = site_of(layers)
    before = read_documents(site)
    return stored_layer(site, before, [each.visited(names, visit) if each.path in paths else each for each in before])


def renamed_in_documents(layers: Sequence[Layer], kind: str, path: str, new: str) -> Layer:
    """The site layer that calls something by another last name wherever it says it: for what no publish has seen, so
    that no move is needed."""
    last = new.rpartition(".")[2]
    return _visited(
        layers,
        site_of(layers).documents,
        lambda each: last if (each.kind, each.path) == (kind, path) else each.last,
    )


def with_replace(site: Layer, kind: str, old: str, new: str) -> Layer:
    """The site layer with a move by which records that hold `old` get `new`."""
    moves = list(read_site(site, MOVES_PATH).get(MOVES.key) or [])
    taken = {move.get("id") for move in moves if isinstance(move, dict)}
    number = next(number for number in count(len(moves) + 1) if f"setup-{number}" not in taken)
    moves.append({"id": f"setup-{number}", "replace": {"kind": kind, "from": old, "to": new}})
    return with_data(site, MOVES_PATH, {MOVES.key: moves})
