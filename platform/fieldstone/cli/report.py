"""How commands speak: results on standard output, problems on standard error, never a traceback."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.kernel.errors import FieldstoneError, MetadataError, ValidationError

_log = logging.getLogger("fieldstone.cli")

_LISTED = 50
_UNBROKEN = 10_000
_REASONS = {
    "changed": "changed since",
    "used": "used since",
    "other": "the import did more to it than create or change",
}


def out() -> Console:
    """Standard output; when it is no terminal, plain text whose lines are not broken."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _UNBROKEN)


def err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def log_to_stderr() -> None:
    """From the level that FIELDSTONE_LOG names, else from warnings on."""
    level = os.environ.get("FIELDSTONE_LOG", "").upper()
    known = logging.getLevelNamesMapping()
    logging.basicConfig(level=known.get(level, logging.WARNING), format="%(levelname)s %(name)s: %(message)s")


def print_json(data: Any) -> None:
    """Dates and times as ISO texts, all else that is not JSON as text."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_to_json))


def _to_json(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def shown_moment(value: datetime | None) -> str:
    """For tables; UTC."""
    return f"{value:%Y-%m-%d %H:%M}" if value else ""


def counted(count: int, noun: str) -> str:
    """1 error, 2 errors."""
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"


def print_table(headers: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A plain table; figures are for the caller to word."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    out().print(table)


def print_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Compiler-style: file:line:column: severity code: message, the remedy on the next line."""
    for line in _diagnostic_lines(diagnostics):
        click.echo(line, err=True)


def _diagnostic_lines(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    for item in diagnostics:
        yield str(item)
        if item.hint:
            yield f"    {item.hint}"


def fail(error: FieldstoneError) -> NoReturn:
    """Word an error and leave with its exit code."""
    for line in _details(error):
        click.echo(line, err=True)
    click.echo(f"Error: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
    sys.exit(error.exit_code)


def _details(error: FieldstoneError) -> Iterator[str]:
    """The single problems of an error that carries several."""
    # Imported only now: commands that go well start without them.
    from fieldstone.cli.change_line import change_line
    from fieldstone.expressions.errors import ExpressionError
    from fieldstone.records.undo_refusals import UndoRefusedError
    from fieldstone.runtime.publishing import UpgradeRefusedError

    if isinstance(error, MetadataError):
        yield from _diagnostic_lines(error.diagnostics)
    elif isinstance(error, ValidationError):
        yield from (f"{problem.field or 'record'}: {problem.text}" for problem in error.problems)
    elif isinstance(error, ExpressionError):
        yield from (f"expression:{each.column or 1}: {each.message}" for each in error.problems)
    elif isinstance(error, UpgradeRefusedError):
        yield from map(change_line, error.plan.changes)
    elif isinstance(error, UndoRefusedError):
        yield from (
            f"  {each.module} {each.id} {each.label}".rstrip() + f": {_REASONS[each.reason]}"
            for each in error.refusals[:_LISTED]
        )


@contextmanager
def report_errors() -> Iterator[None]:
    """Turn errors into messages and exit codes: 1 the work has problems, 2 wrong usage."""
    try:
        yield
    except FieldstoneError as error:
        fail(error)
    except BrokenPipeError:
        # Whoever read the output has gone. Python would try to write the rest when it ends, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if not error.filename:
            _fault(error)
        click.echo(f"Error: {error.filename}: {error.strerror}.", err=True)
        sys.exit(1)
    except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt):
        raise
    except Exception as error:
        _fault(error)


def _fault(error: Exception) -> NoReturn:
    reference = secrets.token_hex(4).upper()
    _log.error("reference %s: %s", reference, type(error).__name__)
    _log.debug("reference %s", reference, exc_info=error)
    click.echo(f"Error: The fault is ours. Reference {reference}.", err=True)
    click.echo("  Run it again with FIELDSTONE_LOG=debug to see the details, and report them.", err=True)
    sys.exit(1)
