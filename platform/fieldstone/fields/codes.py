"""Why a value cannot be taken: the codes `field.E1xx` with their English wording.

Parameters quote what was sent (shortened), never the value of another record.
"""

from __future__ import annotations

from fieldstone.kernel.codes import declare

WRONG_KIND = declare("field.E101", "This cannot be read as {type}: {value}.", "Send {expected}.")
CONTROL_CHARACTER = declare(
    "field.E102", "The text holds a character that cannot be stored ({character}).", "Remove it and save again."
)
SEVERAL_LINES = declare("field.E103", "The text must be on one line.", "Remove the line breaks.")
TOO_LONG = declare("field.E104", "The text has {length} characters; at most {limit} fit.", "Shorten it.")
TOO_SHORT = declare("field.E105", "The text has {length} characters; at least {limit} are needed.", "Lengthen it.")
NO_MATCH = declare("field.E106", "“{value}” does not have the form this field asks for.", "The pattern is {pattern}.")
NO_MATCH_OWN_WORDS = declare("field.E107", "{message}")

NOT_A_NUMBER = declare("field.E110", "“{value}” is not a number.", "Write it like 1234.5 or 1,234.50.")
TOO_MANY_DECIMALS = declare(
    "field.E111", "{value} has more than {limit} decimals.", "Round it yourself: nothing is rounded silently."
)
BELOW_MINIMUM = declare(
    "field.E112", "{value} is less than {limit}, the smallest value allowed.", "Enter {limit} or more."
)
ABOVE_MAXIMUM = declare(
    "field.E113", "{value} is more than {limit}, the largest value allowed.", "Enter {limit} or less."
)
NOT_WHOLE = declare("field.E114", "{value} is not a whole number.", "Leave out the decimals.")
OUT_OF_BOUNDS = declare("field.E115", "{value} is too large to be stored.", "Stay below {limit}.")
OTHER_CURRENCY = declare(
    "field.E116", "“{value}” names {found}, but this field holds {expected}.", "Convert the amount to {expected} first."
)

NOT_A_DATE = declare("field.E120", "“{value}” is not a date.", "Write it like 2026-03-14.")
AMBIGUOUS_DATE = declare(
    "field.E121",
    "“{value}” could be read as different dates.",
    "Write it like 2026-03-14, or say the order of day and month.",
)
TOO_EARLY = declare("field.E122", "{value} is before {limit}, the earliest allowed.", "Choose {limit} or later.")
TOO_LATE = declare("field.E123", "{value} is after {limit}, the latest allowed.", "Choose {limit} or earlier.")
NOT_A_DATETIME = declare("field.E124", "“{value}” is not a date with a time.", "Write it like 2026-03-14 09:30.")
SKIPPED_TIME = declare(
    "field.E125", "{value} does not exist in {zone}: the clocks are put forward then.", "Choose a time before or after."
)
NOT_A_TIME = declare("field.E126", "“{value}” is not a time of day.", "Write it like 14:05.")
NOT_A_DURATION = declare("field.E127", "“{value}” is not a duration.", "Write it like 1 h 30 min or 1:30.")
DURATION_UNIT = declare("field.E128", "“{value}” does not say its unit.", "Write {value} min, {value} h or 1:30.")
DATE_WITH_TIME = declare(
    "field.E129", "“{value}” has a time of day, but this field holds a date.", "Leave out the time."
)

NOT_YES_OR_NO = declare("field.E130", "“{value}” is neither yes nor no.", "Write yes or no.")
NOT_AN_EMAIL = declare("field.E131", "“{value}” is not an e-mail address.", "Write one address like anna@example.com.")
NOT_A_PHONE = declare(
    "field.E132", "“{value}” is not a phone number.", "Use digits, spaces and + - ( ) . /, with an extension like x12."
)
NOT_A_URL = declare("field.E133", "“{value}” is not a web address.", "Write it like https://example.com.")
NOT_A_COLOUR = declare("field.E135", "“{value}” is not a colour.", "Write it like #1f6feb.")

NO_SUCH_CHOICE = declare("field.E140", "“{value}” is not among the values to choose from.", "Did you mean “{nearest}”?")
AMBIGUOUS_CHOICE = declare("field.E141", "Several values are called “{value}”.", "Use the key: {keys}.")
TOO_MANY_ITEMS = declare("field.E142", "{count} items are too many; at most {limit} fit.", "Remove some.")
TAG_TOO_LONG = declare("field.E143", "The tag “{value}” is longer than {limit} characters.", "Shorten it.")
TAG_SEPARATOR = declare("field.E144", "The tag “{value}” holds a comma or semicolon.", "Send it as two tags.")

NOT_A_REFERENCE = declare("field.E150", "“{value}” does not name a record.", "Send the id of the record.")
NOT_FOUND = declare("field.E151", "Nothing called “{value}” was found.", "Check the spelling, or create it first.")
WHICH_MODULE = declare(
    "field.E152", "“{value}” does not say which module it belongs to.", "Send module and id, such as {module}:12."
)
WRONG_MODULE = declare("field.E153", "This field cannot refer to “{module}”.", "Choose among: {targets}.")

COMPUTED = declare("field.E160", "This field is computed, it cannot be written.", "Change the fields it is made from.")
NOT_JSON = declare("field.E161", "This is not a JSON object or list.", 'Write it like {{"size": 3}}.')
JSON_TOO_DEEP = declare("field.E162", "The JSON is nested deeper than {limit} levels.", "Flatten it.")
JSON_TOO_LARGE = declare("field.E163", "The JSON is larger than {limit} characters.", "Shorten it.")
NO_SECRET_KEY = declare(
    "field.E164", "Secrets cannot be stored here: no encryption key is at hand.", "Set the site's secret key."
)
MASK_SENT = declare("field.E165", "The mask is not a secret.", "Leave the field out to keep what is stored.")
UNKNOWN_PART = declare("field.E167", "“{part}” is not part of this field.", "Its parts are: {parts}.")
NOT_PARTS = declare(
    "field.E168", "“{value}” cannot be split into {parts}.", "Separate exactly these parts by “{separator}”."
)

NOT_A_RULE = declare(
    "field.E171", "“{value}” is not a rule of repetition.", "Write it like FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261231."
)
REPEATS_TOO_OFTEN = declare("field.E172", "Nothing can repeat more often than daily.", "Use FREQ=DAILY or longer.")
TOO_MANY_REPEATS = declare(
    "field.E173",
    "A rule repeats at most {times} times, every {interval} at the longest, with at most {days} days left out.",
    "Make the numbers smaller, or give a last day with UNTIL.",
)
NO_SUCH_RULE = declare(
    "field.E174",
    "“{part}” cannot be used in this way in a rule of repetition.",
    "Leave it out, or choose another rule.",
)

PATTERN_REFUSED = declare(
    "field.E170", "The pattern cannot be used: {reason}.", "Use simple repetitions, none inside another."
)
