"""Codes of what the schemas find: the same nine in every area, so that a number always means the same."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

AREAS = ("app", "role", "sharing", "picklist", "module", "field", "layout", "workflow", "email", "translation", "move")

UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, NOT_ONE_OF, ILL_FORMED, OUT_OF_RANGE, TOO_FEW, REPEATED, TOO_LONG = range(1, 10)

_MESSAGES = {
    UNKNOWN_KEY: ("There is no attribute {key!r} here.", "Closest attributes: {known}."),
    MISSING_KEY: ("The attribute {key!r} is missing.", "Add `{key}: …`."),
    WRONG_TYPE: ("{key!r} should be {expected}.", "Write {expected}, without quotes where it is a number or a flag."),
    NOT_ONE_OF: ("{key!r} cannot be {value!r}.", "Closest choices: {known}."),
    ILL_FORMED: ("{value!r} is not well formed.", "It must match {pattern}."),
    OUT_OF_RANGE: ("{key!r} cannot be {value}: the limit is {limit}.", "Choose a value within the limit."),
    TOO_FEW: ("{key!r} needs at least {limit} and at most {most}.", "Add or remove entries."),
    TOO_LONG: ("{key!r} is too long: {length} characters, and {limit} are the most.", "Write it shorter."),
    REPEATED: ("{value!r} is listed twice in {key!r}.", "List it once."),
}


def schema_code(area: str, number: int) -> str:
    """The code of one finding of a schema in an area: ("field", UNKNOWN_KEY) → "field.E001"."""
    return f"{area}.E{number:03d}"


for _area in AREAS:
    for _number, (_message, _hint) in _MESSAGES.items():
        declare(schema_code(_area, _number), _message, _hint)
