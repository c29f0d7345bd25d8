"""Moves: what a layer says became of names, values and contents, so that a rename is no drop and add."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import NOWHERE, Diagnostics, Location
from fieldstone.metadata.documents import MOVES, document_path
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.nodes import MappingNode, Node, SequenceNode
from fieldstone.metadata.schemas.moves import MOVE_KINDS, PATH, SAID_KINDS

ID_TWICE = declare("move.E010", "The move {id!r} is listed twice.", "Give each move an id of its own.")
SAME = declare("move.E011", "{name!r} is moved to itself.", "Write the new name under `to`.")
ELSEWHERE = declare(
    "move.E012",
    "{old!r} and {new!r} differ in more than their last name.",
    "A move changes one name. Rename what it belongs to with a move of its own.",
)
AMBIGUOUS = declare("move.E013", "{name!r} may be any of {kinds}.", "Say which with `kind:`.")
BOTH_THERE = declare(
    "move.E014",
    "{old!r} cannot become {new!r}: both are declared.",
    "Remove the old one from the documents, or choose a new name that is free.",
)
GONE = declare("move.E015", "The move {id!r} was published and is missing here.", "Add it again: the list only grows.")
NAMED_AFTER = declare(
    "move.E016", "The picklist {name!r} is made of values written on a field, and called after it.", "Rename the field."
)
NO_FIELD = declare("move.E017", "There is no field {name!r} to fill in.", "Name a field by its present name.")
NO_NEW = declare("move.E018", "There is no {name!r} for records to get.", "Name something that the documents declare.")
_KINDS = ("", *MOVE_KINDS, *SAID_KINDS)

NOTHING_RENAMED = declare(
    "move.W001",
    "Nothing is called {old!r} or {new!r}, so nothing is renamed.",
    "Check how the names and the `kind:` are written.",
)
NOTHING_FILLED = declare(
    "move.W002", "There is no field {name!r}, so nothing is filled in.", "Check how the name is written."
)

_PATH = re.compile(PATH)
MOVES_PATH = document_path(MOVES, "")


@dataclass(frozen=True, kw_only=True)
class Move:
    """One entry of a layer's moves. `id` is unique in the layer."""

    id: str
    location: Location = NOWHERE


@dataclass(frozen=True, kw_only=True)
class RenameMove(Move):
    """The same thing under a new name. `kind` "" is to be found from what the documents declare."""

    kind: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class ReplaceMove(Move):
    """Records that hold `old` get `new`: values of one picklist, record types, …; `kind` "" as in a rename."""

    kind: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class BackfillMove(Move):
    """Records of the field's module for which `condition` holds ("" = all) get the `value`, an expression."""

    field: str
    value: str
    condition: str = ""


def read_moves(layer: Layer, problems: Diagnostics | None = None) -> tuple[Move, ...]:
    """The moves of a layer, in order; ill-formed ones are left out. What the schema cannot see is added to
    `problems`."""
    text = layer.documents.get(MOVES_PATH)
    if text is None:
        return ()
    return moves_in(parse_document(text, layer.file(MOVES_PATH), Diagnostics()), problems)


def moves_in(root: MappingNode | None, problems: Diagnostics | None = None) -> tuple[Move, ...]:
    """The moves of a document."""
    found: dict[str, Move] = {}
    reported = Diagnostics() if problems is None else problems
    listed = root.find(MOVES.key) if root is not None else None
    for node in listed.items if isinstance(listed, SequenceNode) else ():
        move = _read(node, reported)
        if move is None:
            continue
        if move.id in found:
            reported.add(ID_TWICE, move.location, move.id, id=move.id)
        found.setdefault(move.id, move)
    return tuple(found.values())


def _read(node: Node, problems: Diagnostics) -> Move | None:
    if not isinstance(node, MappingNode) or not node.text("id") or len(node.entries) != 2:
        return None
    return next(_moves(node, problems), None)


def _moves(node: MappingNode, problems: Diagnostics) -> Iterator[Move]:
    id, location = node.text("id"), node.entries["id"].location
    for key, made in (("rename", RenameMove), ("replace", ReplaceMove)):
        part = node.find(key)
        if isinstance(part, MappingNode):
            old, new, kind = part.text("from"), part.text("to"), part.text("kind")
            if not _PATH.fullmatch(old) or not _PATH.fullmatch(new) or kind not in _KINDS:
                return
            if old == new:
                problems.add(SAME, part.entries["to"].location, id, name=old)
            elif old.rpartition(".")[0] != new.rpartition(".")[0]:
                problems.add(ELSEWHERE, part.entries["to"].location, id, old=old, new=new)
            else:
                yield made(id=id, location=location, kind=kind, old=old, new=new)
    part = node.find("backfill")
    if isinstance(part, MappingNode) and part.text("field") and part.text("value"):
        condition = part.text("if").strip()
        yield BackfillMove(
            id=id, location=location, field=part.text("field"), value=part.text("value").strip(), condition=condition
        )
