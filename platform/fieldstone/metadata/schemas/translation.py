"""The schema of translations: a mirror of the documents that holds only their words."""

from __future__ import annotations

from fieldstone.metadata.schemas.parts import Schema, help_text, label, message, record, text


def _words(description: str, entry: Schema | None = None) -> Schema:
    return _entries(description, entry or label("The translation."))


def _entries(description: str, entry: Schema) -> Schema:
    return {"type": "object", "description": description, "additionalProperties": entry}


_LABEL = label("The translation of the label.")
_FIELD: Schema = {
    "type": ["object", "string", "number", "boolean"],
    "maxLength": _LABEL["maxLength"],
    "properties": {
        "label": _LABEL,
        "help": help_text("The translation of the help."),
        "placeholder": label("The translation of the placeholder."),
    },
    "additionalProperties": False,
}
_MODULE = record(
    "The words of one module.",
    {
        "label": _LABEL,
        "plural": label("The translation of the plural."),
        "help": help_text("The translation of the help."),
        "fields": _entries("Labels of fields, or label and help.", _FIELD),
        "blocks": _words("Titles of blocks."),
        "tabs": _words("Titles of tabs."),
        "views": _words("Labels of list views."),
        "relations": _words("Labels of related lists."),
        "rules": _words("Messages of rules.", message("The translation.")),
        "workflows": _words("Labels of workflows."),
        "record_types": _words("Labels of record types."),
    },
)
_PICKLIST = record("The words of one picklist.", {"label": _LABEL, "values": _words("Labels of values.")})
_EMAIL = record(
    "The words of one e-mail template.",
    {"label": _LABEL, "subject": text("The subject line."), "body": text("The text.")},
)

TRANSLATION: Schema = record(
    "The words of the documents in another language.",
    {
        "language": {
            "type": "string",
            "pattern": "^[a-z]{2}(_[A-Z]{2})?$",
            "description": "The language, and the name of the file.",
        },
        "modules": _entries("By module.", _MODULE),
        "picklists": _entries("By picklist.", _PICKLIST),
        "groups": _words("Titles of groups."),
        "roles": _words("Labels of roles."),
        "profiles": _words("Labels of profiles."),
        "sharing_rules": _words("Labels of sharing rules."),
        "emails": _entries("By template.", _EMAIL),
        "system": _words("Labels of the fields that every module has."),
    },
    required=("language",),
)
