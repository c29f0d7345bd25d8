"""The pieces that say where names stand in a document: each takes a node and gives it back, maybe reworded."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import dataclass, replace

from fieldstone.kernel.diagnostics import Location
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.references.mention import DECLARED, LISTED, REMOVED, USED, Mention, Visitor
from fieldstone.metadata.references.names import DeclaredNames

_IN_MODULE = frozenset({"relation", "record_type", "view", "block", "tab", "variant", "rule", "workflow"})
_ORDER = re.compile(r"(-?)order\((.*)\)")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the documents we are. `owner` has the fields that are named: a module, or the links of a relation.
    `link` is the relation whose attributes `link.…` names; `name` the entry around us."""

    module: str
    owner: str = ""
    link: str = ""
    picklist: str = ""
    name: str = ""
    steps: tuple[str, ...] = ()

    def at(self, step: str | int) -> Place:
        """The place one step further. Made by hand: this happens at every value of every document."""
        made = copy(self)
        made.__dict__["steps"] = (*self.steps, str(step))
        return made

    def in_module(self, module: str, link: str = "") -> Place:
        return replace(self, module=module, owner=module, link=link)


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What is asked at every name. `names` says what the names lead to."""

    names: DeclaredNames
    visit: Visitor

    def ask(self, kind: str, path: str, role: str, location: Location, place: Place, text: str) -> str | None:
        """The name to stand at this place; None, for a LISTED one, to leave it out."""
        mention = Mention(kind=kind, path=path, role=role, location=location, steps=place.steps, text=text)
        answer = self.visit(mention)
        return mention.last if answer is None and role != LISTED else answer

    def follow(
        self, owner: str, steps: list[str], role: str, location: Location, place: Place, text: str
    ) -> str | None:
        """A field of `owner`, or a path through lookups from there, reworded."""
        found: list[str] = []
        for step in steps:
            answer = self.ask("field", f"{owner}.{step}", role, location, place, text) if owner else step
            if answer is None:
                return None
            found.append(answer)
            owner = self.names.target(owner, step) if owner else ""
        return ".".join(found)


Rule = Callable[[Walk, Node, Place], Node | None]
"""The node, reworded or not; None leaves it out, with its key or as an item."""
Enter = Callable[[Walk, Place, str], Place]
"""The place inside an entry."""


def reworded(node: ScalarNode, text: str | None) -> ScalarNode | None:
    """The node with another text, at the same place."""
    if text is None or text == node.text:
        return node if text is not None else None
    made = copy(node)
    made.text = made.value = text
    return made


def edit_entries(node: MappingNode, edit: Callable[[str, Node], tuple[str, Node] | None]) -> MappingNode:
    """The mapping with every entry edited; the very same one when nothing changed. An entry whose new key is
    there already makes way for that one."""
    entries: dict[str, Node] = {}
    for key, child in node.entries.items():
        edited = edit(key, child)
        if edited is not None and (edited[0] == key or edited[0] not in node.entries):
            entries[edited[0]] = edited[1]
    same = list(entries) == list(node.entries) and all(entries[key] is node.entries[key] for key in entries)
    if same:
        return node
    made = copy(node)
    made.entries = entries
    return made


def path_of(kind: str, place: Place, name: str) -> str:
    """The path of something called `name` at a place."""
    if kind == "field":
        return f"{place.owner}.{name}"
    if kind == "picklist_value":
        return f"{place.picklist}.{name}"
    return f"{place.module}.{name}" if kind in _IN_MODULE else name


def keys(rules: Mapping[str, Rule], *, required: Collection[str] = ()) -> Rule:
    """A mapping with known keys; it goes as a whole when one of the `required` goes."""

    def rule(walk: Walk, node: Node, place: Place) -> Node | None:
        if not isinstance(node, MappingNode):
            return node
        lost: list[str] = []

        def edit(key: str, child: Node) -> tuple[str, Node] | None:
            inner = rules.get(key)
            edited = inner(walk, child, place.at(key)) if inner else child
            if edited is None:
                lost.append(key)
            return None if edited is None else (key, edited)

        made = edit_entries(node, edit)
        return None if any(key in required for key in lost) else made

    return rule


def entries(
    kind: str, inner: Rule | None = None, *, role: str = DECLARED, enter: Enter | None = None, but: Collection[str] = ()
) -> Rule:
    """A mapping whose keys are names of a kind."""

    def rule(walk: Walk, node: Node, place: Place) -> Node | None:
        if not isinstance(node, MappingNode):
            return node

        def edit(key: str, child: Node) -> tuple[str, Node] | None:
            there = place.at(key)
            is_null = isinstance(child, ScalarNode) and child.is_null
            stands = REMOVED if is_null and role == DECLARED else role
            path = path_of(kind, place, key)
            name = key if key in but else walk.ask(kind, path, stands, child.key_location, there, key)
            if name is None:
                return None
            there = replace(there, name=key)
            if isinstance(child, MappingNode) and role == DECLARED:
                child = _with_place(walk, kind, child, there)
            edited = inner(walk, child, enter(walk, there, key) if enter else there) if inner else child
            return None if edited is None else (name, edited)

        return edit_entries(node, edit)

    return rule


def _with_place(walk: Walk, kind: str, node: MappingNode, place: Place) -> MappingNode:
    """`after:` names an entry of the same kind."""
    after = node.find("after")
    if not isinstance(after, ScalarNode) or not after.text:
        return node
    name = walk.ask(kind, path_of(kind, place, after.text), USED, after.location, place.at("after"), after.text)
    placed = reworded(after, name) or after
    return edit_entries(node, lambda key, child: (key, placed if key == "after" else child))


def name(kind: str, *, role: str = USED) -> Rule:
    """One name."""

    def rule(walk: Walk, node: Node, place: Place) -> Node | None:
        if not isinstance(node, ScalarNode) or node.is_null or not node.text:
            return node
        path = path_of(kind, place, node.text)
        return reworded(node, walk.ask(kind, path, role, node.location, place, node.text))

    return rule


def items(inner: Rule, *, least: int = 0) -> Rule:
    """A list (or a single value); it goes when fewer than `least` of its items stay."""

    def rule(walk: Walk, node: Node, place: Place) -> Node | None:
        if not isinstance(node, SequenceNode):
            return inner(walk, node, place)
        edited = [inner(walk, item, place.at(position)) for position, item in enumerate(node.items)]
        kept = [item for item in edited if item is not None]
        if len(kept) == len(node.items) and all(new is old for new, old in zip(kept, node.items, strict=True)):
            return node
        if len(kept) < least:
            return None
        kept = _each_once(kept, node.items)
        made = copy(node)
        made.items = kept
        return made

    return rule


def _each_once(items: list[Node], before: Collection[Node]) -> list[Node]:
    """Without those that have been reworded to what the list has already."""
    same = {id(item) for item in before}
    said = {item.text for item in items if isinstance(item, ScalarNode) and id(item) in same}
    kept = []
    for item in items:
        if isinstance(item, ScalarNode) and id(item) not in same:
            if item.text in said:
                continue
            said.add(item.text)
        kept.append(item)
    return kept


def whole(inner: Rule) -> Rule:
    """A list that goes as a whole when one of its items goes."""

    def rule(walk: Walk, node: Node, place: Place) -> Node | None:
        least = len(node.items) if isinstance(node, SequenceNode) else 0
        return items(inner, least=least)(walk, node, place)

    return rule


def column(walk: Walk, node: Node, place: Place) -> Node | None:
    """A field or a path through lookups; `-` in front descends, `order(…)` sorts by the declared order."""
    if not isinstance(node, ScalarNode) or not node.text:
        return node
    text = node.text
    ordered = _ORDER.fullmatch(text)
    before, after = (f"{ordered.group(1)}order(", ")") if ordered else ("-" if text.startswith("-") else "", "")
    steps = text[len(before) : len(text) - len(after)].split(".")
    found = walk.follow(place.owner, steps, LISTED, node.location, place, text)
    return None if found is None else reworded(node, before + found + after)
