"""Everything that can be wrong with an expression, with its wording (kernel.codes)."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

EMPTY = declare(
    "expression.E001", "The expression is empty.", "Write a condition or a value, for example amount > 1000."
)
SYNTAX = declare("expression.E002", "The expression cannot be read: {detail}.", "Look at the place shown. {advice}")
TOO_LONG = declare(
    "expression.E003",
    "The expression has {length} characters; {limit} are allowed.",
    "Move a part into a formula field.",
)
TOO_MANY = declare(
    "expression.E004", "The expression has more than {limit} parts.", "Move a part into a formula field."
)
TOO_DEEP = declare(
    "expression.E005", "The expression is nested more than {limit} levels deep.", "Move a part into a formula field."
)
NOT_ALLOWED = declare("expression.E006", "{what} is not part of the expression language.", "{advice}")
NUMBER_TOO_LARGE = declare(
    "expression.E007",
    "The number {number} is too large or too precise.",
    "At most 20 digits before and 20 after the point.",
)
CONTROL_CHARACTER = declare(
    "expression.E008", "A text in the expression contains a control character.", "Remove it from the text."
)
UNKNOWN_NAME = declare("expression.E010", "There is no {name} here.", "Did you mean {nearest}?")
UNKNOWN_NAME_BARE = declare("expression.E011", "There is no {name} here.", "Names that may stand here: {names}.")
UNKNOWN_FUNCTION = declare("expression.E012", "There is no function {name}.", "Did you mean {nearest}?")
UNKNOWN_FUNCTION_BARE = declare("expression.E013", "There is no function {name}.", "Functions: {names}.")
NEEDS_PART = declare("expression.E014", "{name} is not a value by itself.", "Write {name}.{part}, for example.")
ARGUMENT_COUNT = declare("expression.E015", "{name}() takes {expected} values, {given} are given.", "Write {usage}.")
ARGUMENT_TYPE = declare(
    "expression.E016", "{name}() needs {expected} as {parameter}, {value} is {given}.", "Write {usage}."
)
ARGUMENT_LITERAL = declare(
    "expression.E017",
    "{name}() needs {parameter} written out, {value} is computed.",
    "Write {usage} with a plain value.",
)
COMPARISON_TYPES = declare(
    "expression.E018", "{left} is {left_type} and {right} is {right_type}: they cannot be compared.", "{advice}"
)
ORDER_TYPES = declare(
    "expression.E019", "{left} ({left_type}) and {right} ({right_type}) have no order.", "Compare them with == or !=."
)
ARITHMETIC_TYPES = declare(
    "expression.E020", "{left} is {left_type} and {right} is {right_type}: {operator} takes numbers.",
    "{advice}",
)  # fmt: skip
NEEDS_CONDITION = declare(
    "expression.E021", "A condition is needed here, {value} is {given}.", "Compare it, for example {example}."
)
UNKNOWN_CHOICE = declare("expression.E022", "{name} has no value '{key}'.", "Did you mean '{nearest}'?")
UNKNOWN_CHOICE_BARE = declare("expression.E023", "{name} has no value '{key}'.", "Its values are {names}.")
NOT_A_MOMENT = declare("expression.E024", "'{text}' is not a {kind}.", "Write it as {example}.")
RESULT_TYPE = declare(
    "expression.E025", "The expression gives {given}, {expected} is needed here.", "Change what it gives."
)
BRANCH_TYPES = declare(
    "expression.E026", "The values {left} ({left_type}) and {right} ({right_type}) must be of one type.",
    "Make both the same type.",
)  # fmt: skip
UNKNOWN_PERIOD = declare("expression.E027", "There is no period '{period}'.", "Did you mean '{nearest}'?")
BAD_PATTERN = declare(
    "expression.E028", "The pattern '{pattern}' cannot be used: {detail}.", "Write a simpler pattern."
)
NEEDS_FIELD = declare("expression.E029", "{name}() needs the name of a field.", "Write {name}(stage), for example.")
NO_OLD = declare(
    "expression.E030", "{name}() cannot be used here: there are no old values.",
    "Use it in workflow conditions and validation rules.",
)  # fmt: skip
NOT_IN_FILTER = declare(
    "expression.E031", "{what} cannot be used in a filter.", "Put it into a formula field and filter by that field."
)
NEEDS_RECORD = declare(
    "expression.E032", "{name}() needs a record of one module.", "Write {name}(id), or the name of a lookup."
)
ROW_OPERATOR = declare("expression.E040", "{field} ({kind}) cannot be compared by '{operator}'.", "Use one of {names}.")
ROW_VALUE = declare("expression.E041", "'{value}' is not a value for {field} ({kind}).", "Write {kind}.")
BAD_ROUND = declare("expression.E042", "{digits} is not a number of decimals.", "Write a whole number from -10 to 10.")
