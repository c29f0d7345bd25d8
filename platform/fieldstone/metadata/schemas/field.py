"""The schema of one field, chosen by its `type`: common attributes and those the type uses."""

from __future__ import annotations

from fieldstone.fields.base import FieldType
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
from fieldstone.metadata.schemas.picklist import VALUE_KEY, VALUES

_SCALAR: Schema = {"type": ["string", "number"]}

COMMON: dict[str, Schema] = {
    "type": name("The field type."),
    "label": label("How people call the field. Made from the name when left out."),
    "help": help_text("A sentence shown with the field."),
    "placeholder": label("Shown in the empty input."),
    "index": flag("Keep an index, for lists that filter or sort by the field."),
    "searchable": flag("Find records by this field's text. Each type has its own default."),
    "exportable": flag("Offered in exports."),
    "audited": flag("Changes are kept in the history."),
    "personal": flag("Personal data, for requests to see or erase it."),
    "visible_when": expression("The field is shown only when this holds."),
}
"""Attributes that a field of any type may have."""

WRITTEN: dict[str, Schema] = {
    "required": flag("A record cannot be saved without a value."),
    "unique": flag("No two records share a value."),
    "default": {"description": "The value of a new record."},
    "default_expression": expression("Gives the value of a new record."),
    "read_only": flag("People, imports and the API cannot write it; workflows and defaults can."),
    "read_only_after_create": flag("Fixed once the record exists."),
    "quick_create": flag("Asked for in the short form."),
    "mass_edit": flag("May be changed for many records at once."),
    "importable": flag("Offered in imports."),
    "copy": flag("Taken over when a record is duplicated."),
    "required_when": expression("A value is needed when this holds."),
    "read_only_when": expression("The field cannot be changed when this holds."),
}
"""Attributes of fields that people write; computed ones have none of these."""

COMPUTED: dict[str, Schema] = {
    "reveals": flag("Shown even to those who may not read the fields it is computed from."),
}

BY_TYPE: dict[str, Schema] = {
    "min": {**_SCALAR, "description": "The smallest value allowed."},
    "max": {**_SCALAR, "description": "The largest value allowed."},
    "min_length": whole("The fewest characters allowed.", 0, 1_000_000),
    "max_length": whole("The most characters allowed.", 1, 1_000_000),
    "decimals": whole("Decimals kept.", 0, 10),
    "pattern": text("A regular expression that the whole value must match."),
    "pattern_message": message("Said when the pattern does not match."),
    "picklist": name("The picklist that holds the values."),
    "values": VALUES,
    "depends_on": record(
        "Which values may be chosen follows from another picklist field of the module.",
        {
            "field": name("The other field."),
            "options": named(
                "A value of the other field, and the values that may be chosen with it; all when it is left out.",
                texts("Keys."),
                keys=VALUE_KEY,
            ),
        },
        required=("field", "options"),
    ),
    "options_when": named(
        "Values that may be chosen only when something holds.", expression("When it may be chosen."), keys=VALUE_KEY
    ),
    "to": {
        "type": ["string", "array"],
        "items": {"type": "string"},
        "minItems": 1,
        "uniqueItems": True,
        "description": 'The module looked up, a list of modules, or ["*"] for any.',
    },
    "on_delete": one_of("What happens when the record looked up is deleted.", "restrict", "clear", "cascade"),
    "reverse": name("The name of the related list on the other side."),
    "reverse_label": label("The label of the related list on the other side."),
    "result": name("The field type of the result."),
    "expression": expression("Gives the value."),
    "relation": name("The related list that is summed up."),
    "function": one_of("How it is summed up.", "count", "sum", "min", "max", "avg"),
    "of": name("The field of the related records."),
    "where": expression("Only related records for which this holds."),
    "prefix": text("Written before the number.", maxLength=20),
    "digits": whole("The fewest digits of the number.", 1, 12),
    "grouping": flag("Digits stand in groups of three; false for years and the like."),
    "currency": text("The currency, an ISO 4217 code.", pattern="^[A-Z]{3}$"),
    "track_duration": flag("Keep how long records stay at each value."),
}
"""Attributes that belong to some types; `FieldType.attributes` says which."""

_FILLED_IN = frozenset({"result", "picklist", "values"})
"""Attributes the compiler derives or checks itself: never missing in the eyes of the schema."""


def field_schema(field_type: FieldType) -> Schema:
    """The schema of a field of one type."""
    properties = dict(COMMON)
    properties.update(COMPUTED if field_type.computed else WRITTEN)
    for attribute in sorted(field_type.attributes | field_type.required_attributes):
        known = BY_TYPE.get(attribute) or WRITTEN.get(attribute) or COMPUTED.get(attribute)
        if known is not None:
            properties[attribute] = known
    if "picklist" in properties:
        properties["values"] = VALUES
    required = ("type", *sorted(field_type.required_attributes - _FILLED_IN))
    return record(f"A field of type {field_type.name}.", properties, required=required)
