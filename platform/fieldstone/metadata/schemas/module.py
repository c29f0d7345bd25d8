"""The schema of modules. Fields are checked one by one with `field_schema` of their type."""

from __future__ import annotations

from fieldstone.metadata.schemas.parts import (
    Schema,
    expression,
    flag,
    help_text,
    label,
    message,
    name,
    named,
    one_of,
    record,
    text,
    texts,
    whole,
)
from fieldstone.metadata.schemas.picklist import CHOOSERS

_FIELD: Schema = {"type": "object"}

NUMBER = record(
    "Numbers records in the order of their creation.",
    {
        "prefix": text("Written before the number.", maxLength=20),
        "digits": whole("The fewest digits.", 1, 12),
    },
)
RECORD_TYPE = record(
    "A variant of the module.",
    {
        "label": label("How people call the variant."),
        "picklists": named("The values that picklist fields may hold.", texts("Keys, in order.", minItems=1)),
        "roles": CHOOSERS,
    },
)
RULE = record(
    "A rule that blocks the save when its condition holds.",
    {
        "if": expression("The condition."),
        "message": message("Said to the person who saves."),
        "field": name("The field the message is shown at."),
    },
    required=("if", "message"),
)
RELATION = record(
    "A related list that is stored in a table of links.",
    {
        "kind": one_of("The kind of relation.", "many_to_many"),
        "to": name("The other module."),
        "label": label("How people call the list."),
        "reverse": name("The name of the list on the other side."),
        "reverse_label": label("The label of the list on the other side."),
        "attributes": named("Fields of the link itself.", _FIELD),
    },
    required=("kind", "to"),
)
DUPLICATES = record(
    "When records count as duplicates.",
    {
        "match": texts("Fields that are equal in duplicates.", minItems=1),
        "on_match": one_of("Warn, or refuse the save.", "warn", "block"),
    },
    required=("match",),
)
ACTIVITY = record(
    "Records of the module are shown in the activity of the records they are about.",
    {
        "about": name("The lookup to the record."),
        "kind": one_of(
            "Comments have authors, mentions and replies; entries are told as having been added.", "comment", "entry"
        ),
        "text": name("A text field that is shown below the line."),
        "done": name("The date-time at which it was finished."),
        "reply_to": name("The lookup of a comment to the one it answers."),
        "edited_at": name("The date-time at which the text was last changed."),
        "pinned": name("The checkbox of what stands above the activity."),
    },
    required=("about",),
)
REMINDER = record(
    "Owners are reminded of a record some time before a date.",
    {
        "at": name("The date or date-time."),
        "before": name("A duration field: how long before."),
        "time": text("When the day begins that a date means, as hh:mm.", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        "if": expression("What must hold when the time has come."),
    },
    required=("at", "before"),
)
OCCURS = record(
    "When what records stand for happens, and how it repeats.",
    {
        "start": name("The date or date-time with which it begins."),
        "end": name("The one with which it ends."),
        "all_day": name("The checkbox of what takes whole days: the same days for everybody."),
        "zone": name("A text field for the time zone in which the times are meant; filled in with the person's."),
        "repeat": name("A recurrence field: the record is the first of a series."),
        "series": name("The lookup of one that was changed alone, to its series."),
    },
    required=("start",),
)

MODULE: Schema = record(
    "A kind of record.",
    {
        "module": name("The name of the module, and of its file."),
        "label": label("How people call one record."),
        "plural": label("How people call several."),
        "group": text("The group of the navigation."),
        "icon": text("A Bootstrap icon.", pattern="^[a-z0-9-]+$"),
        "help": help_text("A sentence that says what the module is for."),
        "name_field": name("The field that names a record."),
        "number": NUMBER,
        "record_types": named("Variants with their own stages.", RECORD_TYPE),
        "fields": named("The fields, in order.", _FIELD) | {"minProperties": 1},
        "duplicates": DUPLICATES,
        "activity": ACTIVITY,
        "reminder": REMINDER,
        "occurs": OCCURS,
        "rules": named("Validation rules.", RULE),
        "relations": named("Related lists besides those of lookups.", RELATION),
        "indexes": {
            "type": "array",
            "items": texts("Fields of one index.", minItems=1, maxItems=4),
            "description": "Indexes over several fields.",
        },
        "searchable": flag("Found by the search over all modules."),
        "hidden": flag("Left out of the navigation."),
        "removed": flag("The module is gone: neither shown nor usable; its records stay."),
    },
    required=("module", "fields"),
)
