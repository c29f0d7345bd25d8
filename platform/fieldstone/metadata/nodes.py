"""Located YAML: every value of a document knows the file, line and column it was written at."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from decimal import Decimal
from typing import Any, Self

from fieldstone.kernel.diagnostics import Location

Scalar = str | int | Decimal | bool | None


class Node:
    """A value in a document. Nodes are never changed once their document is parsed; merging copies.

    `key_line` and `key_column` are those of the key that introduces the value (0 in a sequence).
    `previous` is the value of a lower layer that this one replaced, for provenance.
    """

    __slots__ = ("column", "file", "key_column", "key_line", "line", "previous")

    def __init__(self, file: str, line: int, column: int) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.key_line = 0
        self.key_column = 0
        self.previous: Node | None = None

    @property
    def location(self) -> Location:
        return Location(file=self.file, line=self.line, column=self.column)

    @property
    def key_location(self) -> Location:
        """Where the key stands that introduces this value, or the value itself without one."""
        if not self.key_line:
            return self.location
        return Location(file=self.file, line=self.key_line, column=self.key_column)

    def replacing(self, base: Node | None) -> Self:
        """A copy that remembers the value of a lower layer which it replaces."""
        made = copy(self)
        made.previous = base
        return made

    def data(self) -> Any:
        """The plain Python value: dict, list, str, int, Decimal, bool, None."""
        raise NotImplementedError


class ScalarNode(Node):
    """One value. `text` is what was written, `value` its meaning by the YAML 1.2 core rules.

    `plain` values were written without quotes; `in_flow` ones inside [] or {}; `comment_follows`
    when a ` #` comment ended the line. `lines` maps block scalars back to their source: the offset
    in `text`, the line and the column of the start of each line.
    """

    __slots__ = ("comment_follows", "in_flow", "lines", "plain", "text", "value")

    def __init__(self, file: str, line: int, column: int, *, text: str, value: Scalar, plain: bool = True) -> None:
        super().__init__(file, line, column)
        self.text = text
        self.value = value
        self.plain = plain
        self.in_flow = False
        self.comment_follows = False
        self.lines: tuple[tuple[int, int, int], ...] = ()

    @property
    def is_null(self) -> bool:
        return self.value is None

    def data(self) -> Scalar:
        return self.value

    def location_at(self, offset: int) -> Location:
        """The place of the character at `offset` of the text (from 0)."""
        if self.lines:
            start, line, column = max((entry for entry in self.lines if entry[0] <= offset), default=self.lines[0])
            return Location(file=self.file, line=line, column=column + offset - start)
        quote = 0 if self.plain else 1
        return Location(file=self.file, line=self.line, column=self.column + quote + max(offset, 0))


class SequenceNode(Node):
    __slots__ = ("items",)

    def __init__(self, file: str, line: int, column: int, items: list[Node] | None = None) -> None:
        super().__init__(file, line, column)
        self.items: list[Node] = items if items is not None else []

    def data(self) -> list[Any]:
        return [item.data() for item in self.items]


class MappingNode(Node):
    """Named values in the order of the file."""

    __slots__ = ("entries",)

    def __init__(self, file: str, line: int, column: int, entries: dict[str, Node] | None = None) -> None:
        super().__init__(file, line, column)
        self.entries: dict[str, Node] = entries if entries is not None else {}

    def data(self) -> dict[str, Any]:
        return {key: node.data() for key, node in self.entries.items()}

    def without(self, key: str) -> MappingNode:
        """A copy that lacks one entry."""
        made = self.replacing(self.previous)
        made.entries = {name: node for name, node in self.entries.items() if name != key}
        return made

    def find(self, key: str) -> Node | None:
        return self.entries.get(key)

    def text(self, key: str, default: str = "") -> str:
        """The text of a scalar entry as it was written, or `default`."""
        node = self.entries.get(key)
        return node.text if isinstance(node, ScalarNode) and not node.is_null else default

    def flag(self, key: str, default: bool = False) -> bool:
        node = self.entries.get(key)
        return node.value if isinstance(node, ScalarNode) and isinstance(node.value, bool) else default

    def value(self, key: str, default: Any = None) -> Any:
        """The plain value of an entry, or `default`."""
        node = self.entries.get(key)
        return default if node is None else node.data()

    def whole(self, key: str, default: int) -> int:
        found = self.value(key)
        return found if isinstance(found, int) and not isinstance(found, bool) else default

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a sequence entry; a single scalar counts as a sequence of one."""
        node = self.entries.get(key)
        if isinstance(node, ScalarNode):
            return () if node.is_null else (node.text,)
        if isinstance(node, SequenceNode):
            return tuple(item.text for item in node.items if isinstance(item, ScalarNode))
        return ()

    def mapping(self, key: str) -> MappingNode:
        """A mapping entry, or an empty mapping at the same place."""
        node = self.entries.get(key)
        return node if isinstance(node, MappingNode) else MappingNode(self.file, self.line, self.column)

    def mappings(self) -> Iterator[tuple[str, MappingNode]]:
        """The entries that are mappings, with their names."""
        for key, node in self.entries.items():
            if isinstance(node, MappingNode):
                yield key, node


def walk(node: Node | None, path: tuple[str | int, ...]) -> Node | None:
    """The node at a path of keys and positions, or None."""
    for step in path:
        if isinstance(node, MappingNode):
            node = node.entries.get(str(step))
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node
