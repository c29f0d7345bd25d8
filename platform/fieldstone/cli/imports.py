"""`fieldstone imports`: what was imported, taking it back, and what was decided about files that come again."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from fieldstone.cli.import_ import print_report, run_with_progress
from fieldstone.cli.report import counted, print_json, print_table
from fieldstone.cli.site_option import json_option, open_site, operator, site_option
from fieldstone.records.imports.maps import ImportMap


@click.group("imports")
def command() -> None:
    """List, show, resume or undo imports; keep what was decided for the next file.

    Example: fieldstone imports list
    """


@command.command("list")
@json_option
@site_option
def list_imports(as_json: bool, site: Path) -> None:
    """List imports, newest first.

    Example: fieldstone imports list --json
    """
    opened = open_site(site)
    found = opened.imports.list(operator(opened))
    if as_json:
        print_json(
            [
                {"import": each.id, "module": each.module, "file": each.file_name, "state": each.state}
                | {"created": each.report.created, "updated": each.report.updated, "failed": each.report.failed}
                | {"at": each.created_at}
                for each in found
            ]
        )
        return
    print_table(
        ("Import", "Module", "File", "State", "Created", "Updated", "Failed", "At"),
        (
            (
                *(each.id, each.module, each.file_name, each.state),
                *(each.report.created, each.report.updated, each.report.failed),
                each.created_at[:16].replace("T", " "),
            )
            for each in found
        ),
    )


@command.command("show")
@click.argument("import_id", metavar="ID", type=int)
@json_option
@site_option
def show(import_id: int, as_json: bool, site: Path) -> None:
    """Show an import with its problems.

    Example: fieldstone imports show 3
    """
    opened = open_site(site)
    found = opened.imports.get(operator(opened), import_id)
    if as_json:
        print_json({**found.report.to_json(), "state": found.state, "mapping": dict(found.options.mapping)})
        return
    click.echo(f"{found.file_name} into {found.module}: {found.state}")
    print_report(found.report, dry_run=False)


@command.command("resume")
@click.argument("import_id", metavar="ID", type=int)
@json_option
@site_option
def resume(import_id: int, as_json: bool, site: Path) -> None:
    """Go on with an import that was interrupted; no row is done twice.

    Example: fieldstone imports resume 3
    """
    opened = open_site(site)
    opened.imports.require_chosen(import_id)
    report = run_with_progress(opened, import_id, dry_run=False, quiet=as_json)
    if as_json:
        print_json(report.to_json())
    else:
        print_report(report, dry_run=False)
    if report.failed:
        click.get_current_context().exit(1)


@command.command("undo")
@click.argument("import_id", metavar="ID", type=int)
@json_option
@site_option
def undo(import_id: int, as_json: bool, site: Path) -> None:
    """Take a whole import back: the records are as they were before it.

    Refused, with a list, when records were edited since.

    Example: fieldstone imports undo 3
    """
    opened = open_site(site)
    undone = opened.imports.undo(operator(opened), import_id)
    if as_json:
        print_json({"import": import_id, "removed": undone.removed, "reverted": undone.reverted})
        return
    click.echo(f"Import {import_id} undone: {counted(undone.removed, 'record')} removed, {undone.reverted} put back.")


@command.command("maps")
@click.argument("module")
@json_option
@site_option
def maps(module: str, as_json: bool, site: Path) -> None:
    """List the saved maps of MODULE, which `import --saved-map` takes.

    Example: fieldstone imports maps contact
    """
    opened = open_site(site)
    found = opened.imports.maps.list(operator(opened), module)
    if as_json:
        print_json([_map_to_json(each) for each in found])
        return
    print_table(
        ("Name", "Shared", "Columns"),
        ((each.label, "yes" if each.shared else "no", ", ".join(each.columns)) for each in found),
    )


@command.command("save-map")
@click.argument("import_id", metavar="ID", type=int)
@click.argument("name")
@click.option("--shared", is_flag=True, help="For all who may import into the module, not for the operator alone.")
@json_option
@site_option
def save_map(import_id: int, name: str, shared: bool, as_json: bool, site: Path) -> None:
    """Keep the choices of an import by NAME; one that has it is replaced.

    Example: fieldstone imports save-map 3 "Monthly list"
    """
    opened = open_site(site)
    actor = operator(opened)
    stored = opened.imports.get(actor, import_id)
    header, _rows = opened.imports.header(stored, 0)
    saved = opened.imports.maps.save(actor, stored.module, name, header, stored.options, shared=shared)
    if as_json:
        print_json(_map_to_json(saved))
        return
    click.echo(f"Saved. Use it with: fieldstone import {stored.module} FILE --saved-map {shlex.quote(saved.label)}")


@command.command("forget-map")
@click.argument("module")
@click.argument("name")
@json_option
@site_option
def forget_map(module: str, name: str, as_json: bool, site: Path) -> None:
    """Forget a saved map of MODULE.

    Example: fieldstone imports forget-map contact "Monthly list"
    """
    opened = open_site(site)
    actor = operator(opened)
    found = opened.imports.maps.named(actor, module, name)
    opened.imports.maps.forget(actor, module, found.id)
    if as_json:
        print_json(_map_to_json(found))
        return
    click.echo(f"Forgotten: {found.label}")


def _map_to_json(saved: ImportMap) -> dict[str, Any]:
    options = {key: value for key, value in saved.options.to_json().items() if key != "zone"}
    return {"name": saved.label, "shared": saved.shared, "own": saved.owned, "columns": list(saved.columns), **options}
