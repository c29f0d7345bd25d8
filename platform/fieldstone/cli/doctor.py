"""`fieldstone doctor`: does the database hold what the model says?"""

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
    """Examine the database: damage, missing columns and indexes, references that lead nowhere.

    Nothing is changed. Each finding comes with what to do about it.

    Example: fieldstone doctor --json
    """
    opened = open_site(site)
    findings = list(examine(opened.database, opened.models.current))
    if as_json:
        print_json([{"code": each.code, "message": each.message, "hint": each.hint} for each in findings])
    else:
        print_diagnostics(findings)
        click.echo(f"{counted(len(findings), 'finding')}." if findings else "The site is in order.")
    if findings:
        click.get_current_context().exit(1)
