"""Changing the site layer by saying what a document is to be, with the smallest patch that gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import PurePosixPath
from typing import Any

from fieldstone.changes.document_patch import find_patch
from fieldstone.changes.rollback import SITE
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.documents import MOVES, find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.merged import merge_layers
from fieldstone.metadata.moves import MOVES_PATH
from fieldstone.metadata.writer import write_document

_PARSED = CompilationCache(5_000)
"""Documents as they were read, so that an editor's next question parses what has changed only."""


def read_effective(layers: Sequence[Layer], path: str, *, without_site: bool = False) -> dict[str, Any]:
    """What all layers together say in the document at a path, as plain data; {} when there is none.

    With `without_site` what the layers below the site's say, as the site wants them: by the names it has given,
    without what it has removed. Raises MetadataError when they cannot be read.
    """
    kind = find_kind(path)
    if kind is None:
        return {}
    problems = Diagnostics()
    read = [with_document(layer, path, None) if without_site and layer.name == SITE else layer for layer in layers]
    merged = merge_layers(read, _PARSED, problems)
    if problems.has_errors:
        raise MetadataError(problems)
    root = merged.root(kind, kind.key if kind.file else PurePosixPath(path).stem)
    return dict(root.data()) if root else {}


def read_site(site: Layer, path: str) -> dict[str, Any]:
    """What the site itself says in the document at a path, as plain data; {} when nothing. Raises MetadataError."""
    text = site.documents.get(path)
    if text is None:
        return {}
    problems = Diagnostics()
    root = parse_document(text, path, problems)
    if root is None or problems.has_errors:
        raise MetadataError(problems)
    return dict(root.data())


def patch_document(layers: Sequence[Layer], path: str, wanted: Mapping[str, Any] | None) -> Layer:
    """The site layer that makes the layers say together what is `wanted` in the document at a path, with its
    entries in the order of `wanted`; None removes the document. All else that the site says stays.

    What the layers below say already is not said again where it changes. `layers` are those in force, the site's last.
    """
    site = site_of(layers)
    kind = find_kind(path)
    assert kind is not None, path
    patch = find_patch(
        kind,
        PurePosixPath(path).stem,
        read_effective(layers, path, without_site=True),
        read_effective(layers, path),
        None if wanted is None else dict(wanted),
        read_site(site, path),
    )
    return with_data(site, path, patch or {})


def patch_entry(layers: Sequence[Layer], path: str, section: str, name: str, wanted: Mapping[str, Any] | None) -> Layer:
    """The site layer that makes the entry `name` of `section` (roles, profiles) in the document at `path` what is
    `wanted`; None removes it. As `patch_document`."""
    whole = read_effective(layers, path)
    entries = {key: value for key, value in (whole.get(section) or {}).items() if key != name or wanted is not None}
    if wanted is not None:
        entries[name] = dict(wanted)
    return patch_document(layers, path, {**whole, section: entries})


def patch_section(
    layers: Sequence[Layer], path: str, section: str, values: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Layer:
    """The site layer in which single `values` of a section (`app`) of a document are what is given, and no line
    says what the layers below say already; `defaults` is what holds where they say nothing."""
    whole = read_effective(layers, path)
    below = read_effective(layers, path, without_site=True).get(section) or {}
    lines = {**(whole.get(section) or {}), **values}
    needless = {key for key in values if key not in below and key in defaults and defaults[key] == values[key]}
    kept = {key: value for key, value in lines.items() if key not in needless}
    return patch_document(layers, path, {**whole, section: kept})


def patch_lines(layers: Sequence[Layer], path: str, section: str, wanted: Mapping[str, Any]) -> Layer:
    """The site layer that makes a section whose entries are single values (`defaults`, `inherit`) what is `wanted`,
    whole: what the layers below say and `wanted` has not is removed."""
    return patch_document(layers, path, {**read_effective(layers, path), section: dict(wanted)})


def rename_in_site(layers: Sequence[Layer], kind: str, old: str, new: str) -> Layer:
    """The site layer that gives something another name, by a move: every document that names it follows when it is
    published, as do the people, shares and tokens that go by it. `kind` is one of a move (role, profile, …)."""
    site = site_of(layers)
    moves = list(read_site(site, MOVES_PATH).get(MOVES.key) or [])
    taken = {move.get("id") for move in moves if isinstance(move, dict)}
    number = next(number for number in count(len(moves) + 1) if f"setup-{number}" not in taken)
    moves.append({"id": f"setup-{number}", "rename": {"kind": kind, "from": old, "to": new}})
    return with_data(site, MOVES_PATH, {MOVES.key: moves})


def site_of(layers: Sequence[Layer]) -> Layer:
    """The site's own layer; an empty one when it says nothing."""
    return next((layer for layer in layers if layer.name == SITE), Layer(name=SITE, documents={}))


def with_moves_of(then: Sequence[Layer], now: Sequence[Layer]) -> list[Layer]:
    """Earlier layers with the moves that those of the same name have made since; the site's is left as it is."""
    moves = {layer.name: layer.documents.get(MOVES_PATH) for layer in now if layer.name != SITE}
    return [with_document(layer, MOVES_PATH, text) if (text := moves.get(layer.name)) else layer for layer in then]


def with_document(layer: Layer, path: str, text: str | None) -> Layer:
    """The layer with another text at a path; None: without."""
    documents = {each: kept for each, kept in layer.documents.items() if each != path}
    if text is not None:
        documents[path] = text
    return Layer(name=layer.name, documents=dict(sorted(documents.items())))


def with_data(layer: Layer, path: str, data: Mapping[str, Any]) -> Layer:
    """The layer with plain data as its document at a path; empty: without."""
    return with_document(layer, path, write_document(data) if data else None)
