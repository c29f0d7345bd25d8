"""A value or a record type that goes, with another in its place or without."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from fieldstone.changes.site_patch import read_site, site_of, with_data
from fieldstone.metadata.documents import MOVES
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.moves import MOVES_PATH
from fieldstone.metadata.references.documents import names_of
from fieldstone.metadata.references.mention import DECLARED, LISTED, REMOVED, Mention
from fieldstone.metadata.references.reading import read_documents
from fieldstone.metadata.references.rewriting import stored_layer


def without_mentions(layers: Sequence[Layer], kind: str, path: str, instead: str = "") -> Layer:
    """The site layer whose documents name `instead`, the path of another of the kind, where they named `path`; with
    "" they leave it out of their lists. Where it is declared it stays, as does what means nothing without it."""
    names = names_of([read_documents(layer) for layer in layers])

    def visit(mention: Mention) -> str | None:
        if mention.role in (DECLARED, REMOVED) or (mention.kind, mention.path) != (kind, path):
            return mention.last
        if instead:
            return instead.rpartition(".")[2]
        return None if mention.role == LISTED else mention.last

    site = site_of(layers)
    before = read_documents(site)
    return stored_layer(site, before, [document.visited(names, visit) for document in before])


def renamed_in_documents(layers: Sequence[Layer], kind: str, path: str, new: str) -> Layer:
    """The site layer that calls something by another last name wherever it says it: for what no publish has seen, so
    that no move is needed."""
    names = names_of([read_documents(layer) for layer in layers])
    site = site_of(layers)
    before = read_documents(site)
    last = new.rpartition(".")[2]

    def visit(mention: Mention) -> str:
        return last if (mention.kind, mention.path) == (kind, path) else mention.last

    return stored_layer(site, before, [document.visited(names, visit) for document in before])


def with_replace(site: Layer, kind: str, old: str, new: str) -> Layer:
    """The site layer with a move by which records that hold `old` get `new`."""
    moves = list(read_site(site, MOVES_PATH).get(MOVES.key) or [])
    taken = {move.get("id") for move in moves if isinstance(move, dict)}
    number = next(number for number in count(len(moves) + 1) if f"setup-{number}" not in taken)
    moves.append({"id": f"setup-{number}", "replace": {"kind": kind, "from": old, "to": new}})
    return with_data(site, MOVES_PATH, {MOVES.key: moves})
