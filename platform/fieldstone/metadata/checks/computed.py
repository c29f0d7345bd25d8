"""Computed fields: formulas and rollups, typed, and without what cannot be stored."""

from __future__ import annotations

from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.fields.computed import RESULTS
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.checks.fields import expected_kind
from fieldstone.metadata.definitions import RelationDef
from fieldstone.metadata.documents import MODULE
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.system_fields import find_any_field

BAD_RESULT = declare("field.E030", "The result of a computed field cannot be {result!r}.", "Closest types: {known}.")
READS_USER = declare(
    "field.E031",
    "A stored value cannot depend on who looks at it: the expression reads user.",
    "Use `owner`, or put the condition into a list view.",
)
NOT_IN_LISTS = declare(
    "field.E036",
    "{function}() cannot stand in a formula: no list could be sorted or filtered by it.",
    "Write it as a default, or let a workflow set a field.",
)
NO_RELATION = declare(
    "field.E032", "There is no related list {relation!r} of {module!r} to sum up.", "Closest related lists: {known}."
)
NO_SUMMED_FIELD = declare("field.E033", "There is no field {of!r} in {module!r}.", "Closest fields: {known}.")
SUMMED_FIELD_MISSING = declare(
    "field.E034", "{function} needs the field to compute with.", "Add `of:` with a field of {module!r}."
)
BAD_FUNCTION = declare(
    "field.E035",
    "{function} cannot be computed of {of!r}, which is of type {type}.",
    "sum and avg need numbers; min and max need numbers, dates, times or durations.",
)

_SUMMABLE = ("number",)
_COMPARABLE = ("number", "date", "datetime", "time")


def check_computed(context: CheckContext, name: str) -> None:
    """Every formula and rollup of a module."""
    for field in context.modules[name].fields.values():
        if field.type == "formula":
            _check_formula(context, name, field)
        elif field.type == "rollup":
            _check_rollup(context, name, field)


def _is_unknown_to_sql(name: str) -> bool:
    """today() and now() are values by the time a statement is written."""
    function = FUNCTIONS[name]
    return function.sql is None and bool(function.parameters)


def _check_formula(context: CheckContext, module: str, field: FieldDef) -> None:
    written = context.documents.text(MODULE, module, "fields", field.name, "result")
    if written and written not in RESULTS:
        known = nearest(written, RESULTS)
        context.report(BAD_RESULT, MODULE, module, "fields", field.name, "result", result=written, known=known)
        return
    if not field.expression:
        return
    value_type = context.field_types[field.type].value_type(field, context.picklists) if written else None
    compiled = context.check_expression(
        field.expression,
        context.scope(module),
        MODULE,
        module,
        "fields",
        field.name,
        "expression",
        expected=expected_kind(value_type),
    )
    if compiled is not None and compiled.uses_user:
        context.report(READS_USER, MODULE, module, "fields", field.name, "expression")
    elif compiled is not None and compiled.uses_time:  # worked out by the database whenever it is read
        for name in sorted(filter(_is_unknown_to_sql, compiled.functions)):
            context.report(NOT_IN_LISTS, MODULE, module, "fields", field.name, "expression", function=name)


def _check_rollup(context: CheckContext, module: str, field: FieldDef) -> None:
    steps = ("fields", field.name)
    relations = context.modules[module].relations
    relation = relations.get(field.relation)
    if relation is None:
        if field.relation:
            known = nearest(field.relation, relations)
            context.report(
                NO_RELATION, MODULE, module, *steps, "relation", relation=field.relation, module=module, known=known
            )
        return
    if relation.to not in context.modules:
        return
    _check_summed(context, module, field, relation)
    if field.where:
        link = relation if relation.kind == "many_to_many" else None
        scope = context.scope(relation.to, link=link)
        compiled = context.check_expression(field.where, scope, MODULE, module, *steps, "where", expected="boolean")
        if compiled is not None and compiled.uses_user:
            context.report(READS_USER, MODULE, module, *steps, "where")


def _check_summed(context: CheckContext, module: str, field: FieldDef, relation: RelationDef) -> None:
    steps = ("fields", field.name)
    if not field.of:
        if field.function and field.function != "count":
            context.report(SUMMED_FIELD_MISSING, MODULE, module, *steps, function=field.function, module=relation.to)
        return
    summed = find_any_field(context.modules[relation.to], field.of)
    if summed is None:
        known = context.known_fields(relation.to, field.of)
        context.report(NO_SUMMED_FIELD, MODULE, module, *steps, "of", of=field.of, module=relation.to, known=known)
        return
    value_type = context.scope(relation.to).find_type((field.of,))
    fitting = _SUMMABLE if field.function in ("sum", "avg") else _COMPARABLE
    if field.function != "count" and value_type is not None and value_type.kind not in fitting:
        context.report(
            BAD_FUNCTION, MODULE, module, *steps, "of", function=field.function, of=field.of, type=summed.type
        )
