"""Codes of reading as of a past time."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

BAD_MOMENT = declare(
    "as_of.E001",
    "“{value}” is not a time.",
    "Write a date (2026-03-14, the end of that day) or a time with its offset (2026-03-14T09:30:00Z).",
)
IN_FUTURE = declare("as_of.E002", "{value} is in the future.", "Ask for a time that has passed.")
TOO_MANY = declare(
    "as_of.E003",
    "More than {limit} changes were made since then to what this reads.",
    "Ask for a later time, or let `fieldstone export MODULE --as-of TIME` write the list to a file.",
)
NO_ARCHIVE = declare("as_of.E004", "This process keeps no past models.", "Open the site with `Site.open`.")
CALLED_OTHERWISE = declare(
    "as_of.E005",
    "At that time {module} was called {former}.",
    "Ask for {former}; its fields have the names of that time too.",
)
