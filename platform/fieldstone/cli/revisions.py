"""`fieldstone revisions`: what was published, by whom and why."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.report import print_json, print_table, shown_moment
from fieldstone.cli.site_option import json_option, open_site, site_option


@click.command("revisions")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@json_option
@site_option
def command(limit: int, as_json: bool, site: Path) -> None:
    """List revisions, newest first; the first one is in force.

    Example: fieldstone revisions
    """
    revisions = open_site(site).publishing.revisions(limit=limit)
    if as_json:
        print_json(
            [
                {"revision": each.id, "at": each.at, "by": each.by_label}
                | {"kind": each.kind, "message": each.message, "model": each.model_hash}
                for each in revisions
            ]
        )
        return
    print_table(
        ("Revision", "At", "By", "Kind", "Message"),
        ((each.id, shown_moment(each.at), each.by_label, each.kind, each.message) for each in revisions),
    )
