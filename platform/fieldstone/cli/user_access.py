"""Commands of `fieldstone user` about how people come in, and how they leave."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.report import counted, print_json, print_table, shown_moment
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records.accounts.codes import NO_TEAM
from fieldstone.runtime.site import Site


@click.command("link")
@click.argument("username")
@click.option("--password", "for_password", is_flag=True, help="A link for choosing another password instead.")
@site_option
def link(username: str, for_password: bool, site: Path) -> None:
    """Make a link that logs a user in once, within the hour; a second factor is still asked for.

    With --password, a link with which the user chooses another password, within half an hour.

    Example: fieldstone user link anna --password
    """
    opened = open_site(site)
    path = "password" if for_password else "link"
    key = opened.accounts.reset_link(username) if for_password else opened.accounts.login_link(username)
    click.echo(f"{opened.settings.base_url}/login/{path}/{key}")


@click.command("log-ins")
@click.argument("username", required=False)
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many, newest first.")
@json_option
@site_option
def log_ins(username: str | None, limit: int, as_json: bool, site: Path) -> None:
    """Show who logged in, or tried to, when and from where; of one user, or of all.

    Example: fieldstone user log-ins anna
    """
    accounts = open_site(site).accounts
    user_id = accounts.get_user_id(username) if username else None
    found = accounts.list_log_ins(user_id, limit=limit)
    if as_json:
        print_json(
            [
                {
                    "at": each.at,
                    "username": each.username,
                    "method": each.method,
                    "outcome": each.outcome,
                    "address": each.address,
                    "agent": each.agent,
                    "by": each.by_label,
                }
                for each in found
            ]
        )
        return
    print_table(
        ("At (UTC)", "User", "How", "Outcome", "Address"),
        (
            (shown_moment(each.at), each.username or "unknown", each.method, each.outcome, each.address)
            for each in found
        ),
    )


@click.command("log-out")
@click.argument("username")
@site_option
def log_out(username: str, site: Path) -> None:
    """End all sessions of a user.

    Example: fieldstone user log-out anna
    """
    accounts = open_site(site).accounts
    ended = accounts.end_sessions(accounts.get_user_id(username))
    click.echo(f"{counted(ended, 'session')} of {username} ended.")


@click.command("reset-second-factor")
@click.argument("username")
@site_option
def reset_second_factor(username: str, site: Path) -> None:
    """Switch off the second factor of a user who has lost the device; all their sessions end.

    Example: fieldstone user reset-second-factor anna
    """
    accounts = open_site(site).accounts
    accounts.reset_second_factor(accounts.get_user_id(username))
    click.echo(f"{username} logs in with the password alone, and can set up another second factor.")


@click.command("deactivate")
@click.argument("username")
@click.option("--hand-over-to", "heir", default="", metavar="WHO", help="Who gets the records: a user, or team:NAME.")
@json_option
@site_option
def deactivate(username: str, heir: str, as_json: bool, site: Path) -> None:
    """Keep a user out: sessions and tokens end at once. What the user has done stays in the history.

    Example: fieldstone user deactivate anna --hand-over-to ben
    """
    opened = open_site(site)
    user_id = opened.accounts.get_user_id(username)
    given = opened.accounts.deactivate(user_id, hand_over_to=_heir(opened, heir) if heir else None)
    if as_json:
        print_json({"records": given.records, "job": given.job})
        return
    click.echo(f"{username} cannot log in any more.")
    if given.job is not None:
        click.echo(f"Job {given.job} hands the records over: fieldstone jobs show {given.job}")
    elif heir:
        click.echo(f"{counted(given.records, 'record')} handed over to {heir}.")


@click.command("activate")
@click.argument("username")
@site_option
def activate(username: str, site: Path) -> None:
    """Let a user in again. Sessions and tokens of before do not come back.

    Example: fieldstone user activate anna
    """
    accounts = open_site(site).accounts
    accounts.update_user(accounts.get_user_id(username), active=True)
    click.echo(f"{username} can log in again.")


def _heir(site: Site, who: str) -> int:
    """Raises NotFoundError account.E009, account.E010."""
    kind, _, name = who.partition(":")
    if kind != "team":
        return site.accounts.get_user_id(who)
    found = next((team.id for team in site.accounts.list_teams() if team.name == name), None)
    if found is None:
        raise NotFoundError(NO_TEAM, team=name[:60])
    return found


COMMANDS = (link, log_ins, log_out, reset_second_factor, deactivate, activate)
