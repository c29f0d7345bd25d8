"""App-wide documents: picklists, the application itself, e-mail templates."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from fieldstone.fields.currency import CURRENCIES
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.app_definitions import AppDef, opening_of
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.checks.templates import check_template_names
from fieldstone.metadata.contrast import TEXT, WHITE, contrast, nearest_with
from fieldstone.metadata.documents import APP, EMAIL, PICKLIST
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.pictures import picture_of

NO_DEFAULT = declare(
    "picklist.E010", "The picklist has no value {value!r} to be the default.", "Closest values: {known}."
)
NO_ZONE = declare("app.E010", "There is no time zone {zone!r}.", "Write an IANA name such as Asia/Shanghai.")
NO_CURRENCY = declare(
    "app.E012", "There is no currency {currency!r}.", "Write the ISO 4217 code of one that is in use, such as EUR."
)
NO_USE_OF_RATE = declare(
    "app.E017",
    "There is a rate of {currency}, which is not among the further currencies.",
    "Name it there, or remove the rate.",
)
HOURS_ORDER = declare("app.E013", "It closes at {end} before it opens at {start}.", "Write 09:00-18:00, or closed.")
NO_DAY = declare("app.E014", "There is no day {day!r}.", "Write 2026-10-01, or 10-01 for each year.")
HOLIDAY_TWICE = declare(
    "app.E015", "{day} is a holiday already, as {each_year} of each year.", "Remove one of the two."
)
PALE_ACCENT = declare(
    "app.E016",
    "White text on {accent} has a contrast of {found}, and needs 4.5.",
    "The nearest that has it: {nearest}.",
)
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
    _check_company(context, context.model.app)
    for group in context.model.app.groups.values():
        for position, module in enumerate(group.modules):
            if module not in context.modules:
                steps = ("app", "groups", group.name, "modules", position)
                known = nearest(module, context.modules)
                context.report(GROUP_MODULE, APP, "app", *steps, module=module, known=known)


def _check_company(context: CheckContext, app: AppDef) -> None:
    def report(code: str, *steps: str | int, **params: object) -> None:
        context.report(code, APP, "app", "app", *steps, **params)

    if app.currency not in CURRENCIES:
        report(NO_CURRENCY, "currency", currency=app.currency)
    for position, currency in enumerate(app.currencies):
        if currency not in CURRENCIES:
            report(NO_CURRENCY, "currencies", position, currency=currency)
    for currency in app.rates:
        if currency not in app.currencies:
            report(NO_USE_OF_RATE, "rates", currency, currency=currency)
    for weekday, hours in app.hours.items():
        opening = opening_of(hours)
        if opening and opening[0] >= opening[1]:
            start, end = hours.split("-")
            report(HOURS_ORDER, "hours", weekday, start=start, end=end)
    for day in app.holidays:
        if not _is_day(day):
            report(NO_DAY, "holidays", day, day=day)
        elif len(day) > 5 and day[5:] in app.holidays:
            report(HOLIDAY_TWICE, "holidays", day, day=day, each_year=day[5:])
    if app.accent and contrast(app.accent, WHITE) < TEXT:
        found = f"{contrast(app.accent, WHITE):.2f}"
        fitting = nearest_with(app.accent, WHITE, TEXT, lighter=False)
        report(PALE_ACCENT, "accent", accent=app.accent, found=found, nearest=fitting)
    if app.logo:
        try:
            picture_of(app.logo)
        except InvalidInputError as error:
            report(error.code, "logo", **error.params)


def _is_day(day: str) -> bool:
    """A day that there is; of each year one that there is in some."""
    try:
        date.fromisoformat(day if len(day) > 5 else f"2000-{day}")
    except ValueError:
        return False
    return True


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
