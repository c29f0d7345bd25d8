"""`fieldstone export`: records of a module as a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fieldstone.cli.site_option import open_site, operator, site_option


@click.command("export")
@click.argument("module")
@click.option("--where", default="", metavar="EXPRESSION", help="Only the records for which it holds.")
@click.option("--fields", default="", metavar="A,B", help="Fields to write (default: all that can be exported).")
@click.option("--sort", default="", metavar="-A,B", help="Order of the rows.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (default: standard output)."
)
@site_option
def command(module: str, where: str, fields: str, sort: str, form: str, out: Path | None, site: Path) -> None:
    """Export records of MODULE as CSV or JSON lines.

    Example: fieldstone export opportunity --where "stage == 'won'" --out won.csv
    """
    opened = open_site(site)
    chunks = opened.records.export(
        operator(opened), module, where=where, fields=_names(fields), sort=_names(sort), form=form
    )
    if out is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        return
    with out.open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))
