"""Roles and profiles: what they name, the tree of roles, and rights that come to nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.definitions import Grants, ProfileDef, RoleDef
from fieldstone.metadata.documents import ROLES
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.rights import EVERY_MODULE
from fieldstone.metadata.system_fields import any_field_names

NO_MODULE = declare("role.E010", "There is no module {module!r}.", "Closest modules: {known}.")
NO_PARENT = declare("role.E011", "There is no role {parent!r} above this one.", "Closest roles: {known}.")
CYCLE = declare("role.E012", "The roles stand above each other in a circle: {circle}.", "Remove one `parent:`.")
NO_FIELD = declare("role.E013", "There is no field {field!r} in {module!r}.", "Closest fields: {known}.")
NO_PROFILE = declare("role.E014", "There is no profile {profile!r}.", "Closest profiles: {known}.")
NAME_HIDDEN = declare(
    "role.E015",
    "{field!r} names the records of {module!r}, so it cannot be hidden.",
    "Write `read`, or take the right to view the module away.",
)
USELESS_RIGHT = declare(
    "role.W001",
    "Nobody can use the right {right!r} on {module!r}: no role and no profile gives {needed!r} there.",
    "Give {needed!r} too, or leave the right out.",
)
USELESS_FIELDS = declare(
    "role.W002",
    "What is said of the fields of {module!r} means nothing: {holder!r} does not give the right to view it.",
    "Give `view` too, or remove the fields.",
)
USELESS_SCOPE = declare(
    "role.W003",
    "The scope related reaches no records of {module!r}: no path of a portal leads from them.",
    "Add the module to `portal` in metadata/sharing.yaml, or choose another scope.",
)

NEEDS: Mapping[str, str] = {
    "edit": "view",
    "delete": "view",
    "export": "view",
    "report": "view",
    "mass_edit": "edit",
}
"""Right → the one without which it is of no use."""
_ALWAYS_READ = frozenset({"id", "version", "deleted_at"})


def check_roles(context: CheckContext) -> None:
    model = context.model
    for role in model.roles.values():
        steps = ("roles", role.name)
        if role.parent and role.parent not in model.roles:
            known = nearest(role.parent, model.roles)
            context.report(NO_PARENT, ROLES, "roles", *steps, "parent", parent=role.parent, known=known)
        for position, profile in enumerate(role.profiles):
            if profile not in model.profiles:
                known = nearest(profile, model.profiles)
                where = (*steps, "profiles", position)
                context.report(NO_PROFILE, ROLES, "roles", *where, profile=profile, known=known)
        for position, module in enumerate(role.setup_modules):
            if module not in context.modules:
                known = nearest(module, context.modules)
                where = (*steps, "setup_modules", position)
                context.report(NO_MODULE, ROLES, "roles", *where, module=module, known=known)
    given = {right: _modules_with(context, right) for right in set(NEEDS.values())}
    for holder in _holders(context):
        steps = ("roles" if isinstance(holder, RoleDef) else "profiles", holder.name)
        _check_modules(context, holder.grants, steps, given)
        _check_fields(context, holder, steps)
    _check_cycles(context)


def viewable(context: CheckContext) -> frozenset[str]:
    """The modules that some role or profile gives the right to view."""
    return _modules_with(context, "view")


def _holders(context: CheckContext) -> Iterator[RoleDef | ProfileDef]:
    yield from context.model.roles.values()
    yield from context.model.profiles.values()


def _modules_with(context: CheckContext, right: str) -> frozenset[str]:
    given = [holder.grants for holder in _holders(context)]
    return frozenset(module for module in context.modules if any(right in grants.rights_on(module) for grants in given))


def _check_modules(
    context: CheckContext, grants: Grants, steps: tuple[str, ...], given: Mapping[str, Collection[str]]
) -> None:
    for module, rights in grants.modules.items():
        where = (*steps, "modules", module)
        if module != EVERY_MODULE and module not in context.modules:
            _report_key(context, NO_MODULE, where, module=module, known=nearest(module, context.modules))
            continue
        named = list(context.modules) if module == EVERY_MODULE else [module]
        for right in rights:
            needed = NEEDS.get(right)
            if needed and not any(name in given[needed] for name in named):
                _report_key(context, USELESS_RIGHT, where, right=right, module=module, needed=needed)
        if "related" in rights.values() and not any(context.model.sharing.portal.get(name) for name in named):
            _report_key(context, USELESS_SCOPE, where, module=module)


def _check_fields(context: CheckContext, holder: RoleDef | ProfileDef, steps: tuple[str, ...]) -> None:
    for module, fields in holder.grants.fields.items():
        where = (*steps, "fields", module)
        found = context.modules.get(module)
        if found is None:
            _report_key(context, NO_MODULE, where, module=module, known=nearest(module, context.modules))
            continue
        if "view" not in holder.grants.rights_on(module):
            _report_key(context, USELESS_FIELDS, where, module=module, holder=holder.name)
        for field, access in fields.items():
            names = [name for name in any_field_names(found) if name not in _ALWAYS_READ]
            if field not in names:
                known = nearest(field, names)
                _report_key(context, NO_FIELD, (*where, field), field=field, module=module, known=known)
            elif field == found.name_field and access == "hidden":
                context.report(NAME_HIDDEN, ROLES, "roles", *where, field, field=field, module=module)


def _report_key(context: CheckContext, code: str, steps: tuple[str, ...], **params: object) -> None:
    """A problem with a name that is a key."""
    node = context.documents.node(ROLES, "roles", *steps)
    location = node.key_location if node is not None else context.documents.location(ROLES, "roles", *steps)
    context.problems.add(code, location, ".".join(steps), **params)


def _check_cycles(context: CheckContext) -> None:
    roles = context.model.roles
    reported: set[str] = set()
    for name in roles:
        path = [name]
        while roles[path[-1]].parent in roles:
            parent = roles[path[-1]].parent
            if parent in path:
                circle = path[path.index(parent) :]
                if not reported & set(circle):
                    reported |= set(circle)
                    shown = " → ".join([*circle, parent])
                    context.report(CYCLE, ROLES, "roles", "roles", circle[0], "parent", circle=shown)
                break
            path.append(parent)
