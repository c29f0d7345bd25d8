"""The schema of layouts."""

from __future__ import annotations

from fieldstone.metadata.schemas.parts import (
    Schema,
    expression,
    flag,
    label,
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
        "label": label("The title."),
        "columns": whole("Columns side by side.", 1, 4),
        "fields": texts("The fields, in order."),
        "collapsed": flag("Closed at first."),
        "visible_when": expression("The block is shown only when this holds."),
        "tab": name("The tab it stands in; the first one when left out."),
    },
    required=("fields",),
)
TAB = record("A part of the record page and the form, with blocks of its own.", {"label": label("The title.")})
RELATED = record(
    "A related list on the record page.",
    {
        "label": label("The title."),
        "columns": texts("Fields of the related records."),
        "sort": texts("Fields, - in front descends."),
    },
)
VIEW = record(
    "A list view.",
    {
        "label": label("How people call the view."),
        "filter": expression("Only records for which this holds."),
        "columns": texts("Fields shown; those of the list when left out.", minItems=1),
        "sort": texts("Fields, - in front descends."),
        "default": flag("Shown first."),
    },
)

PAGE = record(
    "The record page and the form.",
    {
        "header": texts("Fields in the head of the page."),
        "path": text("The picklist field shown as a path of stages."),
        "tabs": named("Tabs, in order. Without any, all blocks stand below each other.", TAB),
        "blocks": named("Groups of fields, in order.", BLOCK),
        "related": named("Related lists, in order.", RELATED, keys="^[a-z][a-z0-9_]*$"),
        "hidden": texts("Fields and related lists that are not shown; all others are."),
    },
)
QUICK_CREATE = texts("Fields of the short form.")
VARIANT = record(
    "Another record page for records of one type, for people with one role, or for both. What it says takes the "
    "place of what the layout says; tabs, blocks and what is hidden go together.",
    {
        "label": label("How administrators call it."),
        "record_type": name("The type of the records it is for; all when left out."),
        "role": name("The role of those who see it; everybody when left out."),
        "record": PAGE,
        "quick_create": QUICK_CREATE,
    },
)

LAYOUT: Schema = record(
    "How a module is shown.",
    {
        "module": name("The module, and the name of the file."),
        "record": PAGE,
        "variants": named("Other pages for some; of those that fit the first counts.", VARIANT),
        "quick_create": QUICK_CREATE,
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
