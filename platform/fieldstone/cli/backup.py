"""`fieldstone backup`: the whole site in one file, while people work."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.progress import progress_bar
from fieldstone.cli.report import counted, print_json
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.runtime.backup.make import make_backup


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@site_option
def command(file: Path, as_json: bool, site: Path) -> None:
    """Write the whole site into one file: database, key, settings, plugins, uploads. Nobody has to stop working.

    The file holds the site's key: keep it as safe as the site. Passwords that stand in fieldstone.yaml are not in it.

    Example: fieldstone backup /backup/crm-monday.zip
    """
    opened = open_site(site)
    with progress_bar("Backing up", quiet=as_json) as progress:
        manifest = make_backup(opened, file, progress=progress)
    if as_json:
        print_json(
            {"file": str(file), "size": file.stat().st_size, "revision": manifest.origin.revision}
            | {"tables": {each.table.name: each.rows for each in manifest.tables}, "rows": manifest.rows}
            | {"files": len(manifest.files), "left_out": list(manifest.left_out)}
        )
        return
    click.echo(f"{file}: {counted(manifest.rows, 'row')} of {counted(len(manifest.tables), 'table')}, "
               f"{counted(len(manifest.files), 'file')}. It was read back and is whole.")  # fmt: skip
    for name in manifest.left_out:
        click.echo(f"  Left out: {name}, which was made by hand and holds what Fieldstone cannot read.")
