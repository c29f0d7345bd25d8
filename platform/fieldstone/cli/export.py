"""`fieldstone export`: records of a module as a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import click

from fieldstone.cli.site_option import open_site, operator, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UsageError
from fieldstone.records.as_of.moments import read_moment

JOB_NEEDS_TIME = declare("cli.E080", "--job goes with --as-of, and without --out.", "Leave --job out.")
NOT_WRITTEN = declare("cli.E023", "{file} cannot be written: {reason}.", "Name another file with --out.")


@click.command("export")
@click.argument("module")
@click.option("--where", default="", metavar="EXPRESSION", help="Only the records for which it holds.")
@click.option("--fields", default="", metavar="A,B", help="Fields to write (default: all that can be exported).")
@click.option("--sort", default="", metavar="-A,B", help="Order of the rows.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "vcard", "json", "jsonl"]),
    default="csv",
    show_default=True,
    help="How they are written.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (default: standard output)."
)
@click.option(
    "--as-of",
    metavar="TIME",
    help="As the records were: a time (2026-03-14T09:30:00Z) or a date, for the end of that day.",
)
@click.option("--job", is_flag=True, help="With --as-of: let a worker write the file, in the site's folder.")
@site_option
def command(
    module: str,
    where: str,
    fields: str,
    sort: str,
    form: str,
    out: Path | None,
    as_of: str | None,
    job: bool,
    site: Path,
) -> None:
    """Export records of MODULE as CSV, a workbook (XLSX), vCards, a JSON array, or JSON lines (one record on
    each line).

    The records are written while they are read, so that any number of them takes little memory.

    Example: fieldstone export opportunity --where "stage == 'won'" --out won.csv
    """
    opened = open_site(site)
    actor, columns, order, written = operator(opened), _names(fields), _names(sort), form.removesuffix("l")
    moment = None
    if as_of is not None:
        moment = read_moment(as_of, zone=opened.models.current.model.app.zone, now=opened.clock())
    if job:
        if moment is None or out is not None:
            raise UsageError(JOB_NEEDS_TIME)
        number = opened.past_exports.enqueue(
            actor, module, moment, where=where, fields=columns, sort=order, form=written
        )
        click.echo(f"Job {number} writes {opened.past_exports.file_of(number, written)}")
        return
    chunks: Iterable[bytes] = opened.records.export(
        actor, module, where=where, fields=columns, sort=order, form=written, as_of=moment, most_changes=None
    )
    if form == "json":
        chunks = _array(chunks)
    if out is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    _write(out, chunks)


def _array(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines of JSON as one array. Each piece holds whole lines."""
    before = b"[\n"
    for piece in lines:
        if piece:
            yield before + piece.rstrip(b"\n").replace(b"\n", b",\n")
            before = b",\n"
    yield (b"[" if before == b"[\n" else b"\n") + b"]\n"


def _write(out: Path, chunks: Iterable[bytes]) -> None:
    """The whole file or none: what stood there before goes only when the new one is complete."""
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
        part.replace(out)
    except OSError as error:
        raise UsageError(NOT_WRITTEN, file=out, reason=error.strerror) from None
    finally:
        with suppress(OSError):
            part.unlink()


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))
