"""What is raised for an expression that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fieldstone.expressions import codes as _codes  # noqa: F401  (declares the wording)
from fieldstone.kernel.codes import fill, get_code
from fieldstone.kernel.errors import InvalidInputError


@dataclass(frozen=True, kw_only=True)
class ExpressionProblem:
    """One problem. `column` counts characters from 1; 0 = the whole expression."""

    code: str
    params: dict[str, object] = field(default_factory=dict)
    column: int = 0

    @property
    def message(self) -> str:
        """The English wording."""
        return fill(get_code(self.code).message, self.params)

    @property
    def hint(self) -> str:
        return fill(get_code(self.code).hint, self.params).strip()


class ExpressionError(InvalidInputError):
    """An expression that cannot be read, checked or used here; carries every problem.

    Code and parameters are those of the first problem.
    """

    def __init__(self, problems: Iterable[ExpressionProblem]) -> None:
        self.problems = list(problems)
        first = self.problems[0]
        super().__init__(first.code, **first.params)


def refuse(code: str, /, *, column: int = 0, **params: object) -> ExpressionError:
    """An error with one problem, to be raised."""
    return ExpressionError([ExpressionProblem(code=code, params=params, column=column)])
