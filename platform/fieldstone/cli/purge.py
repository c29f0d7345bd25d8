"""`fieldstone purge`: what was removed long ago goes for good."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from fieldstone.changes.purge import PurgePlan, plan_purge, purge
from fieldstone.cli.report import counted, print_json
from fieldstone.cli.site_option import json_option, open_site, operator, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UsageError

BAD_AGE = declare(
    "cli.E040", "{text} is no age.", "Write a number and a unit: 30d for days, 12h for hours, 8w for weeks."
)

_AGE = re.compile(r"([0-9]{1,5})\s*([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@click.command("purge")
@click.option("--older-than", "age", required=True, metavar="AGE", help="Removed at least so long ago: 30d, 12h, 8w.")
@click.option("--dry-run", is_flag=True, help="Show what would go and change nothing.")
@json_option
@site_option
def command(age: str, dry_run: bool, as_json: bool, site: Path) -> None:
    """Remove the tables and columns of what was taken out of the model, with their values, for good.

    Until then a rollback brings them back; afterwards nothing does. Take a backup first.

    Example: fieldstone purge --older-than 30d --dry-run
    """
    before = datetime.now(UTC) - _read_age(age)
    opened = open_site(site)
    published = opened.models.current
    with opened.database.read() as conn:
        plan = plan_purge(conn, published, before)
    if not dry_run:
        purge(opened.database, published, plan, operator(opened))
    if as_json:
        print_json({"purged": not dry_run and bool(plan.items), **plan.to_json()})
    else:
        _print(plan, dry_run=dry_run)


def _read_age(text: str) -> timedelta:
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError(BAD_AGE, text=text)
    return int(found[1]) * _UNITS[found[2]]


def _print(plan: PurgePlan, *, dry_run: bool) -> None:
    for item in plan.items:
        of = "former values of " if item.is_former else ""
        click.echo(
            f"  ! {of}{item.kind.replace('_', ' ')} {item.path}  ({counted(item.values, 'value')}, "
            f"removed in revision {item.removed_in})"
        )
        for statement in item.statements:
            click.echo(f"      {statement}")
    verb = "would go for good" if dry_run else "gone for good"
    click.echo(f"{counted(len(plan.items), 'thing')} {verb}." if plan.items else "Nothing to purge.")
