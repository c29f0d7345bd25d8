"""Fields: what they refer to, and whether their own limits and defaults make sense."""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.expressions.types import ValueType
from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.patterns import compile_pattern
from fieldstone.kernel.codes import declare, fill, get_code
from fieldstone.metadata.checks.choices import check_choices
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.documents import MODULE
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.scopes import ANY_MODULE

NO_TYPE = declare("field.E011", "There is no field type {type!r}.", "Closest types: {known}.")
NO_TARGET = declare("field.E012", "There is no module {module!r} to look up.", "Closest modules: {known}.")
REMOVED_TARGET = declare(
    "field.E041",
    "The module {module!r} is removed, but this field looks it up.",
    "Remove the field too (`{field}: null`), or keep the module out of sight with `hidden: true`.",
)
NO_PICKLIST = declare("field.E013", "There is no picklist {picklist!r}.", "Closest picklists: {known}.")
VALUES_MISSING = declare(
    "field.E014", "The field has no values to choose from.", "Name a `picklist:`, or list `values:` here."
)
VALUES_TWICE = declare("field.E015", "The field has both a picklist and values of its own.", "Keep one of the two.")
BAD_DEFAULT = declare("field.E016", "The default cannot be taken: {reason}", "Write a value that a person could enter.")
DEFAULT_TWICE = declare("field.E017", "The field has both a default and a default expression.", "Keep one of the two.")
EMPTY_RANGE = declare("field.E018", "No value fits: {low} is more than {high}.", "Exchange the two limits.")
BAD_PATTERN = declare("field.E019", "The pattern cannot be used: {reason}", "Write a simpler pattern.")
ANY_AND_MORE = declare(
    "field.E020", 'A lookup to any module ("*") cannot name modules besides.', 'Write `to: ["*"]`, or only the modules.'
)
BAD_LIMIT = declare("field.E021", "The limit {value!r} cannot be taken: {reason}", "Write a value of the field's type.")
TOO_LONG_TO_INDEX = declare(
    "field.E029",
    "An indexed or unique text may hold {most} characters at most, not {length}.",
    "Write a smaller `max_length:`, or leave out `index:` and `unique:`.",
)

MOST_INDEXED = 600
"""Characters: PostgreSQL refuses rows whose index entry is longer than 2,704 bytes."""

_RECORD_CONDITIONS = ("visible_when", "required_when", "read_only_when")


def check_fields(context: CheckContext, name: str) -> None:
    """Every field of a module, and the attributes of its links."""
    module = context.modules[name]
    for field in module.fields.values():
        _check_field(context, name, field, ("fields", field.name))
    for relation in module.relations.values():
        if relation.inverse_of is None and relation.kind == "many_to_many":
            for attribute in relation.attributes.values():
                _check_field(context, name, attribute, ("relations", relation.name, "attributes", attribute.name))


def expected_kind(value_type: ValueType | None) -> str | None:
    """What an expression must give to be written to a field; None where anything may be."""
    return value_type.kind if value_type is not None and value_type.kind != "json" else None


def _check_field(context: CheckContext, module: str, field: FieldDef, steps: Steps) -> None:
    written = context.documents.text(MODULE, module, *steps, "type")
    if written and written not in context.field_types:
        context.report(
            NO_TYPE, MODULE, module, *steps, "type", type=written, known=nearest(written, context.field_types.names)
        )
        return
    _check_targets(context, module, field, steps)
    _check_picklist(context, module, field, steps)
    _check_pattern(context, module, field, steps)
    if not context.field_types[field.type].computed:
        _check_limits(context, module, field, steps)
        _check_default(context, module, field, steps)
    _check_conditions(context, module, field, steps)
    _check_index(context, module, field, steps)


def _check_index(context: CheckContext, module: str, field: FieldDef, steps: Steps) -> None:
    own: int = getattr(context.field_types[field.type], "max_length", 0)
    longest = own if field.max_length is None else field.max_length
    if (field.index or field.unique) and longest > MOST_INDEXED:
        place = "unique" if field.unique else "index"
        context.report(TOO_LONG_TO_INDEX, MODULE, module, *steps, place, most=MOST_INDEXED, length=longest)


def _check_targets(context: CheckContext, module: str, field: FieldDef, steps: Steps) -> None:
    if ANY_MODULE in field.to and len(field.to) > 1:
        context.report(ANY_AND_MORE, MODULE, module, *steps, "to")
    for target in field.to:
        if target == ANY_MODULE or target in context.modules:
            continue
        if target in context.documents.removed:
            context.report(REMOVED_TARGET, MODULE, module, *steps, "to", module=target, field=field.name)
        else:
            known = nearest(target, context.modules)
            context.report(NO_TARGET, MODULE, module, *steps, "to", module=target, known=known)


def _check_picklist(context: CheckContext, module: str, field: FieldDef, steps: Steps) -> None:
    if "picklist" not in context.field_types[field.type].attributes:
        return
    authored = context.documents.node(MODULE, module, *steps, "picklist")
    own_values = context.documents.node(MODULE, module, *steps, "values")
    if authored is not None and own_values is not None:
        context.report(VALUES_TWICE, MODULE, module, *steps, "values")
    elif authored is None and own_values is None:
        context.report(VALUES_MISSING, MODULE, module, *steps)
    elif field.picklist not in context.picklists:
        known = nearest(field.picklist, context.picklists)
        context.report(NO_PICKLIST, MODULE, module, *steps, "picklist", picklist=field.picklist, known=known)


def _check_pattern(context: CheckContext, module: str, field: FieldDef, steps: Steps) -> None:
    if not field.pattern:
        return
    try:
        compile_pattern(field.pattern)
    except FieldValueError as error:
        context.report(BAD_PATTERN, MODULE, module, *steps, "pattern", reason=_reason(error))


def _check_limits(context: CheckContext, module: str, field: FieldDef, steps: Steps) -> None:
    parsing = ParseContext(picklists=context.picklists)
    field_type = context.field_types[field.type]
    bare = FieldDef(name=field.name, type=field.type, label=field.label, decimals=field.decimals, to=field.to)
    limits: Mapping[str, object] = {"min": field.min, "max": field.max}
    parsed = {}
    for key, value in limits.items():
        if value is not None:
            try:
                parsed[key] = field_type.parse(bare, value, parsing)
            except FieldValueError as error:
                context.report(BAD_LIMIT, MODULE, module, *steps, key, value=value, reason=_reason(error))
    lengths = (field.min_length, field.max_length)
    pairs = [("max", parsed.get("min"), parsed.get("max")), ("max_length", *lengths)]
    for key, low, high in pairs:
        if low is not None and high is not None and low > high:
            context.report(EMPTY_RANGE, MODULE, module, *steps, key, low=low, high=high)


def _check_default(context: CheckContext, module: str, field: FieldDef, steps: Steps) -> None:
    if field.default is not None and field.default_expression:
        context.report(DEFAULT_TWICE, MODULE, module, *steps, "default_expression")
    if field.default is not None:
        try:
            parsing = ParseContext(picklists=context.picklists)
            context.field_types[field.type].parse(field, field.default, parsing)
        except FieldValueError as error:
            context.report(BAD_DEFAULT, MODULE, module, *steps, "default", reason=_reason(error))
    if field.default_expression:
        value_type = context.field_types[field.type].value_type(field, context.picklists)
        place = (*steps, "default_expression")
        compiled = context.check_expression(
            field.default_expression, context.scope(module), MODULE, module, *place, expected=expected_kind(value_type)
        )
        if compiled is not None:
            check_choices(context, field.default_expression, value_type, MODULE, module, *place)


def _check_conditions(context: CheckContext, module: str, field: FieldDef, steps: Steps) -> None:
    for key in _RECORD_CONDITIONS:
        source: str = getattr(field, key)
        if source:
            scope = context.scope(module, old=True)
            context.check_expression(source, scope, MODULE, module, *steps, key, expected="boolean")


def _reason(error: FieldValueError) -> str:
    return fill(get_code(error.code).message, error.params)
