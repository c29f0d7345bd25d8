"""Strict YAML in, located nodes out.

Nodes are made from the event stream of the C parser by a composer of our own, which counts as it goes:
composing first and counting later crashes the process on a file of 100,000 brackets.
"""

from __future__ import annotations

import re

import yaml

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.composer import MAX_DEPTH, TOO_DEEP, Composer, Source, StopComposing
from fieldstone.metadata.nodes import MappingNode

MAX_BYTES = 1_000_000

SYNTAX = declare(
    "yaml.E001",
    "This is not valid YAML: {problem}.",
    "Check the indentation and the quotes on this line and the one above.",
)
TOO_LARGE = declare("yaml.E002", "The file is larger than {limit} bytes.", "Split it into several documents.")
NOT_TEXT = declare("yaml.E003", "The file is not UTF-8 text.", "Save it as UTF-8, without control characters.")
NOT_MAPPING = declare(
    "yaml.E011", "A document is a mapping of names to values.", "Start it with `module: …` or the like."
)
PUNCTUATION = declare(
    "yaml.E012",
    "YAML's own punctuation breaks the expression on this line: {problem}.",
    "Put the expression in quotes, or write it in block style with `|` on the line before.",
)

EXPRESSION_KEYS = (
    "if", "expression", "filter", "where", "default_expression", "visible_when", "required_when", "read_only_when",
)  # fmt: skip
_EXPRESSION_LINE = re.compile(rf"(?:^|[\s{{,-])(?:{'|'.join(EXPRESSION_KEYS)})\s*:\s+\S")


def parse_document(text: str, file: str, diagnostics: Diagnostics) -> MappingNode | None:
    """The root mapping of one document; None when it has problems (all are in `diagnostics`).

    Takes time and memory in proportion to the text, whatever is in it.
    """
    source = Source(text, file)
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:
        diagnostics.add(NOT_TEXT, source.place(0, 0))
        return None
    if size > MAX_BYTES:
        diagnostics.add(TOO_LARGE, source.place(0, 0), limit=MAX_BYTES)
        return None
    composer = Composer(source)
    try:
        for event in yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader):
            composer.take(event)
    except StopComposing:
        pass
    except yaml.MarkedYAMLError as error:
        _report_syntax(error, source, composer.problems)
    except yaml.YAMLError:
        composer.problems.add(NOT_TEXT, source.place(0, 0))
    diagnostics.extend(composer.problems)
    if composer.problems.has_errors:
        return None
    if not isinstance(composer.root, MappingNode):
        diagnostics.add(NOT_MAPPING, source.place(0, 0))
        return None
    return composer.root


def _report_syntax(error: yaml.MarkedYAMLError, source: Source, problems: Diagnostics) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if "nesting depth" in (error.problem or ""):
        # Newer parsers have a limit of their own, far beyond ours, and look ahead so far that they find it first.
        problems.add(TOO_DEEP, source.place(line, column), limit=MAX_DEPTH)
        return
    lines = {line, error.context_mark.line} if error.context_mark else {line}
    broken = any(_EXPRESSION_LINE.search(source.line(number)) for number in lines)
    code = PUNCTUATION if broken else SYNTAX
    problems.add(code, source.place(line, column), problem=error.problem or "unreadable")
