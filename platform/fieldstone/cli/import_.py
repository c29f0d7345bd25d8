"""`fieldstone import`: a file into a module, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fieldstone.cli.pairs import read_pair, read_value_mapping
from fieldstone.cli.report import err, print_json
from fieldstone.cli.site_option import json_option, open_site, operator, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, UsageError
from fieldstone.records.imports.options import ImportOptions
from fieldstone.records.imports.report import ImportReport
from fieldstone.runtime.site import Site

BAD_MAPPING_FILE = declare("cli.E011", "{file} holds no mapping.", "Write a JSON object: column name to field name.")


@click.command("import")
@click.argument("module")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="A column and the field it goes into.")
@click.option("--value", "values", multiple=True, metavar="FIELD:FROM=TO", help="Read a value as another one.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file with column to field, as `imports show --json` prints it.",
)
@click.option("--saved-map", default="", metavar="NAME", help="What was decided about such a file before.")
@click.option("--sheet", default="", metavar="NAME", help="The sheet of the file (default: the one that fits best).")
@click.option(
    "--date-format",
    type=click.Choice(["ymd", "mdy", "dmy"]),
    default=None,
    help="Order of dates in the file (default: ymd, or as the saved map says).",
)
@click.option("--key", default="", metavar="FIELD", help="The field that recognises a record already there.")
@click.option(
    "--on-duplicate",
    type=click.Choice(["skip", "overwrite", "merge", "create"]),
    default=None,
    help="What to do with a record already there (default: as the saved map says, overwrite with --key, else skip).",
)
@click.option("--no-workflows", is_flag=True, help="Leave workflows out.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@json_option
@site_option
def command(
    module: str,
    file: Path,
    maps: Sequence[str],
    values: Sequence[str],
    mapping: Path | None,
    saved_map: str,
    sheet: str,
    date_format: str | None,
    key: str,
    on_duplicate: str | None,
    no_workflows: bool,
    dry_run: bool,
    as_json: bool,
    site: Path,
) -> None:
    """Import FILE (CSV, XLSX, vCard or iCalendar) into MODULE.

    Columns that are not mapped are guessed from the header; `--map COLUMN=` leaves one out. `--saved-map`
    takes the choices of a map that was saved in an import's dialog or by `imports save-map`; what else is
    given counts before it. Rows with problems are reported and left out, all others are imported. The whole
    import can be undone.

    Example: fieldstone import organization accounts.csv --map account=name --value industry:technolgy=technology
    """
    chosen = _read_mapping(mapping) if mapping is not None else {}
    chosen.update(read_pair("--map", text, "COLUMN=FIELD", "--map account=name") for text in maps)
    opened = open_site(site)
    read_as = read_value_mapping(values)

    def decide(kept: ImportOptions) -> ImportOptions:
        """What is given before what a saved map says, and that before the defaults."""
        usual = kept.on_duplicate if saved_map and not key else "overwrite" if key else "skip"
        return replace(
            kept,
            mapping={**kept.mapping, **chosen},
            values={**kept.values, **read_as},
            key=key or kept.key,
            on_duplicate=on_duplicate or usual,  # type: ignore[arg-type]
            date_order=date_format or kept.date_order,  # type: ignore[arg-type]
            workflows=kept.workflows and not no_workflows,
            zone=opened.models.current.model.app.zone,
        )

    report = _import(opened, module, file, sheet, saved_map, decide, dry_run=dry_run, quiet=as_json)
    if as_json:
        print_json(report.to_json() | ({"import": None} if dry_run else {}))
    else:
        print_report(report, dry_run=dry_run)
    if report.failed:
        click.get_current_context().exit(1)


def _import(
    site: Site,
    module: str,
    file: Path,
    sheet: str,
    saved_map: str,
    decide: Callable[[ImportOptions], ImportOptions],
    *,
    dry_run: bool,
    quiet: bool,
) -> ImportReport:
    """The file into the module; what is refused or only tried leaves no import behind."""
    actor = operator(site)
    named = site.imports.maps.named(actor, module, saved_map) if saved_map else None
    started = site.imports.start(actor, module, file, sheet=sheet)
    keep = False
    try:
        site.imports.choose(started.id, decide(site.imports.use_map(actor, started.id, named).options))
        if dry_run:
            return run_with_progress(site, started.id, dry_run=True, quiet=quiet)
        keep = True
    finally:
        if not keep:
            site.imports.discard(started.id)
    return run_with_progress(site, started.id, dry_run=False, quiet=quiet)


def run_with_progress(site: Site, import_id: int, *, dry_run: bool, quiet: bool) -> ImportReport:
    """Run (or check) an import in this process, with a progress bar where there is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err(), disable=quiet or not err().is_terminal, transient=True) as bar:
        task = bar.add_task("Checking" if dry_run else "Importing", total=None)

        def on_progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if dry_run:
            return site.imports.preview(operator(site), import_id, on_progress=on_progress)
        try:
            return site.imports.run(import_id, on_progress=on_progress)
        except (FieldstoneError, KeyboardInterrupt):
            click.echo(f"Import {import_id} stopped. Go on with: fieldstone imports resume {import_id}", err=True)
            raise


def _read_mapping(path: Path) -> dict[str, str]:
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError):
        data = None
    if isinstance(data, dict) and isinstance(data.get("mapping"), dict):
        data = data["mapping"]
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise UsageError(BAD_MAPPING_FILE, file=str(path))
    return data


def print_report(report: ImportReport, *, dry_run: bool) -> None:
    """Counts on standard output, one line per distinct problem on standard error."""
    verb = "Would import" if dry_run else "Imported"
    click.echo(
        f"{verb} {report.total} rows: {report.created} created, {report.updated} updated, "
        f"{report.unchanged} unchanged, {report.skipped} skipped, {report.failed} failed."
    )
    for problem in report.problems:
        rows = "1 row" if problem.count == 1 else f"{problem.count} rows"
        place = f"row {problem.row}" + (f", {problem.field}" if problem.field else "")
        if problem.column and problem.column != problem.field:
            place += f" (column {problem.column})"
        if report.sheet:
            place = f"sheet {report.sheet}, {place}"
        click.echo(f"  {place}: {problem.message} ({rows})", err=True)
        if problem.hint:
            click.echo(f"      {problem.hint}", err=True)
    if not dry_run:
        click.echo(f"Import {report.id}. Undo it with: fieldstone imports undo {report.id}")
