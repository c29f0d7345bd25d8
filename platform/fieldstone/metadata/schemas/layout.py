"""The schema of layouts."""

from __future__ import annotations

from fieldstone.metadata.schemas.parts import (
    Schema,
    expression,
    flag,
    name,
    named,
    record,
    text,
    texts,
    whole,
)

BLOCK = record(
    "A titled group of fields.",
    {
        "label": text("The title."),
        "columns": whole("Columns side by side.", 1, 4),
        "fields": texts("The fields, in order."),
        "collapsed": flag("Closed at first."),
        "visible_when": expression("The block is shown only when this holds."),
    },
    required=("fields",),
)
RELATED = record(
    "A related list on the record page.",
    {
        "label": text("The title."),
        "columns": texts("Fields of the related records."),
        "sort": texts("Fields, - in front descends."),
    },
)
VIEW = record(
    "A list view.",
    {
        "label": text("How people call the view."),
        "filter": expression("Only records for which this holds."),
        "columns": texts("Fields shown; those of the list when left out.", minItems=1),
        "sort": texts("Fields, - in front descends."),
        "default": flag("Shown first."),
    },
)

LAYOUT: Schema = record(
    "How a module is shown.",
    {
        "module": name("The module, and the name of the file."),
        "record": record(
            "The record page and the form.",
            {
                "header": texts("Fields in the head of the page."),
                "path": text("The picklist field shown as a path of stages."),
                "blocks": named("Groups of fields, in order.", BLOCK),
                "related": named("Related lists, in order.", RELATED, keys="^[a-z][a-z0-9_]*$"),
                "hidden": texts("Fields and related lists that are not shown; all others are."),
            },
        ),
        "quick_create": texts("Fields of the short form."),
        "list": record(
            "Lists of records.",
            {
                "columns": texts("Fields shown.", minItems=1),
                "views": named("List views, in order.", VIEW),
            },
        ),
        "kanban": record(
            "Cards in columns.",
            {
                "field": name("The picklist field whose values are the columns."),
                "card": texts("Fields on a card."),
                "sum": name("The number field summed up per column."),
            },
            required=("field",),
        ),
        "calendar": record(
            "Records on the days they are for. A module with a calendar is in the common calendar too.",
            {
                "start": name("The date or date-time field with which a record begins."),
                "end": name("The field with which it ends, of the same type."),
                "duration": name("The duration field, where no field has the end."),
                "all_day": name("The checkbox field of those that take whole days."),
                "colour": name("The picklist field whose colour is shown; the owner's when left out."),
            },
            required=("start",),
        ),
    },
    required=("module",),
)
