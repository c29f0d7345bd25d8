"""The schemas of app-wide documents: the application, e-mail templates."""

from __future__ import annotations

from fieldstone.metadata.app_definitions import USUAL_HOURS
from fieldstone.metadata.schemas.parts import Schema, flag, label, name, named, record, text, texts, whole

HOURS = "^(closed|([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]|([01][0-9]|2[0-3]):[0-5][0-9]-24:00)$"
RATE = "^(?=.*[1-9])[0-9]{1,9}([.][0-9]{1,10})?$"

APP: Schema = record(
    "The application.",
    {
        "app": record(
            "The application.",
            {
                "name": text("Shown in the head of every page."),
                "logo": text("A PNG, JPEG or WebP picture in base64, shown in place of the sign of the platform."),
                "accent": text("The colour of what can be pressed, as #rrggbb.", pattern="^#[0-9a-f]{6}$"),
                "currency": text("The currency of money, an ISO 4217 code.", pattern="^[A-Z]{3}$"),
                "currencies": texts("Further currencies in use, ISO 4217 codes. They are offered first."),
                "rates": named(
                    "Further currency → what one unit of it is worth in the `currency`.",
                    text("A number above zero.", pattern=RATE),
                    keys="^[A-Z]{3}$",
                ),
                "zone": text("The time zone, an IANA name."),
                "language": text("The language of those who have not chosen one.", pattern="^[a-z]{2}(_[A-Z]{2})?$"),
                "fiscal_year_start": whole("The month in which the fiscal year starts.", 1, 12),
                "week_start": whole("The first day of the week, 0 is Monday.", 0, 6),
                "hours": record(
                    "The business hours of each weekday: 09:00-18:00, or closed.",
                    {day: text("From and to.", pattern=HOURS) for day in USUAL_HOURS},
                ),
                "holidays": named(
                    "Days on which nobody works, by their date: 2026-10-01, or 10-01 for each year.",
                    text("What it is called."),
                    keys="^([0-9]{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
                ),
                "groups": named(
                    "The groups of the navigation, in order.",
                    record(
                        "A group.",
                        {
                            "label": label("The title."),
                            "icon": text("A Bootstrap icon."),
                            "modules": texts("Modules that come first in the group, in this order."),
                        },
                    ),
                ),
            },
        )
    },
    required=("app",),
)

EMAIL: Schema = record(
    "An e-mail template.",
    {
        "email": name("The name of the template, and of its file."),
        "label": label("How people call the template."),
        "module": name("The module whose records it writes about."),
        "subject": text("The subject line."),
        "body": text("The text, in Markdown."),
        "removed": flag("The template of a layer below is gone."),
    },
    required=("email", "subject", "body"),
)
