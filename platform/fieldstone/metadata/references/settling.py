"""A proposal settled: every document by the present names, and what the moves it brings mean for the data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fieldstone.kernel.diagnostics import Diagnostic, Diagnostics, Location
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.documents import MOVES
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.moves import (
    BOTH_THERE,
    GONE,
    MOVES_PATH,
    NAMED_AFTER,
    NO_NEW,
    NOTHING_FILLED,
    NOTHING_RENAMED,
    BackfillMove,
    Move,
    RenameMove,
    ReplaceMove,
    read_moves,
)
from fieldstone.metadata.references.adapting import adapt_layers, kinds_of, moves_of, report_ambiguous, reworded_by
from fieldstone.metadata.references.documents import Layers, SourceDocument, names_of
from fieldstone.metadata.references.names import DeclaredNames
from fieldstone.metadata.references.pending import PendingData
from fieldstone.metadata.references.reading import read_documents
from fieldstone.metadata.references.renames import OWNED, Rename, carry, expand, rename_layers, trace
from fieldstone.metadata.references.rewriting import stored_layer
from fieldstone.metadata.writer import write_document

SITE = "site"


@dataclass(frozen=True, kw_only=True)
class Settled:
    """`layers` as they are to be stored. `renames`, `replaces` and `backfills` are those not seen before, in
    order: renames by the names of the catalogue as it is, each followed by what follows from it; the others by
    the names of the new model. `rewrites`: the rename of each
    unseen move → the files that said an old name, as the diagnostics call them."""

    layers: tuple[Layer, ...]
    renames: tuple[Rename, ...]
    replaces: tuple[ReplaceMove, ...]
    backfills: tuple[BackfillMove, ...]
    rewrites: Mapping[Rename, tuple[str, ...]]
    problems: tuple[Diagnostic, ...]


def settle_moves(layers: Sequence[Layer], published_layers: Sequence[Layer]) -> Settled:
    """The layers of a proposal with every move carried out in their documents, the lowest layer first.

    A move is seen when the published layer of the same name has its id. Settling what is settled changes
    nothing.
    """
    return _Settling(layers, published_layers).settle()


def apply_renames(catalogue: Catalogue, renames: Sequence[Rename]) -> Catalogue:
    """The catalogue by the new names. What it does not know is passed over: a fresh site never had it. An entry
    that has the new name already makes room; the documents no longer declare it."""
    for rename in renames:
        try:
            catalogue = catalogue.removed(rename.kind, rename.new).rename(rename.kind, rename.old, rename.new)
        except KeyError:
            continue
    return catalogue


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A rename that was carried out, with those that follow; `layer` is the position of its layer."""

    renames: tuple[Rename, ...]
    layer: int
    is_seen: bool
    files: tuple[str, ...]


class _Settling:
    def __init__(self, layers: Sequence[Layer], published: Sequence[Layer]) -> None:
        self.problems = Diagnostics()
        self.layers = layers
        self.work: Layers = [read_documents(layer) for layer in layers]
        self.written = list(self.work)
        before = {layer.name: layer for layer in published}
        found = [before.get(layer.name, Layer(name=layer.name, documents={})) for layer in layers]
        self.seen = [{move.id: move for move in read_moves(layer)} for layer in found]
        self.published = [names_of([read_documents(layer)]) for layer in found]
        self.known = [
            names_of(adapt_layers(list(map(read_documents, found[:end]))).layers) for end in range(len(found) + 1)
        ]
        self.steps: list[_Step] = []
        self.pending = PendingData()
        self.kept: set[str] = set()

    def settle(self) -> Settled:
        settled = []
        for position, layer in enumerate(self.layers):
            self._keep_own_names(position)
            moves = moves_of(self.work[position], self.problems)
            for index, move in enumerate(moves):
                self._carry_out(position, move, moves[index + 1 :])
            self._check_complete(position, moves)
            self._check_paths(position)
            settled.append(stored_layer(layer, self.written[position], self.work[position]))
        self._check_pending()
        catalogued = self._for_catalogue()
        return Settled(
            layers=tuple(settled),
            renames=tuple(rename for renames in catalogued.values() for rename in renames),
            replaces=tuple(self.pending.replaces),
            backfills=tuple(self.pending.backfills),
            rewrites={
                next(iter(catalogued.get(index, ())), step.renames[0]): step.files
                for index, step in enumerate(self.steps)
                if not step.is_seen
            },
            problems=tuple(self.problems),
        )

    def _check_complete(self, position: int, moves: tuple[Move, ...]) -> None:
        there = {move.id for move in moves}
        location = Location(file=self.layers[position].file(MOVES_PATH), line=1, column=1)
        for id in self.seen[position]:
            if id not in there:
                self.problems.add(GONE, location, id, id=id)

    def _check_pending(self) -> None:
        """Contents can only go where the new documents have a place for them. A list of moves outlives what it speaks
        of: a field that has gone since is not filled in, and what no record can hold is not replaced."""
        names = names_of(self.work)
        for filled in self.pending.backfills:
            if not names.has("field", filled.field):
                self.problems.add(NOTHING_FILLED, filled.location, filled.id, name=filled.field)
        self.pending.backfills = [each for each in self.pending.backfills if names.has("field", each.field)]
        self.pending.replaces = [each for each in self.pending.replaces if self._is_held(each)]
        for replaced in self.pending.replaces:
            if not names.has(replaced.kind, replaced.new):
                self.problems.add(NO_NEW, replaced.location, replaced.id, name=replaced.new)

    def _is_held(self, move: ReplaceMove) -> bool:
        """Whether records may hold what goes: the published documents have it, by the name it had there."""
        name = move.old
        for step in reversed(self.steps):
            for rename in () if step.is_seen else reversed(step.renames):
                name = carry(move.kind, name, replace(rename, old=rename.new, new=rename.old))
        return self.known[-1].has(move.kind, name)

    def _check_paths(self, position: int) -> None:
        """Two documents that come to lie in one place: the old one was kept beside the new."""
        there: set[str] = set()
        for written, document in zip(self.written[position], self.work[position], strict=True):
            if document.path in there and not any(problem.code == BOTH_THERE for problem in self.problems):
                self.problems.add(BOTH_THERE, written.root.location, old=written.name, new=document.name)
            there.add(document.path)

    def _carry_out(self, position: int, move: Move, later: Sequence[Move]) -> None:
        is_seen = move.id in self.seen[position]
        if isinstance(move, RenameMove):
            self._rename(position, move, later, is_seen)
        elif not is_seen:
            self.pending.add(self._with_kind(position, move, later) if isinstance(move, ReplaceMove) else move)

    def _with_kind(self, position: int, move: ReplaceMove, later: Sequence[Move]) -> ReplaceMove:
        return replace(move, kind=self._kind(position, move, later, self.problems))

    def _kind(self, position: int, move: RenameMove | ReplaceMove, later: Sequence[Move], problems: Diagnostics) -> str:
        """What a move is about: the old name may be gone from the documents already, and the new one too, since a
        layer below has another now; then what was published tells."""
        for names in (names_of(self.work[: position + 1]), self.known[position + 1]):
            for path in dict.fromkeys((move.old, *trace(move.new, later))):
                kinds = kinds_of(move, path, names)
                if len(kinds) > 1:
                    report_ambiguous(move, path, kinds, problems)
                if kinds:
                    return kinds[0] if len(kinds) == 1 else ""
        if move.kind and isinstance(move, RenameMove) and self.layers[position].name == SITE:
            problems.add(NOTHING_RENAMED, move.location, move.id, old=move.old, new=move.new)
        return move.kind

    def _rename(self, position: int, move: RenameMove, later: Sequence[Move], is_seen: bool) -> None:
        reported = Diagnostics() if is_seen else self.problems
        kind = self._kind(position, move, later, reported)
        if not kind:
            # Other layers may bring moves from before a site existed.
            if self.layers[position].name == SITE and not any(problem.path == move.id for problem in reported):
                reported.add(NOTHING_RENAMED, move.location, move.id, old=move.old, new=move.new)
            return
        rename = Rename(kind=kind, old=move.old, new=move.new, move=move.id)
        below, own = names_of(self.work[:position]), names_of([self.work[position]])
        parameters = {"old": move.old, "new": move.new}
        if kind == "picklist" and any(move.old == made for made, _ in names_of(self.work).inline_picklists()):
            reported.add(NAMED_AFTER, move.location, move.id, name=move.old)
            return
        is_twice = own.has(kind, move.old) and own.has(kind, move.new)
        clashes = below.has(kind, move.old) and below.has(kind, move.new)
        if clashes or (is_twice and not is_seen):
            reported.add(BOTH_THERE, move.location, move.id, **parameters)
            return
        files: dict[str, None] = {}
        if below.has(kind, move.old):
            self._visit(0, position, expand(rename, below), below, files)
        names = names_of(self.work)
        renames = expand(rename, names)
        if not is_twice:
            end = next(
                (above for above in range(position, len(self.work)) if is_seen and self._means_another(above, rename)),
                len(self.work),
            )
            self._visit(position, end, renames, names, files)
        if not is_seen:
            self._visit_by_own_names(position, rename, files)
        self.steps.append(_Step(renames=renames, layer=position, is_seen=is_seen, files=tuple(files)))
        self.pending.rename(renames, names)

    def _visit_by_own_names(self, position: int, rename: Rename, files: dict[str, None]) -> None:
        """Where a layer above has renamed what the renamed thing belongs to, its documents say that name."""
        owner, _, last = rename.old.rpartition(".")
        layers, passed = self.work, list[RenameMove]()
        for above in range(position + 1, len(self.work)) if owner else ():
            own = [move for move in moves_of(self.work[above]) if isinstance(move, RenameMove)]
            moves = [move for move in own if move.id in self.seen[above]]
            layers = reworded_by(layers, above, moves)
            passed += [move for move in moves if rename.kind in OWNED.get(move.kind, (rename.kind,))]
            there, _, name = trace(rename.old, passed)[-1].rpartition(".")
            if there != owner and name == last:
                names = names_of(layers[: above + 1])
                new = f"{there}.{rename.new.rpartition('.')[2]}"
                renames = expand(replace(rename, old=f"{there}.{last}", new=new), names)
                self._visit(above, above + 1, renames, names, files)

    def _visit(
        self, start: int, end: int, renames: tuple[Rename, ...], names: DeclaredNames, files: dict[str, None]
    ) -> None:
        def note(document: SourceDocument) -> None:
            files[document.file] = None

        self.work[start:end] = rename_layers(self.work[start:end], names, renames, note)

    def _means_another(self, position: int, rename: Rename) -> bool:
        """Whether a layer says the old name for something new, made after the rename was published."""
        own, published = names_of([self.work[position]]), self.published[position]
        if not own.has(rename.kind, rename.old):
            return False
        if published.has(rename.kind, rename.old):
            return True
        is_whole = own.is_whole(rename.kind, rename.old)
        is_below = names_of(self.work[:position]).has(rename.kind, rename.new)
        return is_whole and is_below and not published.has(rename.kind, rename.new)

    def _keep_own_names(self, position: int) -> None:
        """Where a layer below renames what this layer had renamed itself, this layer's name stays."""
        moves = moves_of(self.work[position])
        own = [move for move in moves if isinstance(move, RenameMove)]
        made: list[RenameMove] = []
        for step in self.steps:
            rename = step.renames[0]
            id = self._keeping(step)
            if step.is_seen and id not in self.seen[position]:
                continue
            old, new = rename.old, rename.new
            for other in self.steps:
                if step.layer < other.layer < position:
                    old, new = carry(rename.kind, old, other.renames[0]), carry(rename.kind, new, other.renames[0])
            passed, follows = trace(old, [*own, *made]), trace(new, [*own, *made])[-1]
            kept = passed[-1]
            is_own = any(move.old in passed and move.kind in ("", rename.kind) for move in [*own, *made])
            if is_own and kept != follows:
                made.append(RenameMove(id=id, kind=rename.kind, old=follows, new=kept))
            made += self._keep_members(position, step, rename.kind, (old, new), [*own, *made])
        if made:
            self.work[position] = [
                _with_moves(document, made) if document.kind is MOVES else document for document in self.work[position]
            ]

    def _keep_members(
        self, position: int, step: _Step, kind: str, owner: tuple[str, str], own: Sequence[RenameMove]
    ) -> Iterator[RenameMove]:
        """What this layer renamed of something that a layer below calls otherwise now: its name stays too. `owner` is
        what that was and is called."""
        old, new = owner
        now = names_of(self.work[:position])
        known = {move.id for move in own}
        later = self.steps[self.steps.index(step) + 1 :]
        for member in dict.fromkeys(move.old.rpartition(".")[2] for move in own if "." in move.old):
            id = f"{self._keeping(step)}.{member}"
            kept = trace(f"{old}.{member}", own)[-1].rpartition(".")[2]
            if kept == member or id in known:
                continue  # It was renamed after what it belongs to, or is kept already.
            there, _, follows = trace(f"{new}.{member}", own)[-1].rpartition(".")
            for what in OWNED.get(kind, ()):
                present = f"{new}.{member}"
                for other in later:
                    present = carry(what, present, other.renames[0])
                if kept != follows and now.has(what, present):
                    self.kept.add(id)
                    yield RenameMove(id=id, kind=what, old=f"{there}.{follows}", new=f"{there}.{kept}")

    def _for_catalogue(self) -> dict[int, list[Rename]]:
        """Position of an unseen step → its renames by the names the catalogue has: those after all that was seen
        before. Where a layer had its own name already, neither the rename below nor the one back is among them."""
        found: dict[int, list[Rename]] = {}
        kept = set(self.kept)
        for index, step in enumerate(self.steps):
            if step.is_seen or step.renames[0].move in kept:
                continue
            after = [other for other in self.steps[index + 1 :] if other.is_seen or other.renames[0].move in kept]
            for rename in step.renames:
                old, new, is_kept = rename.old, rename.new, False
                for follower in (follower for other in after for follower in other.renames):
                    is_kept = is_kept or (follower.kind, follower.old) == (rename.kind, old)
                    old, new = carry(rename.kind, old, follower), carry(rename.kind, new, follower)
                if is_kept:
                    kept.add(self._keeping(step))
                elif old != new:
                    found.setdefault(index, []).append(replace(rename, old=old, new=new))
        return found

    def _keeping(self, step: _Step) -> str:
        """The id of the move by which a layer above keeps its own name."""
        words = (self.layers[step.layer].name, step.renames[0].move)
        return f"keep-{hashlib.sha256(chr(0).join(words).encode()).hexdigest()[:12]}"


def _with_moves(document: SourceDocument, made: Sequence[RenameMove]) -> SourceDocument:
    """The moves with more at their end."""
    data = document.root.data()
    more = [{"id": move.id, "rename": {"kind": move.kind, "from": move.old, "to": move.new}} for move in made]
    text = write_document({**data, MOVES.key: [*data[MOVES.key], *more]})
    root = parse_document(text, document.file, Diagnostics())
    assert root is not None, "what the writer writes can be read"
    return replace(document, root=root)
