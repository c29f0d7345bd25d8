"""`fieldstone publish`: apply a change of the metadata in one transaction, while people work."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fieldstone.changes.plan import Plan
from fieldstone.cli.plan import FOLDER, make_plan, plan_of, print_plan
from fieldstone.cli.report import print_json
from fieldstone.cli.row_work import bring_over, no_wait_option
from fieldstone.cli.site_option import json_option, open_site, operator, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, UsageError
from fieldstone.runtime.site import Site

BOTH = declare("cli.E020", "A folder and a plan cannot be published together.", "Give one of them.")
NO_PLAN = declare("cli.E021", "{file} is no plan.", "Make one with: fieldstone plan DIR --out FILE")
MOVED = declare(
    "cli.E022",
    "The site has moved on since this plan was made: revision {revision}, by {by_label}, at {at}.",
    "Plan again and look at what would change now.",
)
OTHERWISE = declare(
    "cli.E024",
    "What is installed has changed since this plan was made.",
    "Plan again and look at what would change now.",
)


@click.command("publish")
@click.argument("folder", metavar="[DIR]", required=False, type=FOLDER)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A plan kept by `plan --out`.",
)
@click.option("-m", "--message", default="", help="Why, for the list of revisions.")
@click.option(
    "--allow-destructive", is_flag=True, help="Also when values go out of sight; a rollback shows them again."
)
@no_wait_option
@json_option
@site_option
def command(
    folder: Path | None,
    plan_file: Path | None,
    message: str,
    allow_destructive: bool,
    no_wait: bool,
    as_json: bool,
    site: Path,
) -> None:
    """Publish DIR (the site's own documents), a kept plan, or what the installed layers bring.

    All of it or nothing. Running servers take up the new model at once. Changes that would lose data are refused
    unless --allow-destructive is given, and those that records would break until the records are mended. Then work
    on the rows of large tables is done, while people go on working (`fieldstone jobs` shows it, pauses and resumes it).

    Example: fieldstone publish ./crm -m "Site visits"
    """
    if folder and plan_file:
        raise UsageError(BOTH)
    opened = open_site(site)
    plan = _read_plan(opened, plan_file) if plan_file else make_plan(opened, folder)
    if plan.is_empty:
        version = opened.models.current.version
    else:
        version = opened.publishing.publish(
            plan, operator(opened), message=message, allow_destructive=allow_destructive
        )
        bring_over(opened, version, wait=not no_wait, quiet=as_json)
    if as_json:
        print_json({"revision": version, **plan.to_json()})
        return
    print_plan(plan)
    if not plan.is_empty:
        click.echo(f"Published as revision {version}.")


def _read_plan(site: Site, path: Path) -> Plan:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        version, base, proposal = int(kept["version"]), kept["base"], kept["hash"]
        documents = dict(kept["site"])
        if not all(isinstance(text, str) for text in documents.values()):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise UsageError(NO_PLAN, file=str(path)) from None
    _require_unmoved(site, version)
    plan = plan_of(site, documents)
    if (plan.base, plan.hash) != (base, proposal):
        _require_unmoved(site, version)
        raise ConflictError(OTHERWISE)
    return plan


def _require_unmoved(site: Site, version: int) -> None:
    (newest,) = site.publishing.revisions(limit=1)
    if newest.id != version:
        raise ConflictError(MOVED, revision=newest.id, by_label=newest.by_label, at=f"{newest.at:%Y-%m-%d %H:%M} UTC")
