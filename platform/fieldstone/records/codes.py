"""Codes of what can go wrong when records are written (E001 and E002 stand beside their exceptions)."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

NO_FIELD = declare("record.E003", "{module} has no field {field}.", "Look at the fields of the module.")
COMPUTED = declare("record.E004", "{label} is computed and cannot be set.", "Leave it out.")
SYSTEM_FIELD = declare("record.E005", "{field} is kept by the system and cannot be set.", "Leave it out.")
READ_ONLY = declare("record.E007", "{label} is read-only.", "Leave it as it is.")
READ_ONLY_NOW = declare("record.E008", "{label} can no longer be changed.", "Leave it as it is.")
NOT_FOUND = declare("record.E010", "There is no such record.", "It may have been deleted, or you may not see it.")
NO_MODULE = declare("record.E011", "There is no module {module}.", "Look at the list of modules; names are exact.")
REQUIRED = declare("record.E012", "{label} is required.", "Fill it in.")
NOT_UNIQUE = declare("record.E013", "{label} {value} is already used by {other}.", "Use another value.")
NOT_UNIQUE_HIDDEN = declare("record.E014", "{label} {value} is already used.", "Use another value.")
NOT_UNIQUE_HERE = declare("record.E015", "{label} {value} is given twice in this save.", "Use another value.")
NO_TARGET = declare("record.E016", "{label} names a record that does not exist.", "Choose another one.")
INACTIVE_VALUE = declare("record.E017", "{label}: {value} is no longer offered.", "Choose another value.")
NOT_IN_RECORD_TYPE = declare("record.E018", "{label}: {value} is not offered for this record type.", "Choose another.")
NOT_WITH_OTHER = declare(
    "record.E060", "{label}: {value} is not offered with what {other} says.", "Choose another one, or change {other}."
)
NOT_OFFERED_NOW = declare(
    "record.E062",
    "{label}: {value} is not offered for what the record says now.",
    "Choose another one, or change what it depends on.",
)
NOT_FOR_ROLE = declare("record.E061", "{label}: your role may not choose {value}.", "Ask an administrator.")
NO_RECORD_TYPE = declare("record.E019", "{module} has no record type {value}.", "Choose one of its record types.")
RULE = declare("record.E020", "A rule does not allow this: {rule}.", "Mend what the rule says.")
DUPLICATE = declare("record.E021", "There is already such a record: {other}.", "Open that one instead.")
DUPLICATE_HIDDEN = declare("record.E022", "There is already such a record, which you may not see.", "Ask its owner.")
DUPLICATE_HERE = declare("record.E023", "The same record is given twice in this save.", "Leave one out.")
POSSIBLE_DUPLICATES = declare(
    "record.E024", "Not saved: {count} records look like ones that exist.", "Compare them, or save anyway."
)
NO_REFERENCE = declare("record.E025", "{label} refers to {ref}, which is not in this save.", "Send both together.")
REFERENCE_FAILED = declare("record.E026", "{label} refers to a record that could not be saved.", "Mend that one first.")
SAME_RECORD_TWICE = declare("record.E027", "The same record is changed twice in this save.", "Merge the changes.")
TOO_DEEP = declare(
    "record.E028", "Workflows set off each other without end: {path}.", "Give one of them a condition that ends it."
)
LOST_RACE = declare("record.E029", "Somebody else saved something that excludes this at the same time.", "Try again.")
RESTRICTED = declare(
    "record.E030", "{label} cannot be deleted: other records refer to it ({plural}).", "Change those first."
)
NO_RELATION = declare("record.E031", "{module} has no relation {relation}.", "Look at the relations of the module.")
NOT_IN_BIN = declare("record.E032", "This record is not in the recycle bin.", "It may have been restored already.")
NO_ENTRY = declare("record.E033", "There is no such entry in the history.", "Open the history again.")
CANNOT_UNDO = declare("record.E034", "This entry of the history cannot be undone.", "Change the record by hand.")
FORMER_TYPE = declare(
    "record.E038",
    "{label} had another type then; “{value}” does not fit its present one.",
    "Change the record by hand.",
)
UNDO_REFUSED = declare(
    "record.E035", "Not undone: {count} records have been changed or used since.", "Look at those records first."
)
NO_ATTRIBUTE = declare("record.E036", "The relation {relation} has no attribute {field}.", "Names are exact.")
NOT_LINKABLE = declare("record.E037", "Records of {relation} cannot be unlinked: {label} is required.", "Edit them.")
NO_ZONE = declare("record.E058", "“{zone}” is no time zone.", "Write it like Asia/Shanghai.")
NO_SUCH_FORM = declare("record.E057", "Records are not exported as {form}.", "Choose csv, json, xlsx or vcard.")
NOT_READY = declare(
    "record.E050",
    "{label} is being brought over from an earlier definition and cannot be changed yet.",
    "Try again in a while: a job is at it.",
)
