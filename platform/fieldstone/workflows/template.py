"""Templates of e-mails, notifications and tasks: text with `{{ record.name }}` in it.

A template is Jinja2 cut down to what a sentence needs: paths that start with `record`, `user` or `app`,
`if`, comparisons, `and or not`, `~` and a few filters. There are no loops, assignments, calls, attributes
or arithmetic, so it takes as long as it is long. What is printed is worded for people; what is compared
is the plain value. Jinja's sandbox stands behind all of this as a second fence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.workflows.template_paths import OUTPUT, PLAIN, PathRewriter

declare("workflow.E101", "The template is not understood (line {line}): {reason}", "Use {{{{ record.field }}}}.")
declare("workflow.E102", "A template may not contain {what} (line {line}).", "Use paths, if and the known filters.")
declare("workflow.E103", "The template is too long or too deeply nested.", "Keep it below 20,000 characters.")
declare("workflow.E104", "The text made from the template is longer than {limit} characters.", "Shorten it.")
declare("workflow.E105", "The template cannot be filled in: {reason}")

SOURCE_LIMIT = 20_000
OUTPUT_LIMIT = 200_000
VALUE_LIMIT = 20_000
FILTERS = ("upper", "lower", "title", "capitalize", "trim", "truncate", "default")

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
LINE_BREAK = "\u2028"
"""Stands for a line break inside a value until the markdown has become HTML."""


class TemplateError(InvalidInputError):
    """A template that cannot be used. Seen by whoever wrote the workflow."""


@dataclass(frozen=True, kw_only=True)
class TemplateValues:
    """Plain values by dotted path (`record.organization.name`): `shown` for people, `plain` to compare."""

    shown: Mapping[str, str]
    plain: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Template:
    """A checked template. `paths` are those it reads, `record.name` as ("record", "name")."""

    source: str
    paths: frozenset[tuple[str, ...]]
    _parts: Callable[..., Any]

    def render(self, values: TemplateValues, *, limit: int = OUTPUT_LIMIT) -> str:
        """The finished text. Raises TemplateError workflow.E104 when it grows too long, workflow.E105."""
        shown = {path: text[:VALUE_LIMIT] for path, text in values.shown.items()}
        pieces, size = [], 0
        try:
            for piece in self._parts({OUTPUT: shown, PLAIN: dict(values.plain)}):
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    raise TemplateError("workflow.E104", limit=limit)
        except TemplateError:
            raise
        except Exception as error:  # whatever a value of an unforeseen type does: the author is told
            raise TemplateError("workflow.E105", reason=f"{type(error).__name__}: {error}") from error
        return "".join(pieces)


def compile_text(source: str) -> Template:
    """A template of plain text. Raises TemplateError workflow.E101–E003."""
    return _compile(source, "text")


def compile_line(source: str) -> Template:
    """A template of one line (a subject): control characters of values become a space."""
    return _compile(source, "line")


def compile_markdown(source: str) -> Template:
    """A template of markdown: values stand literally in it, whatever they contain."""
    return _compile(source, "markdown")


@lru_cache(maxsize=512)
def _compile(source: str, kind: str) -> Template:
    if len(source) > SOURCE_LIMIT:
        raise TemplateError("workflow.E103")
    environment = _ENVIRONMENTS[kind]
    rewriter = PathRewriter(FILTERS, refuse=_refuse)
    try:
        tree = rewriter.rewrite(environment.parse(source))
        compiled = environment.from_string(tree)
    except TemplateSyntaxError as error:
        raise TemplateError("workflow.E101", line=error.lineno, reason=error.message or "") from error
    except (RecursionError, MemoryError, SyntaxError) as error:
        raise TemplateError("workflow.E103") from error
    return Template(source=source, paths=frozenset(rewriter.paths), _parts=compiled.generate)


def _refuse(node: nodes.Node, what: str) -> TemplateError:
    if what == "depth":
        return TemplateError("workflow.E103")
    return TemplateError("workflow.E102", what=what, line=node.lineno)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def one_line(value: object) -> str:
    """The value without control characters and line breaks."""
    return _CONTROL.sub(" ", _text(value)).strip()


def literal_markdown(value: object) -> str:
    """Markdown that shows the value as it is."""
    lines = (_PUNCTUATION.sub(r"\\\1", line.strip()) for line in _text(value).splitlines())
    return LINE_BREAK.join(lines)


def _environment(finalize: Callable[[object], str]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(finalize=finalize, autoescape=False, keep_trailing_newline=True)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.filters["default"] = lambda value, text="": value or text
    environment.policies["truncate.leeway"] = 0
    environment.tests = {}
    environment.globals = {"compare": compare}
    return environment


def compare(left: Any, operator: str, right: Any) -> bool:
    """As in expressions: ordering with an empty side, or of unlike things, is false."""
    if operator in ("in", "notin"):
        inside = bool(right) and (str(left) in right if isinstance(right, (str, tuple, list)) else False)
        return inside == (operator == "in")
    if operator in ("eq", "ne"):
        return bool(left == right) == (operator == "eq")
    try:
        return bool(_ORDER[operator](left, right))
    except TypeError:
        return False


_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": lambda left, right: left < right,
    "lteq": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "gteq": lambda left, right: left >= right,
}

_ENVIRONMENTS = {
    "text": _environment(_text),
    "line": _environment(one_line),
    "markdown": _environment(literal_markdown),
}
