"""`fieldstone doctor`: do schema, catalogue, model and documents agree?"""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.changes.doctor import examine
from fieldstone.cli.report import counted, print_diagnostics, print_json
from fieldstone.cli.site_option import json_option, open_site, site_option


@click.command("doctor")
@json_option
@site_option
def command(as_json: bool, site: Path) -> None:
    """Examine whether database, catalogue, model and documents agree; find what was changed by hand.

    Nothing is changed. Each finding comes with what to do about it: a command, or statements for the database. Take a
    backup before you run those. Exits with 1 for errors, with 0 for warnings.

    Example: fieldstone doctor --json
    """
    opened = open_site(site)
    findings = examine(opened.database, opened.registries.compile, opened.clock())
    if as_json:
        print_json(
            [
                {"code": each.code, "severity": each.severity, "message": each.message, "hint": each.hint}
                | {"repair": each.params.get("repair")}
                for each in findings
            ]
        )
    else:
        print_diagnostics(findings)
        click.echo(f"{counted(len(findings), 'finding')}." if len(findings) else "The site is in order.")
    if findings.has_errors:
        click.get_current_context().exit(1)
