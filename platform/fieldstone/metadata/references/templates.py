"""Names in text templates: `record.…` inside {{ }} and {% %}."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.references.mention import USED
from fieldstone.metadata.references.rules import Place, Walk, edit_entries, items, reworded

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_NAME = re.compile(r"(?<![\w.])record\.([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)")
_RECORD = "record."


def names_used(text: str) -> Iterator[tuple[int, str]]:
    """(offset, name) of every `record.<name>` in a template."""
    for tag in _TAG.finditer(text):
        for match in _NAME.finditer(tag.group()):
            yield tag.start() + match.start(), match.group(1)


def template(walk: Walk, node: Node, place: Place) -> Node | None:
    """A text about a record of the module, or all the texts below a node."""
    if isinstance(node, MappingNode):
        return edit_entries(node, lambda key, child: (key, template(walk, child, place.at(key)) or child))
    if isinstance(node, SequenceNode):
        return items(template)(walk, node, place)
    if not isinstance(node, ScalarNode) or node.is_null or not place.module or "{" not in node.text:
        return node
    text = node.text
    for offset, name in reversed(list(names_used(node.text))):
        start = offset + len(_RECORD)
        location = node.location_at(start)
        found = walk.follow(place.module, name.split("."), USED, location, place, f"{_RECORD}{name}")
        text = text[:start] + (found or name) + text[start + len(name) :]
    return reworded(node, text)
