"""`fieldstone plan`: what publishing would change, and what that means for the data."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fieldstone.changes.plan import Plan
from fieldstone.cli.change_line import change_lines
from fieldstone.cli.report import counted, print_diagnostics, print_json
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.layers import read_site_layer
from fieldstone.runtime.site import Site

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("plan")
@click.argument("folder", metavar="[DIR]", required=False, type=FOLDER)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Keep the plan in a file for `publish --plan`."
)
@json_option
@site_option
def command(folder: Path | None, out: Path | None, as_json: bool, site: Path) -> None:
    """Show what publishing DIR (the site's own documents) would change; nothing is changed.

    Without DIR: what the installed layers bring that is not published yet. Problems are shown as
    `check` shows them.

    Example: fieldstone plan ./crm --out change.plan
    """
    opened = open_site(site)
    plan = make_plan(opened, folder)
    if out is not None:
        documents = _site_documents(plan)
        out.write_text(
            json.dumps(
                {"version": plan.version, "base": plan.base, "hash": plan.hash, "site": documents},
                ensure_ascii=False,
                indent=1,
            ),
            encoding="utf-8",
        )
    if as_json:
        print_json(plan.to_json())
        return
    print_plan(plan)
    if plan.breaches:
        click.echo("It cannot be published before those records are mended, or given a value by a backfill.")
    elif plan.destructive:
        click.echo(
            "It needs --allow-destructive. Values stay in the database until they are purged: a rollback shows them."
        )


def make_plan(site: Site, folder: Path | None) -> Plan:
    """The plan of a folder, or of the installed layers. Raises MetadataError with every problem."""
    return site.publishing.plan(read_site_layer(folder) if folder else None)


def plan_of(site: Site, documents: dict[str, str]) -> Plan:
    """The plan of the documents that a plan file keeps."""
    return site.publishing.plan(Layer(name="site", documents=documents))


def print_plan(plan: Plan) -> None:
    """Each change with its effect on data, then the sum; warnings about the documents on standard error."""
    print_diagnostics(plan.warnings)
    if plan.is_empty:
        click.echo("Nothing to publish: the site has it all already.")
        return
    if not plan.changes:
        click.echo("  The model stays as it is; only documents are written otherwise.")
    for change in plan.changes:
        for line in change_lines(change):
            click.echo(line)
    for conflict in plan.proposal.conflicts:
        click.echo(f"  ? {conflict.key}: the installed version changes what the site has changed; the site's stays")
    destructive = sum(change.destructive for change in plan.changes)
    summary = f"{counted(len(plan.changes), 'change')}, {destructive} destructive"
    if plan.breaches:
        summary += f", {len(plan.breaches)} that records would break"
    click.echo(f"{summary}. Plan {plan.hash[:12]}.")


def _site_documents(plan: Plan) -> dict[str, str]:
    return next((dict(layer.documents) for layer in plan.proposal.layers if layer.name == "site"), {})
