"""`fieldstone audit`: what administrators and the operator changed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fieldstone.cli.report import print_json, print_table, shown_moment
from fieldstone.cli.site_option import json_option, open_site, site_option


@click.command("audit")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many, newest first.")
@click.option("--action", default="", help="Only actions that begin so, such as `user.` or `token.added`.")
@click.option("--before", type=int, default=None, help="Only entries before this one, to go on from.")
@json_option
@site_option
def command(limit: int, action: str, before: int | None, as_json: bool, site: Path) -> None:
    """Show who changed which account, and how.

    Example: fieldstone audit --action user.
    """
    found = open_site(site).accounts.list_audit(limit=limit, before=before, action=action)
    if as_json:
        print_json(
            [
                {
                    "id": each.id,
                    "at": each.at,
                    "by": each.by_label,
                    "behalf": each.behalf_label,
                    "action": each.action,
                    "target": each.target,
                    "target_label": each.target_label,
                    "details": each.details,
                    "address": each.address,
                }
                for each in found
            ]
        )
        return
    print_table(
        ("Entry", "At (UTC)", "By", "Action", "Target", "Details"),
        (
            (
                each.id,
                shown_moment(each.at),
                (each.by_label or "command line") + (f" as {each.behalf_label}" if each.behalf_label else ""),
                each.action,
                each.target_label or each.target,
                json.dumps(each.details, ensure_ascii=False) if each.details else "",
            )
            for each in found
        ),
    )
