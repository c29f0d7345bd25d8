"""`fieldstone restore`: a site from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.progress import progress_bar
from fieldstone.cli.report import counted, print_json
from fieldstone.cli.site_option import json_option, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UsageError

NO_DATABASE = declare(
    "cli.E041",
    "A site that is replaced keeps the place of its database.",
    "Leave out --database, or restore into another folder.",
)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--database", "database_url", metavar="URL", help="Database of the new site, instead of SQLite.")
@click.option("--replace", is_flag=True, help="Give up what the site in the folder holds now.")
@json_option
@site_option
def command(file: Path, database_url: str | None, replace: bool, as_json: bool, site: Path) -> None:
    """Make a site from a backup, in a new folder; or put one in the place of a site that is stopped.

    All of the backup is verified before anything is touched. A backup of SQLite goes into PostgreSQL, and the other way
    round. Mail and webhooks that waited in it are paused: they may have been sent since.

    Example: fieldstone restore /backup/crm-monday.zip --site /srv/crm --database postgresql://crm@localhost/crm
    """
    # Imported only now: it brings the whole engine, and opens no site.
    from fieldstone.runtime.backup.restore import restore_site
    from fieldstone.runtime.site import Site

    if replace and database_url and Site.exists(site):
        raise UsageError(NO_DATABASE)
    with progress_bar("Restoring", quiet=as_json) as progress:
        done = restore_site(file, site, database_url=database_url, replace=replace, progress=progress)
    origin = done.manifest.origin
    if as_json:
        print_json(
            {"site": str(site), "made_at": origin.made_at, "revision": origin.revision, "rows": done.manifest.rows}
            | {"tables": {each.table.name: each.rows for each in done.manifest.tables}}
            | {"files": len(done.manifest.files), "paused": done.waiting}
        )
        return
    click.echo(f"The site of {origin.made_at:%Y-%m-%d %H:%M} UTC is in {site}: {counted(done.manifest.rows, 'row')}, "
               f"{counted(len(done.manifest.files), 'file')}.")  # fmt: skip
    if done.waiting:
        click.echo(f"  {counted(done.waiting, 'mail or webhook')} waited and is paused: fieldstone jobs --state paused")
    click.echo("  Passwords that stood in fieldstone.yaml are to be written there again.")
