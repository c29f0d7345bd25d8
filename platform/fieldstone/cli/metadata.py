"""`fieldstone metadata`: the published documents as files."""

from __future__ import annotations

from pathlib import Path

import click

from fieldstone.cli.report import print_json
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.metadata.canonical import canonical_layer
from fieldstone.metadata.effective import effective_documents
from fieldstone.metadata.image import WrittenImage, write_image
from fieldstone.runtime.layers import site_layer_of
from fieldstone.storage.revisions import find_version, load_layers


@click.group("metadata")
def command() -> None:
    """Write the published documents into a folder.

    Example: fieldstone metadata export ./crm
    """


@command.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--effective", is_flag=True, help="What all layers say together, instead of the site's own documents.")
@click.option("--keep", is_flag=True, help="Leave files of documents that are no longer published.")
@json_option
@site_option
def export(folder: Path, effective: bool, keep: bool, as_json: bool, site: Path) -> None:
    """Make DIR the image of the site's own documents as they are published, for git and for `publish` elsewhere.

    Every document is written in canonical form, so that the same documents are the same bytes. A document
    that is no longer published is removed from DIR if it has that form; all other files are left alone.

    Example: fieldstone metadata export ./crm --json
    """
    opened = open_site(site)
    with opened.database.read() as conn:
        version = find_version(conn)
        layers = load_layers(conn, version)
    if effective:
        documents = effective_documents(layers)
    else:
        own = site_layer_of(layers)
        documents = dict(canonical_layer(own).documents) if own else {}
    image = write_image(folder, documents, keep=keep)
    if as_json:
        lists = {name: list(getattr(image, name)) for name in WrittenImage.__dataclass_fields__}
        print_json({"folder": str(folder), "revision": version, **lists})
        return
    _print(image, folder, version)


def _print(image: WrittenImage, folder: Path, version: int) -> None:
    for word, paths in (("wrote", image.written), ("removed", image.removed), ("left alone", image.left)):
        for path in paths:
            click.echo(f"  {word} {path}")
    click.echo(
        f"{folder} holds revision {version}: {len(image.written)} written, {len(image.unchanged)} unchanged, "
        f"{len(image.removed)} removed" + (f", {len(image.left)} other files left alone." if image.left else ".")
    )
