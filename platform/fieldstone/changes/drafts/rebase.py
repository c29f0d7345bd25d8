"""A draft brought onto what has been published since it was begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import PurePosixPath
from typing import Any

from fieldstone.changes.drafts.draft import Clash, Draft, DraftStep, difference, replay
from fieldstone.changes.drafts.three_way import DraftMerge
from fieldstone.changes.editing.whole import remove_document
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import (
    patch_document,
    read_effective,
    read_site,
    site_of,
    with_data,
    with_document,
    with_moves_of,
)
from fieldstone.changes.upgrade.documents import REMOVED
from fieldstone.changes.upgrade.patches import ABSENT, same
from fieldstone.metadata.documents import MOVES, WHOLE, find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.moves import MOVES_PATH
from fieldstone.metadata.references.settling import settle_moves


@dataclass(frozen=True, kw_only=True)
class Rebased:
    """The site layer upon what is published now, and what both have changed."""

    site: Layer
    clashes: tuple[Clash, ...] = ()


def rebase_draft(draft: Draft, then: Sequence[Layer], now: Sequence[Layer], version: int) -> Draft:
    """The draft with each of its steps upon the layers of `now`, revision `version`; `then` are those of its base.

    Steps that change nothing any more go. Raises MetadataError when documents cannot be read.
    """
    steps: list[DraftStep] = []
    position = 0
    last = site_of(now)
    clashes: tuple[Clash, ...] = ()
    for number, step in enumerate(draft.steps, start=1):
        site = replay(draft.base_site, draft.steps[:number])
        rebased = rebase_site(then, now, site)
        changed = difference(last, rebased.site)
        if changed:
            steps.append(replace(step, documents=changed))
            last = rebased.site
        if number <= draft.position:
            position, clashes = len(steps), rebased.clashes
    return replace(
        draft,
        base=version,
        base_site=site_of(now),
        site=replay(site_of(now), tuple(steps[:position])),
        steps=tuple(steps),
        position=position,
        turn=draft.turn + 1,
        clashes=clashes,
    )


def rebase_site(then: Sequence[Layer], now: Sequence[Layer], mine: Layer) -> Rebased:
    """What `mine` changes of the layers of `then`, changed in those of `now`, by the names of now."""
    moved = with_moves_of(then, now)
    theirs_moves = site_of(now).documents.get(MOVES_PATH)
    base_site = with_document(site_of(then), MOVES_PATH, theirs_moves)
    own, moves = _own_moves(site_of(then), site_of(now), mine)
    base = settle_moves(with_site_layer(moved, base_site), then).layers
    changed = settle_moves(with_site_layer(moved, with_data(mine, MOVES_PATH, moves)), then).layers
    site = site_of(now)
    if own:
        site = site_of(settle_moves(with_site_layer(now, with_data(site, MOVES_PATH, moves)), now).layers)
    clashes: list[Clash] = []
    for path in _paths(base, changed):
        kind = find_kind(path)
        if kind is None or kind is MOVES:
            continue
        layers = with_site_layer(now, site)
        before, after = _state(base, path), _state(changed, path)
        if same(before, after):
            continue
        theirs = _state(layers, path)
        if after is ABSENT and theirs is ABSENT:
            continue
        merge = DraftMerge(kind, PurePosixPath(path).stem)
        merged = merge.merge(before, theirs, after)
        if merged is ABSENT and kind in WHOLE and read_site(mine, path).get(REMOVED) is True:
            site = remove_document(layers, path)  # out of use, with all that is said about it
        else:
            site = patch_document(layers, path, None if merged is ABSENT else merged)
        clashes += merge.clashes
    return Rebased(site=site, clashes=tuple(clashes))


def with_value(layers: Sequence[Layer], clash: Clash, value: Any) -> Layer:
    """The site layer that says `value` where a clash is; None: nothing stands there."""
    whole: dict[str, Any] = read_effective(layers, clash.file)
    if not clash.steps:
        return patch_document(layers, clash.file, value)
    return patch_document(layers, clash.file, _placed(whole, clash.steps, value))


def _placed(data: Mapping[str, Any], steps: Sequence[str], value: Any) -> dict[str, Any]:
    key, *rest = steps
    made = dict(data)
    if rest:
        inner = made.get(key)
        made[key] = _placed(inner if isinstance(inner, dict) else {}, rest, value)
    elif value is None:
        made.pop(key, None)
    else:
        made[key] = value
    return made


def _own_moves(then: Layer, now: Layer, mine: Layer) -> tuple[list[Any], dict[str, Any]]:
    """My moves since then, and the whole list: theirs, and mine behind them, under ids that are free."""
    known = {str(move.get("id")) for move in _moves(then)}
    theirs = _moves(now)
    taken = {str(move.get("id")) for move in theirs}
    own: list[Any] = []
    for move in _moves(mine):
        if str(move.get("id")) in known or move in theirs:
            continue
        if str(move["id"]) in taken:
            move = {**move, "id": next(f"{move['id']}-{n}" for n in count(2) if f"{move['id']}-{n}" not in taken)}
        taken.add(str(move["id"]))
        own.append(move)
    return own, {MOVES.key: [*theirs, *own]} if theirs or own else {}


def _moves(layer: Layer) -> list[dict[str, Any]]:
    return list(read_site(layer, MOVES_PATH).get(MOVES.key) or [])


def _state(layers: Sequence[Layer], path: str) -> Any:
    return read_effective(layers, path) or ABSENT


def _paths(*sides: Sequence[Layer]) -> list[str]:
    return sorted({path for layers in sides for layer in layers for path in layer.documents})
