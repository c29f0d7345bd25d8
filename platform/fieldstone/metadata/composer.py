"""The events of one YAML document → located nodes, counting as it goes."""

from __future__ import annotations

import re
from functools import cached_property

import yaml

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics, Location
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.scalars import resolve_plain

MAX_DEPTH = 50
MAX_NODES = 100_000
MAX_PROBLEMS = 50

TOO_DEEP = declare("yaml.E004", "Values are nested more than {limit} deep.", "Write it flatter.")
TOO_MANY = declare("yaml.E005", "The file has more than {limit} values.", "Split it into several documents.")
DUPLICATE = declare(
    "yaml.E006", "{key!r} is written twice here; first in line {first}.", "Keep one of the two, or rename it."
)
ANCHOR = declare("yaml.E007", "Anchors, aliases and merge keys are not allowed.", "Write the value out.")
TAG = declare("yaml.E008", "Tags such as {tag} are not allowed.", "Remove the tag.")
SEVERAL = declare("yaml.E009", "The file holds more than one document.", "Put each document in a file of its own.")
KEY = declare("yaml.E010", "A key must be a plain word.", "Write it as `name: value`.")
_LINE_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_COMMENT = re.compile(r"[ \t]+#")


class StopComposing(Exception):
    """Nothing more can be learned from this file."""


class Source:
    """The text being parsed, cut into lines only when a line is asked for."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.has_comments = " #" in text or "\t#" in text

    @cached_property
    def lines(self) -> list[str]:
        return _LINE_BREAK.split(self.text)

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def place(self, line: int, column: int) -> Location:
        return Location(file=self.file, line=line + 1, column=column + 1)


class _Frame:
    """A collection being filled; `key` is the key waiting for its value."""

    __slots__ = ("flow", "key", "key_mark", "node")

    def __init__(self, node: Node, flow: bool) -> None:
        self.node = node
        self.flow = flow
        self.key: str | None = None
        self.key_mark = (0, 0)


class Composer:
    """Turns events into nodes with a stack of its own, so that no depth can exhaust Python's."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems = Diagnostics()
        self.root: Node | None = None
        self._stack: list[_Frame] = []
        self._count = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._check_properties(event)
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._check_properties(event)
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._problem(ANCHOR, event)
            self._place(ScalarNode(self.source.file, 0, 0, text="", value=None), event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._problem(SEVERAL, event)
                raise StopComposing

    def _problem(self, code: str, event: yaml.Event, **params: int | str) -> None:
        self.problems.add(code, self.source.place(*_start_of(event)), "", **params)
        if len(self.problems) >= MAX_PROBLEMS:
            raise StopComposing

    def _check_properties(self, event: yaml.NodeEvent) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            self._problem(TOO_MANY, event, limit=MAX_NODES)
            raise StopComposing
        if event.anchor is not None:
            self._problem(ANCHOR, event)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._problem(TAG, event, tag=tag)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and isinstance(frame.node, MappingNode):
            self._key(frame, event)
            return
        (line, column), text = _start_of(event), event.value
        plain = not event.style
        node = ScalarNode(
            self.source.file,
            line + 1,
            column + 1,
            text=text,
            value=resolve_plain(text) if plain else text,
            plain=plain,
        )
        if plain:
            node.in_flow = frame is not None and frame.flow
            if self.source.has_comments and event.end_mark is not None:
                rest = self.source.line(event.end_mark.line)[event.end_mark.column :]
                node.comment_follows = _COMMENT.match(rest) is not None
        elif event.style in ("|", ">"):
            node.lines = self._block_lines(line + 1, text)
        self._place(node, event)

    def _block_lines(self, first: int, text: str) -> tuple[tuple[int, int, int], ...]:
        """Where each source line of a block scalar starts in its text."""
        starts: list[tuple[int, int, int]] = []
        offset, number, indent = 0, first, -1
        while offset < len(text) and number < len(self.source.lines):
            line = self.source.lines[number]
            if indent < 0 and line.strip():
                indent = len(line) - len(line.lstrip(" "))
            starts.append((offset, number + 1, max(indent, 0) + 1))
            offset += max(len(line) - max(indent, 0), 0) + 1
            number += 1
        return tuple(starts)

    def _key(self, frame: _Frame, event: yaml.ScalarEvent) -> None:
        node, key = frame.node, event.value
        assert isinstance(node, MappingNode)
        if not event.style and key == "<<":
            self._problem(ANCHOR, event)
        elif not key:
            self._problem(KEY, event)
        earlier = node.entries.get(key)
        if earlier is not None:
            self._problem(DUPLICATE, event, key=key, first=earlier.key_line)
        frame.key = key
        line, column = _start_of(event)
        frame.key_mark = (line + 1, column + 1)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._problem(TOO_DEEP, event, limit=MAX_DEPTH)
            raise StopComposing
        line, column = _start_of(event)
        kind = MappingNode if isinstance(event, yaml.MappingStartEvent) else SequenceNode
        node: Node = kind(self.source.file, line + 1, column + 1)
        self._place(node, event)
        self._stack.append(_Frame(node, bool(event.flow_style)))

    def _place(self, node: Node, event: yaml.Event) -> None:
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        if isinstance(frame.node, SequenceNode):
            frame.node.items.append(node)
            return
        assert isinstance(frame.node, MappingNode)
        if frame.key is None:
            self._problem(KEY, event)
            raise StopComposing
        node.key_line, node.key_column = frame.key_mark
        frame.node.entries[frame.key] = node
        frame.key = None


def _start_of(event: yaml.Event) -> tuple[int, int]:
    """Line and column from 0."""
    mark = event.start_mark
    return (mark.line, mark.column) if mark is not None else (0, 0)
