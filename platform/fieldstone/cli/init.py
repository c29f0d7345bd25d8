"""`fieldstone init`: a new site."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from fieldstone.cli.password import make_password, read_password, show_password
from fieldstone.cli.site_option import site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError
from fieldstone.runtime.demo import create_demo
from fieldstone.runtime.site import Site

ALREADY = declare("cli.E003", "There is a site in {folder} already.", "Serve it, or choose another folder with --site.")


@dataclass(frozen=True, kw_only=True)
class Created:
    """A new site; `password` is "" when the operator chose it."""

    site: Site
    admin: str
    password: str


def create_site(
    folder: Path,
    *,
    database_url: str | None = None,
    admin: str = "admin",
    password: str = "",
    demo: bool = False,
    serve_url: str = "",
) -> Created:
    """Make the site. Without a password a random one is made, to be shown once."""
    chosen = password or make_password()
    site = Site.create(
        folder,
        database_url=database_url,
        admin=admin,
        password=chosen,
        serve_url=serve_url,
        fill=create_demo if demo else None,
    )
    return Created(site=site, admin=admin, password="" if password else chosen)


def say_hello(site: Site, url: str, created: Created | None) -> None:
    """Where the site is and, once, how to get in."""
    click.echo(f"Fieldstone is at {url}")
    if created and created.password:
        link = site.accounts.login_link(created.admin)
        click.echo(f"  User      {created.admin}")
        show_password(created.password)
        click.echo(f"  Or open   {url}/login/link/{link}   (once, within the hour)")
    click.echo(f"  Site      {site.folder}")


@click.command("init")
@click.option(
    "--database", "database_url", metavar="URL", help="postgresql://… instead of SQLite in the site's folder."
)
@click.option("--admin", default="admin", show_default=True, metavar="NAME", help="User name of the administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the administrator's password from standard input.")
@click.option("--demo", is_flag=True, help="Fill the site with demo records.")
@site_option
def command(database_url: str | None, admin: str, password_stdin: bool, demo: bool, site: Path) -> None:
    """Make a new site (what `serve` does by itself on its first run).

    Example: fieldstone init --database postgresql://crm@localhost/crm --admin anna --password-stdin
    """
    if Site.exists(site):
        raise SiteError(ALREADY, folder=str(site))
    password = read_password() if password_stdin else ""
    created = create_site(site, database_url=database_url, admin=admin, password=password, demo=demo)
    try:
        click.echo(f"Made a site in {created.site.folder}")
        click.echo(f"  User      {created.admin}")
        if created.password:
            show_password(created.password)
        click.echo(f"Serve it with: fieldstone serve --site {site}")
    finally:
        created.site.close()
