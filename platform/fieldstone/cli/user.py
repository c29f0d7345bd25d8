"""`fieldstone user`: who may log in."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.pairs import read_pair
from fieldstone.cli.password import make_password, read_password, show_password
from fieldstone.cli.report import print_json, print_table
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.cli.user_access import COMMANDS


@click.group("user")
def command() -> None:
    """Add, change, list and import users; let them in, keep them out.

    Example: fieldstone user add anna --name "Anna Snelling" --role sales_rep
    """


@command.command("add")
@click.argument("username")
@click.option("--name", default="", help="The name others see (default: the user name).")
@click.option("--email", default="", help="Address for mail.")
@click.option("--role", "roles", multiple=True, help="A role; may be given several times.")
@click.option("--profile", "profiles", multiple=True, help="A profile besides; may be given several times.")
@click.option("--admin", is_flag=True, help="May do everything.")
@click.option("--language", type=click.Choice(["en", "zh_CN"]), default="en", show_default=True, help="Of the pages.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@site_option
def add(
    username: str,
    name: str,
    email: str,
    roles: tuple[str, ...],
    profiles: tuple[str, ...],
    admin: bool,
    language: str,
    password_stdin: bool,
    site: Path,
) -> None:
    """Add a user.

    Example: fieldstone user add anna --name "Anna Snelling" --role sales_rep
    """
    password = read_password() if password_stdin else make_password()
    opened = open_site(site)
    opened.accounts.add_user(
        username,
        name or username,
        email=email,
        roles=roles,
        profiles=profiles,
        is_admin=admin,
        language=language,
        password=password,
    )
    click.echo(f"Added {username}.")
    if not password_stdin:
        show_password(password)


@command.command("change")
@click.argument("username")
@click.option("--name", default=None, help="The name others see.")
@click.option("--email", default=None, help="Address for mail.")
@click.option("--role", "roles", multiple=True, help="Replace the roles; may be given several times.")
@click.option("--no-roles", is_flag=True, help="Take all roles away.")
@click.option("--profile", "profiles", multiple=True, help="Replace the profiles; may be given several times.")
@click.option("--no-profiles", is_flag=True, help="Take all profiles away.")
@click.option("--admin/--no-admin", "admin", default=None, help="May do everything, or no more.")
@click.option("--language", type=click.Choice(["en", "zh_CN"]), default=None, help="Of the pages.")
@click.option("--zone", default=None, help="Time zone, such as Asia/Shanghai.")
@site_option
def change(
    username: str,
    name: str | None,
    email: str | None,
    roles: tuple[str, ...],
    no_roles: bool,
    profiles: tuple[str, ...],
    no_profiles: bool,
    admin: bool | None,
    language: str | None,
    zone: str | None,
    site: Path,
) -> None:
    """Change what is given of a user; the rest stays.

    Example: fieldstone user change anna --role sales_manager --zone Europe/Berlin
    """
    accounts = open_site(site).accounts
    accounts.update_user(
        accounts.get_user_id(username),
        label=name,
        email=email,
        roles=roles if roles or no_roles else None,
        profiles=profiles if profiles or no_profiles else None,
        is_admin=admin,
        language=language,
        zone=zone,
    )
    click.echo(f"Changed {username}.")


@command.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@site_option
def password(username: str, password_stdin: bool, site: Path) -> None:
    """Give a user a new password; all their sessions end.

    Example: echo "a long new password" | fieldstone user password anna --password-stdin
    """
    chosen = read_password() if password_stdin else make_password()
    open_site(site).accounts.set_password(username, chosen)
    click.echo(f"{username} has a new password.")
    if not password_stdin:
        show_password(chosen)


@command.command("list")
@json_option
@site_option
def list_users(as_json: bool, site: Path) -> None:
    """List users with their roles and teams.

    Example: fieldstone user list
    """
    users = open_site(site).accounts.list_users()
    if as_json:
        print_json(
            [
                {
                    "id": each.id,
                    "username": each.username,
                    "name": each.label,
                    "email": each.email,
                    "roles": list(each.roles),
                    "profiles": list(each.profiles),
                    "teams": list(each.teams),
                    "admin": each.is_admin,
                    "active": each.active,
                }
                for each in users
            ]
        )
        return
    print_table(
        ("User", "Name", "E-mail", "Roles", "Profiles", "Teams", "Active"),
        (
            (
                *(each.username, each.label, each.email),
                ", ".join(each.roles) + (" (administrator)" if each.is_admin else ""),
                ", ".join(each.profiles),
                ", ".join(each.teams),
                "yes" if each.active else "no",
            )
            for each in users
        ),
    )


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="COLUMN=WHAT",
    help="WHAT: name, manager, team, email, username; nothing leaves the column out.",
)
@click.option("--role", default="", help="Role of the users (default: sales_rep, managers sales_manager).")
@click.option("--profile", "profiles", multiple=True, help="A profile of the users; may be given several times.")
@json_option
@site_option
def import_users(
    file: Path, maps: tuple[str, ...], role: str, profiles: tuple[str, ...], as_json: bool, site: Path
) -> None:
    """Import users and two levels of teams from a CSV file: people, their managers, the managers' offices.

    Columns are recognised by their names (sales_agent, manager, regional_office …). Running it again
    changes nothing. The users get no password: set one with `user password`.

    Example: fieldstone user import sales_teams.csv --map "sales rep=name"
    """
    mapping = dict(read_pair("--map", text, "COLUMN=WHAT", '--map "sales rep=name"') for text in maps)
    report = open_site(site).accounts.import_users(file, mapping=mapping, role=role, profiles=profiles)
    if as_json:
        print_json(report.to_json())
        return
    click.echo(f"{report.users_added} users and {report.teams_added} teams added, {report.unchanged} unchanged.")
    for problem in report.problems:
        click.echo(f"  {problem}", err=True)


for each_command in COMMANDS:
    command.add_command(each_command)
