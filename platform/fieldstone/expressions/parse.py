"""Reads the source of an expression into a syntax tree that holds nothing but what is allowed."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from fieldstone.expressions import codes
from fieldstone.expressions.errors import ExpressionError, ExpressionProblem, refuse
from fieldstone.kernel.folding import normalise

MAX_LENGTH = 2_000
MAX_NODES = 300
MAX_DEPTH = 40
MAX_DIGITS = 20

_BLANK = re.compile(r"[\r\n\t\f]")
_BACKSLASH = re.compile(r"\\(\\|.)", re.DOTALL)
_KNOWN_ESCAPES = "\\'\"nrtxuU"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Attribute, ast.Constant,
    ast.Tuple, ast.List,
)  # fmt: skip
_ALLOWED_OPERATORS: tuple[type[ast.AST], ...] = (
    ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Load,
)  # fmt: skip
_NAMED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Pow: ("**", "Multiply instead."),
    ast.FloorDiv: ("//", "Write floor(a / b)."),
    ast.Is: ("is", "Compare with ==, or use is_empty()."),
    ast.IsNot: ("is not", "Compare with !=, or use not is_empty()."),
    ast.BitAnd: ("&", "Write and."),
    ast.BitOr: ("|", "Write or."),
    ast.Invert: ("~", "Write not."),
    ast.Lambda: ("lambda", "Use the functions of the reference."),
    ast.Subscript: ("[…]", "Use the functions of the reference."),
    ast.JoinedStr: ("f'…'", "Write concat('Call ', name)."),
    ast.Starred: ("*", "Write the values one by one."),
    ast.NamedExpr: (":=", "Compare with ==."),
    ast.keyword: ("name=value", "Write the values without names, in their order; compare with ==."),
}


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A parsed expression. In `tree` numbers are Decimal constants, texts are NFC, '' is None, and `col_offset`
    counts characters of the source from 1."""

    source: str
    tree: ast.expr


@lru_cache(maxsize=4096)
def parse(source: str) -> Expression:
    """The tree of one expression. Raises ExpressionError with every part that is not allowed.

    Bounded: 2,000 characters, 300 nodes, 40 levels; nothing is computed here.
    """
    if len(source) > MAX_LENGTH:
        raise refuse(codes.TOO_LONG, length=len(source), limit=MAX_LENGTH)
    text = _BLANK.sub(" ", source)
    if not text.strip():
        raise refuse(codes.EMPTY)
    indent = len(text) - len(text.lstrip(" "))
    text, doubled = _double_backslashes(text.strip())
    tree = _read(text, indent)
    _Admission(text, indent, doubled).admit(tree)
    return Expression(source=source, tree=tree)


def _double_backslashes(text: str) -> tuple[str, list[int]]:
    r"""'\d' stands for itself; doubling its backslash keeps Python from warning. With the places that were doubled."""
    lone = [match.start() for match in _BACKSLASH.finditer(text) if match.group(1) not in _KNOWN_ESCAPES]
    for place in reversed(lone):
        text = text[:place] + "\\" + text[place:]
    return text, [place + index for index, place in enumerate(lone)]


def _read(text: str, indent: int) -> ast.expr:
    if "#" in text and _has_comment(text):
        raise refuse(codes.NOT_ALLOWED, what="#", advice="Comments have no place in an expression.")
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        if "nested" in (error.msg or ""):
            raise refuse(codes.TOO_DEEP, limit=MAX_DEPTH) from None
        column = indent + (error.offset or len(text))
        raise refuse(codes.SYNTAX, column=column, detail=_first_words(error.msg), advice=_advice(text)) from None
    except (RecursionError, MemoryError):
        raise refuse(codes.TOO_DEEP, limit=MAX_DEPTH) from None
    except (ValueError, OverflowError):
        raise refuse(codes.SYNTAX, detail="it contains a character or number that cannot be read", advice="") from None


def _has_comment(text: str) -> bool:
    try:
        return any(token.type == tokenize.COMMENT for token in tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return False


def _first_words(message: str | None) -> str:
    return (message or "wrong syntax").removesuffix(".").replace("invalid syntax. Perhaps you", "perhaps you")


def _advice(text: str) -> str:
    if "&&" in text or "||" in text:
        return "Write and, or."
    if "<>" in text or re.search(r"!(?!=)", text):
        return "Write != for unequal and not for negation."
    if re.search(r"(?<![=<>!])=(?!=)", text):
        return "Compare with ==."
    return ""


class _Admission:
    """Walks a tree without recursion, replaces constants and collects what is not allowed."""

    def __init__(self, text: str, indent: int, doubled: list[int]) -> None:
        self._indent = indent
        self._doubled = doubled
        self._bytes = text.encode("utf-8", "surrogatepass")
        self._problems: list[ExpressionProblem] = []

    def admit(self, tree: ast.expr) -> None:
        pending: list[tuple[ast.AST, int]] = [(tree, 1)]
        count = 0
        while pending:
            node, depth = pending.pop()
            if isinstance(node, _ALLOWED_OPERATORS):
                continue
            count += 1
            if count > MAX_NODES:
                raise refuse(codes.TOO_MANY, limit=MAX_NODES)
            if depth > MAX_DEPTH:
                raise refuse(codes.TOO_DEEP, limit=MAX_DEPTH)
            self._admit_node(node)
            if isinstance(node, ast.expr):
                node.col_offset = self._column(node)
            pending.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
        if self._problems:
            raise ExpressionError(sorted(self._problems, key=lambda problem: problem.column))

    def _admit_node(self, node: ast.AST) -> None:
        if isinstance(node, ast.Constant):
            self._admit_constant(node)
        elif not isinstance(node, _ALLOWED):
            what, advice = _NAMED.get(type(node), (type(node).__name__, "Use the functions of the reference."))
            self._refuse(codes.NOT_ALLOWED, node, what=what, advice=advice)
        elif isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
            self._refuse(codes.NOT_ALLOWED, node, what="A method call", advice="Write lower(name), not name.lower().")
        elif isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name | ast.Attribute):
            self._refuse(codes.NOT_ALLOWED, node, what="A dot after a value", advice="Dots only follow lookups.")

    def _admit_constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, str):
            if _CONTROL.search(value):
                self._refuse(codes.CONTROL_CHARACTER, node)
            node.value = normalise(value) or None
            node.kind = None
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._admit_number(node, value)
        elif value is not None and not isinstance(value, bool):
            self._refuse(codes.NOT_ALLOWED, node, what=type(value).__name__, advice="Use text and numbers.")

    def _admit_number(self, node: ast.Constant, value: int | float) -> None:
        written = self._bytes[node.col_offset : node.end_col_offset].decode().replace("_", "")
        number = Decimal(value) if isinstance(value, int) else Decimal(written)
        exponent = number.as_tuple().exponent
        if number.adjusted() >= MAX_DIGITS or not isinstance(exponent, int) or exponent < -MAX_DIGITS:
            self._refuse(codes.NUMBER_TOO_LARGE, node, number=written[:40])
            number = Decimal(0)
        # ast.Constant is declared for Python's own literals; here a number is always an exact decimal.
        setattr(node, "value", Decimal(format(number, "f")))  # noqa: B010

    def _refuse(self, code: str, node: ast.AST, **params: object) -> None:
        self._problems.append(ExpressionProblem(code=code, params=params, column=self._column(node)))

    def _column(self, node: ast.AST) -> int:
        """The place in the source, in characters from 1."""
        before = len(self._bytes[: getattr(node, "col_offset", 0)].decode("utf-8", "replace"))
        return before + 1 + self._indent - bisect_left(self._doubled, before)
