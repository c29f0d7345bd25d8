"""How commands speak: results on standard output, problems on standard error, never a traceback."""

from __future__ import annotations

import json
import logging
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.kernel.errors import FieldstoneError, MetadataError, ValidationError

_log = logging.getLogger("fieldstone.cli")


def out() -> Console:
    """Standard output; plain text when it is no terminal."""
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


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
    for item in diagnostics:
        click.echo(str(item), err=True)
        if item.hint:
            click.echo(f"    {item.hint}", err=True)


def fail(error: FieldstoneError) -> NoReturn:
    """Word an error and leave with its exit code."""
    if isinstance(error, MetadataError):
        print_diagnostics(error.diagnostics)
    if isinstance(error, ValidationError):
        for problem in error.problems:
            click.echo(f"{problem.field or 'record'}: {problem.text}", err=True)
    if isinstance(error, ExpressionError):
        for each in error.problems:
            click.echo(f"expression:{each.column or 1}: {each.message}", err=True)
    click.echo(f"Error: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
    sys.exit(error.exit_code)


@contextmanager
def report_errors() -> Iterator[None]:
    """Turn errors into messages and exit codes: 1 the work has problems, 2 wrong usage."""
    try:
        yield
    except FieldstoneError as error:
        fail(error)
    except BrokenPipeError:
        sys.exit(1)
    except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt):
        raise
    except Exception:
        reference = secrets.token_hex(4).upper()
        _log.exception("reference %s", reference)
        click.echo(f"Error: The fault is ours, and it has been noted. Reference {reference}.", err=True)
        click.echo("  Set FIELDSTONE_LOG=debug and run it again to see the details.", err=True)
        sys.exit(1)
