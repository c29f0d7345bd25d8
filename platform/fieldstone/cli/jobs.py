"""`fieldstone jobs`: what runs in the background."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.report import print_json, print_table, shown_moment
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.jobs.job import STATES


@click.command("jobs")
@click.option("--state", type=click.Choice(STATES), default=None, help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@json_option
@site_option
def command(state: str | None, limit: int, as_json: bool, site: Path) -> None:
    """List background jobs, newest first.

    Example: fieldstone jobs --state failed
    """
    jobs = open_site(site).jobs.list(state=state or "", limit=limit)
    if as_json:
        print_json(
            [
                {"id": each.id, "kind": each.kind, "state": each.state, "attempts": each.attempts}
                | {"run_at": each.run_at, "error": each.error}
                for each in jobs
            ]
        )
        return
    print_table(
        ("Job", "Kind", "State", "Attempts", "Due", "Error"),
        ((each.id, each.kind, each.state, each.attempts, shown_moment(each.run_at), each.error) for each in jobs),
    )
