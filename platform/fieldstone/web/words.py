"""The wording of errors, problems and diagnostics in the reader's language.

They travel as code and parameters; the English template of a code is the message id of its translation.
"""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.kernel.codes import fill, get_code
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.kernel.errors import FieldProblem, FieldstoneError
from fieldstone.web.i18n import gettext


def word(code: str, params: Mapping[str, object]) -> str:
    """What happened."""
    return fill(gettext(get_code(code).message), dict(params))


def word_hint(code: str, params: Mapping[str, object]) -> str:
    """What to do about it, or ""."""
    hint = get_code(code).hint
    return fill(gettext(hint), dict(params)) if hint else ""


def word_error(error: FieldstoneError) -> str:
    return word(error.code, error.params)


def word_error_hint(error: FieldstoneError) -> str:
    return word_hint(error.code, error.params)


def word_problem(problem: FieldProblem) -> str:
    """Cause and remedy of one value's problem; an administrator's own words stand alone."""
    if problem.message:
        return problem.message
    text, hint = word(problem.code, problem.params), word_hint(problem.code, problem.params)
    return f"{text} {hint}" if hint else text


def word_diagnostic(diagnostic: Diagnostic) -> str:
    return word(diagnostic.code, diagnostic.params)
