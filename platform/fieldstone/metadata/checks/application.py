"""App-wide documents: picklists, the application itself, e-mail templates."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.checks.templates import check_template_names
from fieldstone.metadata.documents import APP, EMAIL, PICKLIST
from fieldstone.metadata.nearest import nearest

NO_DEFAULT = declare(
    "picklist.E010", "The picklist has no value {value!r} to be the default.", "Closest values: {known}."
)
NO_ZONE = declare("app.E010", "There is no time zone {zone!r}.", "Write an IANA name such as Asia/Shanghai.")
GROUP_MODULE = declare("app.E011", "There is no module {module!r}.", "Closest modules: {known}.")
EMAIL_MODULE = declare("email.E010", "There is no module {module!r}.", "Closest modules: {known}.")


def check_picklists(context: CheckContext) -> None:
    for picklist in context.picklists.values():
        if picklist.default and picklist.default not in picklist.values:
            known = nearest(picklist.default, picklist.values)
            context.report(NO_DEFAULT, PICKLIST, picklist.name, "default", value=picklist.default, known=known)


def check_app(context: CheckContext) -> None:
    zone = context.model.app.zone
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        context.report(NO_ZONE, APP, "app", "app", "zone", zone=zone)
    for group in context.model.app.groups.values():
        for position, module in enumerate(group.modules):
            if module not in context.modules:
                steps = ("app", "groups", group.name, "modules", position)
                known = nearest(module, context.modules)
                context.report(GROUP_MODULE, APP, "app", *steps, module=module, known=known)


def check_emails(context: CheckContext) -> None:
    for email in context.model.emails.values():
        if not email.module:
            continue
        if email.module not in context.modules:
            known = nearest(email.module, context.modules)
            context.report(EMAIL_MODULE, EMAIL, email.name, "module", module=email.module, known=known)
            continue
        root = context.documents.root(EMAIL, email.name)
        if root is not None:
            check_template_names(context, email.module, root, (email.name,))
