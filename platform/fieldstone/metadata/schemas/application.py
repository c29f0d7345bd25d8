"""The schemas of app-wide documents: the application, e-mail templates."""

from __future__ import annotations

from fieldstone.metadata.schemas.parts import Schema, flag, name, named, record, text, texts, whole

APP: Schema = record(
    "The application.",
    {
        "app": record(
            "The application.",
            {
                "name": text("Shown in the head of every page."),
                "currency": text("The currency of money, an ISO 4217 code.", pattern="^[A-Z]{3}$"),
                "zone": text("The time zone, an IANA name."),
                "language": text("The language of those who have not chosen one.", pattern="^[a-z]{2}(_[A-Z]{2})?$"),
                "fiscal_year_start": whole("The month in which the fiscal year starts.", 1, 12),
                "week_start": whole("The first day of the week, 0 is Monday.", 0, 6),
                "groups": named(
                    "The groups of the navigation, in order.",
                    record(
                        "A group.",
                        {
                            "label": text("The title."),
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
        "label": text("How people call the template."),
        "module": name("The module whose records it writes about."),
        "subject": text("The subject line."),
        "body": text("The text, in Markdown."),
        "removed": flag("The template of a layer below is gone."),
    },
    required=("email", "subject", "body"),
)
