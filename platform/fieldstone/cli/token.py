"""`fieldstone token`: keys for programs that use the API."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.report import print_json, print_table, shown_moment
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.kernel.errors import InvalidInputError, UsageError


@click.group("token")
def command() -> None:
    """Add, list and revoke API tokens.

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


@command.command("list")
@click.argument("user", required=False)
@json_option
@site_option
def list_tokens(user: str | None, as_json: bool, site: Path) -> None:
    """List the tokens of a user, or everybody's, with when they were last used.

    Example: fieldstone token list anna
    """
    accounts = open_site(site).accounts
    names = {each.id: each.username for each in accounts.list_users()}
    found = accounts.list_tokens(accounts.get_user_id(user) if user else None)
    if as_json:
        print_json(
            [
                {
                    "id": each.id,
                    "user": names.get(each.user_id, ""),
                    "label": each.label,
                    "scopes": list(each.scopes),
                    "created_at": each.created_at,
                    "expires_at": each.expires_at,
                    "used_at": each.used_at,
                }
                for each in found
            ]
        )
        return
    print_table(
        ("Token", "User", "For", "Scopes", "Valid until", "Last used"),
        (
            (
                *(each.id, names.get(each.user_id, ""), each.label, " ".join(each.scopes) or "everything"),
                shown_moment(each.expires_at) or "revoked",
                shown_moment(each.used_at) or "never",
            )
            for each in found
        ),
    )


@command.command("revoke")
@click.argument("token_id", type=int)
@site_option
def revoke(token_id: int, site: Path) -> None:
    """Revoke a token; programs that use it are refused at once.

    Example: fieldstone token revoke 7
    """
    open_site(site).accounts.revoke_token(token_id)
    click.echo(f"Token {token_id} is revoked.")
