"""What is wrong with the rows of a file, row by row and summed up for the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from fieldstone.kernel.codes import declare, fill, get_code
from fieldstone.kernel.errors import FieldProblem

RAGGED = declare(
    "import.E020", "The row has {cells} cells, the header has {columns}.", "Look for a stray delimiter or quote."
)
UNRESOLVED = declare(
    "import.E021", "No {target} is called {value}.", "Create it first, mend the name, or map the value to another one."
)
AMBIGUOUS = declare(
    "import.E022", "{count} records of {target} are called {value}.", "Use a number or another key that is unique."
)
AMBIGUOUS_KEY = declare(
    "import.E023", "{count} records have {field} = {value}.", "Merge them first, or choose another key."
)
EMPTY_KEY = declare("import.E024", "The key {field} is empty.", "Give every row a key, or choose another one.")
REPEATED_KEY = declare(
    "import.W001", "The key {value} stands more than once in the file.", "The later row is applied to the same record."
)
REPEATED_SKIPPED = declare(
    "import.W002",
    "The key {value} stands more than once in the file.",
    "The later row is skipped, as all rows are whose record is there already.",
)

_SHOWN_VALUE = 200


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """One problem of one row. `message` carries an administrator's own words (a rule), else the code words it."""

    row: int
    field: str
    value: str
    code: str
    params: dict[str, Any] = attribute(default_factory=dict)
    message: str = ""

    @property
    def text(self) -> str:
        return self.message or fill(get_code(self.code).message, self.params)


@dataclass(frozen=True, kw_only=True)
class ProblemGroup:
    """Equal problems: the first row that has it, and how many have."""

    row: int
    field: str
    value: str
    code: str
    params: dict[str, Any]
    message: str
    count: int


def row_problem(row: int, name: str, said: object, code: str, /, **params: object) -> RowProblem:
    """A problem with what the file says; a long text is shortened for the report."""
    shown = "" if said is None else str(said)
    if len(shown) > _SHOWN_VALUE:
        shown = shown[:_SHOWN_VALUE] + "…"
    if "value" in params:
        params["value"] = shown
    return RowProblem(row=row, field=name, value=shown, code=code, params=params)


def from_field_problem(row: int, value: object, problem: FieldProblem) -> RowProblem:
    plain = {key: item if isinstance(item, (int, str)) else str(item) for key, item in problem.params.items()}
    found = row_problem(row, problem.field, value, problem.code, **plain)
    return RowProblem(
        row=row, field=found.field, value=found.value, code=found.code, params=found.params, message=problem.message
    )


def group_problems(problems: Iterable[RowProblem]) -> list[ProblemGroup]:
    """One line per distinct field, value and message, in order of the first row."""
    first: dict[tuple[str, str, str], RowProblem] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for problem in problems:
        key = (problem.field, problem.value, problem.text)
        first.setdefault(key, problem)
        counts[key] = counts.get(key, 0) + 1
    return [
        ProblemGroup(
            row=each.row,
            field=each.field,
            value=each.value,
            code=each.code,
            params=each.params,
            message=each.message,
            count=counts[key],
        )
        for key, each in first.items()
    ]
