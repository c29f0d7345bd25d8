"""The wording of errors, problems and diagnostics in the reader's language.

They travel as code and parameters; the English template of a code is the message id of its translation.
Parameters that name a module, a right or a field are worded too.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import has_request_context

from fieldstone.kernel.codes import fill, get_code
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.kernel.errors import FieldProblem, FieldstoneError
from fieldstone.web import offer_words
from fieldstone.web.current import current_model
from fieldstone.web.described import DescribedModule
from fieldstone.web.i18n import current_language, gettext


def word(code: str, params: Mapping[str, object]) -> str:
    """What happened."""
    return fill(gettext(get_code(code).message), _spoken(params))


def word_hint(code: str, params: Mapping[str, object]) -> str:
    """What to do about it, or ""."""
    hint = get_code(code).hint
    return fill(gettext(hint), _spoken(params)).strip() if hint else ""


def word_error(error: FieldstoneError) -> str:
    return word(error.code, error.params)


def word_error_hint(error: FieldstoneError) -> str:
    return word_hint(error.code, error.params)


def explain(error: FieldstoneError) -> str:
    """Cause and remedy of an error."""
    return " ".join(filter(None, (word_error(error), word_error_hint(error))))


def word_problem(problem: FieldProblem, module: DescribedModule | None = None) -> str:
    """Cause and remedy of one value's problem; the message of a rule stands alone, as it is translated."""
    if problem.message:
        return _rule_message(problem)
    params = dict(problem.params)
    field = module.find(problem.field) if module is not None and problem.field else None
    if field is not None:
        params["label"] = field.label
    remedy = ""
    if module is not None and field is not None and problem.code in offer_words.CODES:
        remedy = offer_words.needed(module, field, problem.code, str(params["value"]))
        params = offer_words.spoken_params(module, field, params)
    return " ".join(filter(None, (word(problem.code, params), remedy or word_hint(problem.code, params))))


def word_problems(problems: list[FieldProblem], module: DescribedModule | None = None) -> str:
    """All of them in one line, for a toast."""
    return " ".join(word_problem(problem, module) for problem in problems)


def word_diagnostic(diagnostic: Diagnostic) -> str:
    return word(diagnostic.code, diagnostic.params)


def word_diagnostic_whole(diagnostic: Diagnostic, path: str = "") -> str:
    """Cause and remedy, and the place when it is not in the document at `path`, which the reader is changing."""
    cause, remedy = word_diagnostic(diagnostic), word_hint(diagnostic.code, diagnostic.params)
    file = diagnostic.location.file
    place = f"({diagnostic.location})" if file and not (path and file.endswith(path)) else ""
    return " ".join(filter(None, (cause, remedy, place)))


def _rule_message(problem: FieldProblem) -> str:
    key = f"rule.{problem.params.get('module')}.{problem.params.get('rule')}"
    return current_model().text(key, current_language(), problem.message)


def _spoken(params: Mapping[str, object]) -> dict[str, object]:
    spoken = dict(params)
    right = _rights().get(str(params.get("right", "")))
    if right:
        spoken["right"] = right
    name = params.get("module")
    if isinstance(name, str) and has_request_context() and name in current_model().modules:
        module = current_model().modules[name]
        spoken["module"] = current_model().text(f"module.{name}.plural", current_language(), module.plural)
    return spoken


def _rights() -> dict[str, str]:
    return {
        "view": gettext("view"),
        "create": gettext("create"),
        "edit": gettext("edit"),
        "delete": gettext("delete"),
        "import": gettext("import"),
        "export": gettext("export"),
    }
