"""Texts that an expression gives to a picklist field: they must be keys of its values."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fieldstone.expressions.types import ValueType
from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.documents import DocumentKind
from fieldstone.metadata.nearest import nearest

NO_CHOICE = declare(
    "field.E022", "The expression gives {value!r}, which is not among the values.", "Closest values: {known}."
)


def check_choices(
    context: CheckContext, source: str, value_type: ValueType | None, kind: DocumentKind, name: str, *steps: str | int
) -> None:
    """`source` has compiled; every text it may give as its result is looked up among the choices."""
    if value_type is None or value_type.kind != "choice" or value_type.choices is None:
        return
    place: Steps = steps
    for text in result_texts(ast.parse(source.strip(), mode="eval").body):
        if text and text not in value_type.choices:
            known = nearest(text, sorted(value_type.choices))
            context.report(NO_CHOICE, kind, name, *place, value=text, known=known)


def result_texts(tree: ast.expr) -> Iterator[str]:
    """Text literals that stand where the result comes from."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value
    elif isinstance(tree, ast.IfExp):
        yield from result_texts(tree.body)
        yield from result_texts(tree.orelse)
