"""`fieldstone publish`: apply a change of the metadata in one transaction, while people work."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fieldstone.changes.plan import Plan
from fieldstone.cli.plan import FOLDER, make_plan, plan_of, print_plan
from fieldstone.cli.report import print_json
from fieldstone.cli.site_option import json_option, open_site, operator, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, UsageError
from fieldstone.runtime.site import Site

BOTH = declare("cli.E020", "A folder and a plan cannot be published together.", "Give one of them.")
NO_PLAN = declare("cli.E021", "{file} is no plan.", "Make one with: fieldstone plan DIR --out FILE")
MOVED = declare(
    "cli.E022", "The site has moved on since this plan was made.", "Plan again and look at what would change now."
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
@json_option
@site_option
def command(folder: Path | None, plan_file: Path | None, message: str, as_json: bool, site: Path) -> None:
    """Publish DIR (the site's own documents), a kept plan, or what the installed layers bring.

    All of it or nothing. Running servers take up the new model at once. Changes that would lose data
    are refused.

    Example: fieldstone publish ./crm -m "Site visits"
    """
    if folder and plan_file:
        raise UsageError(BOTH)
    opened = open_site(site)
    plan = _read_plan(opened, plan_file) if plan_file else make_plan(opened, folder)
    if plan.is_empty:
        version = opened.models.current.version
    else:
        version = opened.publishing.publish(plan, operator(opened), message=message)
    if as_json:
        print_json({"revision": version, **plan.to_json()})
        return
    print_plan(plan)
    if not plan.is_empty:
        click.echo(f"Published as revision {version}.")


def _read_plan(site: Site, path: Path) -> Plan:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        base, proposal, documents = kept["base"], kept["hash"], dict(kept["site"])
        if not all(isinstance(text, str) for text in documents.values()):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise UsageError(NO_PLAN, file=str(path)) from None
    plan = plan_of(site, documents)
    if (plan.base, plan.hash) != (base, proposal):
        raise ConflictError(MOVED)
    return plan
