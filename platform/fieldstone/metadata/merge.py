"""Merging layers: a document of a later layer patches the one below, attribute by attribute.

Mappings merge by key, `null` removes, sequences and values replace, and `after:` places a named
entry behind another ("" puts it first). A field that gets another type leaves behind what only its former type has.
Nodes are copied, never changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.documents import MODULE, DocumentKind, Pattern
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode
from fieldstone.metadata.retyping import left_behind

NOTHING_REMOVED = declare(
    "layer.W001", "{key!r} is removed here, but no lower layer has it.", "Remove the line, or give it a value."
)
NO_SUCH_PLACE = declare("layer.E001", "There is no {after!r} to place {key!r} after.", "Closest names: {known}.")


def merge_documents(kind: DocumentKind, parts: Sequence[MappingNode], problems: Diagnostics) -> MappingNode:
    """One whole document of its parts, the lowest layer first."""
    merger = _Merger(kind, problems)
    merged: Node | None = None
    for root in parts:
        merged = merger.merge(merged, root, ())
    assert isinstance(merged, MappingNode)
    return merged


class _Merger:
    def __init__(self, kind: DocumentKind, problems: Diagnostics) -> None:
        self.problems = problems
        self._patterns = kind.entries
        self._has_fields = kind is MODULE

    def merge(self, base: Node | None, patch: Node, path: Pattern) -> Node:
        """`patch` over `base`; a node over nothing is shared, unless it removes or places entries."""
        if not isinstance(patch, MappingNode):
            return patch if base is None else patch.replacing(base)
        entries = self._entries(base, patch, path)
        if base is None and entries == patch.entries and list(entries) == list(patch.entries):
            return patch
        if isinstance(base, MappingNode) and self._has_fields and path[-2:-1] in (("fields",), ("attributes",)):
            for key in left_behind(base, patch):
                entries.pop(key, None)
        merged = patch.replacing(base)
        merged.entries = entries
        return merged

    def _entries(self, base: Node | None, patch: MappingNode, path: Pattern) -> dict[str, Node]:
        entries = dict(base.entries) if isinstance(base, MappingNode) else {}
        moves: list[tuple[str, ScalarNode]] = []
        named = self._holds_entries(path)
        for key, node in patch.entries.items():
            if isinstance(node, ScalarNode) and node.is_null:
                if entries.pop(key, None) is None:
                    self.problems.add(NOTHING_REMOVED, node.key_location, ".".join((*path, key)), key=key)
                continue
            merged = self.merge(entries.get(key), node, (*path, key))
            if named and isinstance(merged, MappingNode):
                place = merged.find("after")
                if isinstance(place, ScalarNode):
                    moves.append((key, place))
                    merged = merged.without("after")
            entries[key] = merged
        for key, place in moves:
            entries = self._moved(entries, key, place, path)
        return entries

    def _holds_entries(self, path: Pattern) -> bool:
        return any(
            len(pattern) == len(path) and all(want in ("*", got) for want, got in zip(pattern, path, strict=True))
            for pattern in self._patterns
        )

    def _moved(self, entries: dict[str, Node], key: str, place: ScalarNode, path: Pattern) -> dict[str, Node]:
        after = place.text
        if after == key or (after and after not in entries):
            known = nearest(after, (name for name in entries if name != key))
            self.problems.add(
                NO_SUCH_PLACE, place.location, ".".join((*path, key, "after")), after=after, key=key, known=known
            )
            return entries
        moved = {} if after else {key: entries[key]}
        for name, node in entries.items():
            if name != key:
                moved[name] = node
            if after and name == after:
                moved[key] = entries[key]
        return moved
