"""What picklist fields offer: beside another one, and when something holds; names, and circles."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.documents import MODULE
from fieldstone.metadata.nearest import nearest

NO_SOURCE = declare(
    "field.E042",
    "{field!r} is no picklist field of {module!r}, so no values can depend on it.",
    "Closest picklist fields: {known}.",
)
NO_SOURCE_VALUE = declare("field.E043", "The field {field!r} has no value {value!r}.", "Closest values: {known}.")
CIRCLE = declare(
    "field.E044",
    "What these fields offer depends on each other in a circle: {circle}.",
    "Take `depends_on:` away from one of them.",
)
ON_A_LINK = declare(
    "field.E045",
    "What an attribute of a relation offers cannot depend on another field.",
    "Take `depends_on:` and `options_when:` away.",
)
READS_ITSELF = declare(
    "field.E046",
    "When {field!r} offers {value!r} cannot follow from what {field!r} itself is to hold.",
    "Write `old.{field}` for what it holds before the save, or name other fields.",
)


def check_options(context: CheckContext, name: str) -> None:
    """The fields of a module whose values depend on others, and the attributes of its relations, whose cannot."""
    module = context.modules[name]
    for field in module.fields.values():
        if field.depends_on:
            _check_field(context, module, field, ("fields", field.name, "depends_on"))
        if field.options_when:
            _check_conditions(context, module, field, ("fields", field.name, "options_when"))
    for circle in _circles(module):
        shown = " → ".join([*circle, circle[0]])
        context.report(CIRCLE, MODULE, name, "fields", circle[0], "depends_on", "field", circle=shown)
    for relation in module.relations.values():
        for attribute in relation.attributes.values() if relation.inverse_of is None else ():
            steps = ("relations", relation.name, "attributes", attribute.name)
            for key in ("depends_on", "options_when"):
                if getattr(attribute, key):
                    context.report(ON_A_LINK, MODULE, name, *steps, key)


def _check_field(context: CheckContext, module: ModuleDef, field: FieldDef, steps: Steps) -> None:
    source = module.fields.get(field.depends_on)
    if source is None or not source.picklist:
        picklists = [each.name for each in module.fields.values() if each.picklist and each is not field]
        known = nearest(field.depends_on, picklists)
        context.report(
            NO_SOURCE, MODULE, module.name, *steps, "field", field=field.depends_on, module=module.name, known=known
        )
        return
    chosen, offered = context.picklists.get(source.picklist), context.picklists.get(field.picklist)
    for key, values in field.options.items():
        where = (*steps, "options", key)
        if chosen is not None and key not in chosen.values:
            _report(context, module, where, source, key, chosen)
        for position, value in enumerate(values):
            if offered is not None and value not in offered.values:
                _report(context, module, (*where, position), field, value, offered)


def _check_conditions(context: CheckContext, module: ModuleDef, field: FieldDef, steps: Steps) -> None:
    offered = context.picklists.get(field.picklist)
    for key, source in field.options_when.items():
        if offered is not None and key not in offered.values:
            _report(context, module, (*steps, key), field, key, offered)
        scope = context.scope(module.name, old=True)
        compiled = context.check_expression(source, scope, MODULE, module.name, *steps, key, expected="boolean")
        if compiled is not None and any(path[0] == field.name for path in compiled.paths):
            context.report(READS_ITSELF, MODULE, module.name, *steps, key, field=field.name, value=key)


def _report(
    context: CheckContext, module: ModuleDef, steps: Steps, field: FieldDef, value: str, known: PicklistDef
) -> None:
    found = nearest(value, known.values)
    context.report(NO_SOURCE_VALUE, MODULE, module.name, *steps, field=field.name, value=value, known=found)


def _circles(module: ModuleDef) -> Iterator[list[str]]:
    """Each circle once, from its first field in the order of the module."""
    reported: set[str] = set()
    for name in module.fields:
        path = [name]
        while (following := module.fields.get(path[-1])) is not None and following.depends_on:
            if following.depends_on in path:
                circle = path[path.index(following.depends_on) :]
                if not reported & set(circle):
                    reported |= set(circle)
                    yield circle
                break
            path.append(following.depends_on)
