"""`fieldstone check`: every problem of the metadata at once, compiler-style."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.report import counted, print_diagnostics, print_json
from fieldstone.cli.site_option import json_option, site_option
from fieldstone.runtime.site import Site


@click.command("check")
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@json_option
@site_option
def command(folder: Path | None, as_json: bool, site: Path) -> None:
    """Check the metadata in DIR on top of the installed layers; without DIR, the installed layers.

    Every problem is shown with file, line, column and a remedy. Needs no site: without one, DIR is
    checked on top of the standard modules.

    Example: fieldstone check ./crm
    """
    compilation = Site.check(site, folder)
    diagnostics = list(compilation.diagnostics)
    if as_json:
        print_json(
            [
                {
                    "severity": item.severity,
                    "code": item.code,
                    "message": item.message,
                    "hint": item.hint,
                    "file": item.location.file,
                    "line": item.location.line,
                    "column": item.location.column,
                    "path": item.path,
                }
                for item in diagnostics
            ]
        )
    else:
        print_diagnostics(diagnostics)
        errors = sum(item.severity == "error" for item in diagnostics)
        click.echo(f"{counted(errors, 'error')}, {counted(len(diagnostics) - errors, 'warning')}.")
    if compilation.diagnostics.has_errors:
        click.get_current_context().exit(1)
