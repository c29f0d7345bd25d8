"""The schema of picklists and of values written directly on a field."""

from __future__ import annotations

from fieldstone.metadata.schemas.parts import Schema, flag, label, name, named, one_of, record, text, texts, whole

COLOURS = ("gray", "blue", "cyan", "teal", "green", "amber", "orange", "red", "pink", "violet")
MEANINGS = ("open", "won", "lost", "closed", "")
VALUE_KEY = "^[a-z0-9][a-z0-9_]{0,39}$"

CHOOSERS: Schema = texts("Only people with one of these roles may choose it; everybody when left out.")
VALUE_ATTRIBUTES: dict[str, Schema] = {
    "label": label("How people call the value. Made from its key when left out."),
    "colour": one_of("A hue of the interface.", *COLOURS),
    "active": flag("Offered for new choices."),
    "meaning": one_of("What the value says about the record.", *MEANINGS),
    "probability": whole("How likely a record at this value succeeds, in per cent.", 0, 100),
    "roles": CHOOSERS,
}
VALUE: Schema = {
    "type": ["object", "string", "number", "boolean"],
    "description": "One value: its attributes, or just its label.",
    "maxLength": VALUE_ATTRIBUTES["label"]["maxLength"],
    "properties": VALUE_ATTRIBUTES,
    "additionalProperties": False,
}
VALUES: Schema = named("The values, in order.", VALUE, keys=VALUE_KEY) | {"minProperties": 1}

PICKLIST: Schema = record(
    "A picklist, shared by fields of any module.",
    {
        "picklist": name("The name of the picklist, and of its file."),
        "label": label("How people call the picklist."),
        "default": text("The value chosen for new records."),
        "values": VALUES,
        "removed": flag("The picklist of a layer below is gone."),
    },
    required=("picklist", "values"),
)
