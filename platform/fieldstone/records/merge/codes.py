"""Codes of what can go wrong when records are merged."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

WRONG_NUMBER = declare("merge.E001", "Two or three different records can be merged.", "Choose two or three of them.")
NO_SUCH_CHOICE = declare(
    "merge.E002",
    "The value of {label} can only be taken from one of the records that are merged.",
    "Choose one of them.",
)
NOT_CHOOSABLE = declare("merge.E003", "{label} cannot be chosen in a merge.", "Leave it out: it stays as it is.")
TOO_MUCH = declare(
    "merge.E004",
    "More than {limit} records refer to those that would go.",
    "Keep the record that most others refer to, or move them with a mass action first.",
)
NO_MERGE = declare("merge.E005", "There is no such merge.", "Look at the history of the record.")
UNDONE = declare("merge.E006", "This merge has been undone already.", "Look at the records.")
MOVED_ON = declare(
    "merge.E007",
    "The merge cannot be undone: {label} has been changed since.",
    "Restore the others from the recycle bin, and put the values right by hand.",
)
NOT_THERE = declare(
    "merge.E008",
    "The merge cannot be undone: a record of it has been deleted, restored or removed since.",
    "Put the records right by hand.",
)
