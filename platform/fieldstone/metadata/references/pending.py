"""Replacements and backfills that wait, and keep up with the renames after them."""

from __future__ import annotations

from dataclasses import replace

from fieldstone.metadata.moves import BackfillMove, Move, ReplaceMove
from fieldstone.metadata.nodes import ScalarNode
from fieldstone.metadata.references.expressions import Choices, choices_of, expression_giving
from fieldstone.metadata.references.names import DeclaredNames
from fieldstone.metadata.references.renames import Rename, carry, visitor
from fieldstone.metadata.references.rules import Place, Walk


class PendingData:
    """Moves of contents, by the names after the renames told so far."""

    def __init__(self) -> None:
        self.replaces: list[ReplaceMove] = []
        self.backfills: list[BackfillMove] = []

    def add(self, move: Move) -> None:
        """What an earlier move put where this one takes it away goes on to where this one puts it."""
        if isinstance(move, ReplaceMove):
            gone = (move.kind, move.old)
            earlier = [replace(each, new=move.new) if (each.kind, each.new) == gone else each for each in self.replaces]
            self.replaces = [*earlier, move]
        elif isinstance(move, BackfillMove):
            self.backfills.append(move)

    def rename(self, renames: tuple[Rename, ...], names: DeclaredNames) -> None:
        """A rename with all that follow it happened; `names` knows the old and the new names."""
        walk = Walk(names=names, visit=visitor(renames))
        self.backfills = [_renamed_backfill(move, renames, walk) for move in self.backfills]
        for rename in renames:
            self.replaces = [
                replace(move, old=carry(move.kind, move.old, rename), new=carry(move.kind, move.new, rename))
                for move in self.replaces
            ]


def _renamed_backfill(move: BackfillMove, renames: tuple[Rename, ...], walk: Walk) -> BackfillMove:
    owner, _, name = move.field.rpartition(".")
    module, _, relation = owner.partition(".")
    place = Place(module=module, owner=owner, link=owner if relation else "")
    value = _reworded(move.value, walk, place, choices_of(walk, owner, name))
    condition = _reworded(move.condition, walk, place, None)
    field = move.field
    for rename in renames:
        field = carry("field", field, rename)
    return replace(move, field=field, value=value, condition=condition)


def _reworded(text: str, walk: Walk, place: Place, choices: Choices | None) -> str:
    node = ScalarNode("", 0, 0, text=text, value=text)
    made = expression_giving(choices)(walk, node, place)
    return made.text if isinstance(made, ScalarNode) else text
