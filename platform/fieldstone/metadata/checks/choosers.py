"""The roles that may choose a value or a record type: apart, since a check of a module does not see changed roles."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.documents import MODULE, PICKLIST, DocumentKind
from fieldstone.metadata.nearest import nearest

NO_ROLE = declare("picklist.E012", "There is no role {role!r} that could choose it.", "Closest roles: {known}.")


def check_choosers(context: CheckContext) -> None:
    for name in context.picklists:
        if context.documents.root(PICKLIST, name) is not None:
            _check_values(context, name, PICKLIST, name, ())
    for module in context.modules.values():
        for kind in module.record_types.values():
            _check_roles(context, kind.roles, MODULE, module.name, ("record_types", kind.name, "roles"))
        _check_fields(context, module.name, module.fields.values(), ("fields",))
        for relation in module.relations.values():
            if relation.inverse_of is None:
                steps = ("relations", relation.name, "attributes")
                _check_fields(context, module.name, relation.attributes.values(), steps)


def _check_fields(context: CheckContext, module: str, fields: Iterable[FieldDef], steps: Steps) -> None:
    for field in fields:
        own = (*steps, field.name)
        if field.picklist and context.documents.node(MODULE, module, *own, "values") is not None:
            _check_values(context, field.picklist, MODULE, module, own)


def _check_values(context: CheckContext, picklist: str, kind: DocumentKind, document: str, steps: Steps) -> None:
    found = context.picklists.get(picklist)
    for value in found.values.values() if found else ():
        _check_roles(context, value.roles, kind, document, (*steps, "values", value.key, "roles"))


def _check_roles(
    context: CheckContext, roles: tuple[str, ...] | None, kind: DocumentKind, document: str, steps: Steps
) -> None:
    for position, role in enumerate(roles or ()):
        if role not in context.model.roles:
            known = nearest(role, context.model.roles)
            context.report(NO_ROLE, kind, document, *steps, position, role=role, known=known)
