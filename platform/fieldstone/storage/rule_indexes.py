"""Indexes for sharing rules that are about somebody's records and have a condition."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.parse import parse
from fieldstone.metadata.definitions import ModuleDef, SharingRuleDef
from fieldstone.metadata.model import AppModel

_COMPARED = (ast.Eq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In)
_FIXED = (ast.Constant, ast.Tuple, ast.List, ast.UnaryOp, ast.unaryop, ast.expr_context)


def compared_fields(model: AppModel, module: ModuleDef) -> Iterator[str]:
    """The field of each such rule by which, after the owner, its records are found; each field once."""
    found = (compared_field(model, module, rule) for rule in model.sharing.rules.values() if rule.module == module.name)
    return iter(dict.fromkeys(name for name in found if name))


def compared_field(model: AppModel, module: ModuleDef, rule: SharingRuleDef) -> str:
    """A stored field of the record that the condition compares with something fixed, whatever else it says; "" when
    there is none, or the rule is about anybody's records, or has no condition."""
    if rule.owners is None or not rule.where:
        return ""
    try:
        tree = parse(rule.where).tree
    except ExpressionError:
        return ""
    return next((name for part in _conjuncts(tree) if _is_short(model, module, name := _compared(part))), "")


def _is_short(model: AppModel, module: ModuleDef, name: str) -> bool:
    """In one column whose values any index takes: texts may be too long for one."""
    field = module.fields.get(name)
    if field is None:
        return False
    specs = model.type_of(field).columns(field)
    return len(specs) == 1 and (specs[0].kind != "text" or field.type == "picklist")


def _conjuncts(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for part in tree.values:
            yield from _conjuncts(part)
    else:
        yield tree


def _compared(part: ast.expr) -> str:
    if not isinstance(part, ast.Compare) or len(part.ops) != 1 or not isinstance(part.ops[0], _COMPARED):
        return ""
    left, right = part.left, part.comparators[0]
    if isinstance(right, ast.Name) and not isinstance(part.ops[0], ast.In):
        left, right = right, left
    return left.id if isinstance(left, ast.Name) and _is_fixed(right) else ""


def _is_fixed(value: ast.expr) -> bool:
    return all(isinstance(each, _FIXED) for each in ast.walk(value))
