"""Why a value cannot go along when the type of its field changes, or breaks a definition made stricter."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

SEVERAL_VALUES = declare(
    "field.E180",
    "There are {count} values ({value}), but the new type holds one.",
    "Reduce them to one, or choose a type that holds several.",
)
NO_LABEL = declare(
    "field.E181", "The record {value} has no name that could be taken over.", "Give it a name, or clear the reference."
)
IN_SEVERAL_MODULES = declare(
    "field.E182", "“{value}” is the name of records of several modules: {modules}.", "Write it as {module}:{value}."
)
NOT_THIS_NUMBER = declare(
    "field.E183", "“{value}” is not a number with the prefix “{prefix}”.", "Change the prefix, or the value."
)
NO_USER = declare("field.E184", "{value} is a team, but the new type holds a user.", "Choose a user first.")
STILL_REQUIRED = declare("field.E185", "{label} is required.", "Fill it in.")
