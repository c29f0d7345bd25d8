"""The results of formulas and rollups that do not say them: found from what they compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.definitions import ModuleDef, RelationDef
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.metadata.system_fields import find_any_field

RESULT_OF_KIND: Mapping[str, str] = {
    "text": "text", "number": "decimal", "boolean": "checkbox", "date": "date", "datetime": "datetime",
    "time": "time", "choice": "text",
}  # fmt: skip
"""Kind of an expression → the field type of a formula's result."""
UNKNOWN_RESULT = "text"
"""Result of a field whose computation is wrong; the checks say what is wrong with it."""


def result_of_rollup(field: FieldDef, relation: RelationDef | None, modules: Mapping[str, ModuleDef]) -> FieldDef:
    """The rollup with its result, decimals and currency; unchanged when the field it sums up has none yet."""
    if field.function == "count":
        return replace(field, result="integer")
    target = modules.get(relation.to) if relation else None
    summed = find_any_field(target, field.of) if target else None
    if summed is None:
        return field
    result = summed.result if summed.type in ("formula", "rollup") else summed.type
    if field.function == "avg" and result in ("integer", "rating", "duration"):
        result = "decimal"
    elif result == "rating":
        result = "integer"
    decimals = field.decimals if field.decimals is not None else summed.decimals
    return replace(field, result=result, decimals=decimals, currency=field.currency or summed.currency)


def infer_results(
    modules: dict[str, ModuleDef],
    relations: Mapping[str, Mapping[str, RelationDef]],
    picklists: Mapping[str, PicklistDef],
    field_types: Registry[FieldType],
) -> dict[tuple[str, str], FieldDef]:
    """(module, field) → the field with its result, for every computed field that lacks one.

    Works in rounds, since a formula may read another whose result is only just being found.
    """
    pending = [
        (module.name, field)
        for module in modules.values()
        for field in module.fields.values()
        if field.type in ("formula", "rollup") and not field.result
    ]
    known: dict[tuple[str, str], FieldDef] = {}
    working = dict(modules)
    while pending:
        postponed = []
        for name, field in pending:
            if field.type == "rollup":
                solved = result_of_rollup(field, relations[name].get(field.relation), working)
            else:
                solved = _result_of_formula(field, ModuleScope(working, name, picklists, field_types))
            if solved.result:
                known[name, field.name] = solved
                working[name] = replace(working[name], fields={**working[name].fields, field.name: solved})
            else:
                postponed.append((name, field))
        if len(postponed) == len(pending):
            known |= {(name, field.name): replace(field, result=UNKNOWN_RESULT) for name, field in postponed}
            break
        pending = postponed
    return known


def _result_of_formula(field: FieldDef, scope: ModuleScope) -> FieldDef:
    try:
        compiled = compile_expression(field.expression, scope)
    except ExpressionError:
        return field
    return replace(field, result=RESULT_OF_KIND.get(compiled.type.kind, ""))
