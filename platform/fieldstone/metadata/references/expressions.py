"""Names in expressions: fields, paths through lookups, values of picklists, roles. All else stays as written."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.parse import parse
from fieldstone.metadata.nodes import Node, ScalarNode
from fieldstone.metadata.references.mention import USED
from fieldstone.metadata.references.rules import Place, Rule, Walk, reworded

_STEP = re.compile(r"\s*\.\s*([^\W\d]\w*)")
_LITERAL = re.compile(r"[rRuU]?(['\"])((?:(?!\1)[^\\])*)\1")
_SAME_KIND = frozenset({"coalesce", "min", "max"})
"""Functions that give one of their arguments."""
_COMPARING = frozenset({"changed_to", "changed_from", "has"})
_ROLE = "role"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What text literals name beside a value: values of a picklist, roles, record types. `owner` "" for roles."""

    kind: str
    owner: str = ""

    def path(self, text: str) -> str:
        return f"{self.owner}.{text}" if self.owner else text


def choices_of(walk: Walk, owner: str, name: str) -> Choices | None:
    """The choices of a field, or None."""
    picklist = walk.names.picklist(owner, name)
    if picklist:
        return Choices(kind="picklist_value", owner=picklist)
    if name == "record_type" and walk.names.field(owner, name) is None:
        return Choices(kind="record_type", owner=owner)
    return None


def expression(walk: Walk, node: Node, place: Place) -> Node | None:
    """An expression over records of the module."""
    return expression_giving(None)(walk, node, place)


def expression_giving(choices: Choices | None) -> Rule:
    """An expression whose result is one of some choices."""

    def rule(walk: Walk, node: Node, place: Place) -> Node | None:
        if not isinstance(node, ScalarNode) or node.is_null or not node.text.strip():
            return node
        return reworded(node, _Rewording(walk, node, place).reword(choices))

    return rule


@dataclass
class _Rewording:
    walk: Walk
    node: ScalarNode
    place: Place
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def reword(self, choices: Choices | None) -> str:
        """The text with the answers in it; the text itself when it is no expression."""
        text = self.node.text
        try:
            tree = parse(text).tree
        except ExpressionError:
            return text
        self._read(tree, choices)
        for start, end, word in sorted(self.edits, reverse=True):
            text = text[:start] + word + text[end:]
        return text

    def _read(self, tree: ast.expr, choices: Choices | None) -> None:
        match tree:
            case ast.Constant():
                self._literal(tree, choices)
            case ast.Name() | ast.Attribute():
                self._path(tree)
            case ast.Tuple(elts=inner) | ast.List(elts=inner):
                self._read_all(inner, choices)
            case ast.IfExp():
                self._read(tree.test, None)
                self._read_all([tree.body, tree.orelse], choices or self._choices(tree))
            case ast.Compare():
                self._compare([tree.left, *tree.comparators])
            case ast.Call(func=ast.Name(id="has_role")):
                self._read_all(tree.args, Choices(kind=_ROLE))
            case ast.Call(func=ast.Name(id=function)) if function in _SAME_KIND:
                self._read_all(tree.args, choices or self._choices(tree))
            case ast.Call(func=ast.Name(id=function)) if function in _COMPARING:
                self._compare(tree.args)
            case ast.Call():
                self._read_all(tree.args, None)
            case _:
                self._read_all([child for child in ast.iter_child_nodes(tree) if isinstance(child, ast.expr)], None)

    def _read_all(self, trees: list[ast.expr], choices: Choices | None) -> None:
        for tree in trees:
            self._read(tree, choices)

    def _compare(self, operands: list[ast.expr]) -> None:
        """Each operand is read by the light of its neighbours."""
        known = [self._choices(operand) for operand in operands]
        for position, operand in enumerate(operands):
            beside = [*known[max(position - 1, 0) : position], *known[position + 1 : position + 2]]
            self._read(operand, next((choices for choices in beside if choices), None))

    def _choices(self, tree: ast.expr) -> Choices | None:
        """What a text compared with this value would name."""
        inner: list[ast.expr] = []
        match tree:
            case ast.Name() | ast.Attribute():
                return self._resolve(_steps(tree))[1]
            case ast.IfExp():
                inner = [tree.body, tree.orelse]
            case ast.Tuple() | ast.List():
                inner = tree.elts
            case ast.Call(func=ast.Name(id=function)) if function in _SAME_KIND:
                inner = tree.args
        return next((choices for choices in map(self._choices, inner) if choices), None)

    def _resolve(self, steps: list[str]) -> tuple[list[str], Choices | None]:
        """The path of the field that each step names ("" for none), and the choices of the last."""
        names, module = self.walk.names, self.place.module
        owner, before = module, 0
        if len(steps) > 1 and names.field(module, steps[0]) is None:
            if steps[0] == "user":
                return [""] * len(steps), Choices(kind=_ROLE) if steps[1:] == ["role"] else None
            if steps[0] == "old":
                before = 1
            elif steps[0] == "link" and self.place.link:
                owner, before = self.place.link, 1
        paths, last = [""] * before, None
        for step in steps[before:]:
            paths.append(f"{owner}.{step}" if owner else "")
            last = choices_of(self.walk, owner, step) if owner else None
            owner = names.target(owner, step) if owner else ""
        return paths, last

    def _path(self, tree: ast.expr) -> None:
        root = tree
        while isinstance(root, ast.Attribute):
            root = root.value
        assert isinstance(root, ast.Name)
        start = root.col_offset - 1
        end = start + len(root.id)
        for position, (step, path) in enumerate(zip(steps := _steps(tree), self._resolve(steps)[0], strict=True)):
            if position:
                match = _STEP.match(self.node.text, end)
                if match is None or match.group(1) != step:
                    return
                start, end = match.span(1)
            if path:
                self._edit(start, end, step, "field", path)

    def _literal(self, tree: ast.Constant, choices: Choices | None) -> None:
        match = _LITERAL.match(self.node.text, tree.col_offset - 1)
        if choices is not None and isinstance(tree.value, str) and match and match.group(2) == tree.value:
            self._edit(*match.span(2), tree.value, choices.kind, choices.path(tree.value))

    def _edit(self, start: int, end: int, word: str, kind: str, path: str) -> None:
        location = self.node.location_at(start)
        answer = self.walk.ask(kind, path, USED, location, self.place, self.node.text.strip())
        if answer is not None and answer != word:
            self.edits.append((start, end, answer))


def _steps(tree: ast.expr) -> list[str]:
    steps: list[str] = []
    while isinstance(tree, ast.Attribute):
        steps.append(tree.attr)
        tree = tree.value
    return [*([tree.id] if isinstance(tree, ast.Name) else []), *reversed(steps)]
