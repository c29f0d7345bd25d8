"""`fieldstone rollback`: back to the site's own documents of an earlier revision."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.plan import print_plan
from fieldstone.cli.report import print_json
from fieldstone.cli.row_work import bring_over, no_wait_option
from fieldstone.cli.site_option import json_option, open_site, operator, site_option


@click.command("rollback")
@click.argument("revision", metavar="REV", type=click.IntRange(min=1))
@click.option("-m", "--message", default="", help="Why, for the list of revisions.")
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
@no_wait_option
@json_option
@site_option
def command(revision: int, message: str, dry_run: bool, no_wait: bool, as_json: bool, site: Path) -> None:
    """Publish the site's own documents as they were at revision REV, on top of today's installed layers.

    It becomes a new revision. What was removed since is back with its values, what was renamed has its former name,
    and what had another type has its former values; those that were edited since are converted back. A field that
    REV did not have yet is no longer shown, but its values stay and come back with it.

    Example: fieldstone rollback 3 -m "Back to before the fair"
    """
    opened = open_site(site)
    plan = opened.publishing.plan_rollback(revision)
    version = opened.models.current.version
    if not plan.is_empty and not dry_run:
        why = message or f"Back to revision {revision}"
        version = opened.publishing.publish(plan, operator(opened), message=why)
        bring_over(opened, version, wait=not no_wait, quiet=as_json)
    if as_json:
        print_json({"revision": version, **plan.to_json()})
        return
    if plan.is_empty:
        click.echo(f"Nothing to roll back: the site's own documents are those of revision {revision} already.")
        return
    print_plan(plan)
    if not dry_run:
        click.echo(f"Published as revision {version}.")
