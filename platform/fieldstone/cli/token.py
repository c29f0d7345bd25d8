"""`fieldstone token`: keys for programs that use the API."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.report import print_json, shown_moment
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.kernel.errors import InvalidInputError, UsageError


@click.group("token")
def command() -> None:
    """Add API tokens.

    Example: fieldstone token add anna
    """


@command.command("add")
@click.argument("user")
@click.option("--scope", "scopes", multiple=True, help="Limit: read, write, module:NAME; may be given several times.")
@click.option("--expires", default="90d", show_default=True, metavar="AGE", help="30d, 52w, never.")
@click.option("--label", default="command line", show_default=True, help="What it is for.")
@json_option
@site_option
def add(user: str, scopes: tuple[str, ...], expires: str, label: str, as_json: bool, site: Path) -> None:
    """Make a token with the rights of USER. It is printed last, and only now.

    Example: fieldstone token add anna --scope read --expires 30d
    """
    opened = open_site(site)
    try:
        token = opened.accounts.add_token(user, label=label, scopes=scopes, expires=expires)
    except InvalidInputError as error:
        raise UsageError(error.code, **error.params) from None
    if as_json:
        print_json({"id": token.id, "token": token.secret, "expires_at": token.expires_at})
        return
    until = f"{shown_moment(token.expires_at)} UTC" if token.expires_at else "it is revoked"
    click.echo(f"A token of {user}, valid until {until}:", err=True)
    click.echo(token.secret)
