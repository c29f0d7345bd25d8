"""The documents of lower layers as the layers above them want them: by their new names, without what is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldstone.kernel.diagnostics import Diagnostic, Diagnostics, Location
from fieldstone.metadata.documents import MOVES
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.moves import AMBIGUOUS, BOTH_THERE, Move, RenameMove, ReplaceMove, moves_in
from fieldstone.metadata.references.documents import Layers, SourceDocument, names_of, words_in
from fieldstone.metadata.references.names import DeclaredNames
from fieldstone.metadata.references.reading import read_documents
from fieldstone.metadata.references.removals import (
    prune_below,
    removed_documents,
    removed_modules,
    removes_something,
    without_documents,
    without_modules,
)
from fieldstone.metadata.references.renames import Rename, expand, rename_layers
from fieldstone.metadata.schemas.moves import MOVE_KINDS


@dataclass(frozen=True, kw_only=True)
class AdaptedLayers:
    """`removed`: module → the place that removes it."""

    layers: Layers
    removed: Mapping[str, Location]
    problems: tuple[Diagnostic, ...]


def needs_adapting(document: SourceDocument) -> bool:
    """Whether a document may change those of the layers below."""
    return document.kind is MOVES or removes_something(document.root)


def adapt_layers(layers: Layers) -> AdaptedLayers:
    """All layers, each reworded by the moves and freed of the removals of those above. Nodes keep their places."""
    problems = Diagnostics()
    for position in range(len(layers)):
        layers = prune_below(_rename_all_below(layers, position, problems), position)
    if gone := removed_documents(layers):
        layers = without_documents(layers, gone)
    removed = removed_modules(layers)
    if removed:
        layers = without_modules(layers, removed)
    return AdaptedLayers(layers=layers, removed=removed, problems=tuple(problems))


def reworded_layers(layers: Sequence[Layer]) -> Layers:
    """The documents of layers by the names of the model: all that they say, even what a layer above removes."""
    sources = [read_documents(layer) for layer in layers]
    for position in range(len(sources)):
        sources = _rename_all_below(sources, position, Diagnostics())
    return sources


def reworded_by(layers: Layers, position: int, moves: Sequence[RenameMove]) -> Layers:
    """The layers, those below one reworded by some moves of it."""
    for move in moves:
        layers = _rename_below(layers, position, move, Diagnostics())
    return layers


def moves_of(layer: list[SourceDocument], problems: Diagnostics | None = None) -> tuple[Move, ...]:
    """The moves of a parsed layer."""
    document = next((document for document in layer if document.kind is MOVES), None)
    return moves_in(document.root, problems) if document else ()


def kinds_of(move: RenameMove | ReplaceMove, path: str, names: DeclaredNames) -> list[str]:
    """What is called `path`: what the move says it is about, or all that has the name."""
    return [kind for kind in ((move.kind,) if move.kind else MOVE_KINDS) if names.has(kind, path)]


def report_ambiguous(move: RenameMove | ReplaceMove, path: str, kinds: list[str], problems: Diagnostics) -> None:
    problems.add(AMBIGUOUS, move.location, move.id, name=path, kinds=", ".join(kinds))


def _may_say(words: set[str], name: str) -> bool:
    """Whether documents with these words can mean something called `name`: by the word itself, or made of the
    names of a module and a field. Spares most of a long list of moves a closer look."""
    parts = ((name[:cut], name[cut + 1 :]) for cut, letter in enumerate(name) if letter == "_")
    return name in words or any(module in words and field in words for module, field in parts)


def _rename_all_below(layers: Layers, position: int, problems: Diagnostics) -> Layers:
    """The layers, those below one reworded by its moves."""
    words: set[str] = set()
    before: Layers = []
    for move in moves_of(layers[position], problems):
        if before is not layers:
            words = {word for layer in layers[:position] for document in layer for word in words_in(document.root)}
            before = layers
        if isinstance(move, RenameMove) and _may_say(words, move.old.rpartition(".")[2]):
            layers = _rename_below(layers, position, move, problems)
    return layers


def _rename_below(layers: Layers, position: int, move: RenameMove, problems: Diagnostics) -> Layers:
    below = layers[:position]
    names = names_of(below)
    kinds = kinds_of(move, move.old, names)
    if len(kinds) > 1:
        report_ambiguous(move, move.old, kinds, problems)
    if len(kinds) != 1:
        return layers
    kind = kinds[0]
    if names.has(kind, move.new):
        problems.add(BOTH_THERE, move.location, move.id, old=move.old, new=move.new)
        return layers
    renames = expand(Rename(kind=kind, old=move.old, new=move.new, move=move.id), names)
    return [*rename_layers(below, names, renames), *layers[position:]]
