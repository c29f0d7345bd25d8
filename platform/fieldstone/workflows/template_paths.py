"""The syntax tree of a template: what it may contain, and its paths as keys of a flat dictionary."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jinja2 import nodes

OUTPUT, PLAIN = "shown", "plain"
ROOTS = ("record", "user", "app")
MAX_DEPTH = 40
MAX_NODES = 3_000

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Const, nodes.TemplateData,
    nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Filter, nodes.Compare, nodes.Operand, nodes.Keyword,
    nodes.List, nodes.Tuple,
)  # fmt: skip

_SPOKEN = {
    "Name": "names other than record, user and app",
    "For": "loops",
    "Assign": "assignments",
    "Call": "calls",
    "Getattr": "attributes",
    "Getitem": "subscripts",
    "Test": "tests with “is”",
}


class PathRewriter:
    """Turns `record.organization.name` into one look-up of a flat dictionary and refuses all else.

    `refuse(node, what)` gives the exception to raise. `paths` collects what the template reads.
    """

    def __init__(self, filters: Sequence[str], *, refuse: Callable[[nodes.Node, str], Exception]) -> None:
        self.paths: set[tuple[str, ...]] = set()
        self._filters = filters
        self._refuse = refuse
        self._seen = 0

    def rewrite(self, tree: nodes.Template) -> nodes.Template:
        self._children(tree, OUTPUT, 0)
        return tree

    def _visit(self, node: nodes.Node, use: str, depth: int) -> nodes.Node:
        """The node to put in its place; `use` says whether its value is shown or compared."""
        self._seen += 1
        if depth > MAX_DEPTH or self._seen > MAX_NODES:
            raise self._refuse(node, "depth")
        path = _path_of(node)
        if path is not None:
            if len(path) < 2 or path[0] not in ROOTS:
                raise self._refuse(node, _SPOKEN["Name"])
            self.paths.add(path)
            key = nodes.Const(".".join(path), lineno=node.lineno)
            table = nodes.Name(use, "load", lineno=node.lineno)
            return nodes.Getitem(table, key, "load", lineno=node.lineno)
        if not isinstance(node, _ALLOWED):
            name = type(node).__name__
            raise self._refuse(node, _SPOKEN.get(name, name.lower()))
        if isinstance(node, nodes.Filter) and (node.name not in self._filters or node.node is None):
            raise self._refuse(node, f"the filter {node.name}")
        if isinstance(node, nodes.Compare):
            return self._comparison(node, depth)
        self._children(node, use, depth)
        return node

    def _children(self, node: nodes.Node, use: str, depth: int) -> None:
        for name, value in node.iter_fields():
            inside = PLAIN if name == "test" else use
            if isinstance(value, nodes.Node):
                setattr(node, name, self._visit(value, inside, depth + 1))
            elif isinstance(value, list):
                items = [self._visit(v, inside, depth + 1) if isinstance(v, nodes.Node) else v for v in value]
                setattr(node, name, items)

    def _comparison(self, node: nodes.Compare, depth: int) -> nodes.Node:
        """`a < b < c` as calls of our own comparison, which takes empty values."""
        result: nodes.Expr | None = None
        left = self._visit(node.expr, PLAIN, depth + 1)
        for operand in node.ops:
            right = self._visit(operand.expr, PLAIN, depth + 1)
            function = nodes.Name("compare", "load", lineno=node.lineno)
            operator = nodes.Const(operand.op, lineno=node.lineno)
            call = nodes.Call(function, [left, operator, right], [], None, None, lineno=node.lineno)
            result = call if result is None else nodes.And(result, call, lineno=node.lineno)
            left = right
        assert result is not None
        return result


def _path_of(node: nodes.Node) -> tuple[str, ...] | None:
    """`a.b.c` as ("a", "b", "c"), None for anything else."""
    names: list[str] = []
    while isinstance(node, nodes.Getattr):
        names.append(node.attr)
        node = node.node
    if not isinstance(node, nodes.Name):
        return None
    return (node.name, *reversed(names))
