"""A table found in a file that is no CSV file, and how it is kept: as CSV, which all imports read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldstone.kernel.codes import declare
from fieldstone.records.imports.csv_file import CsvFormat

TOO_LARGE = declare(
    "import.E041",
    "{file} is too large for a workbook: {what} (at most {limit}).",
    "Delete empty rows and columns at the end, or save the sheet as CSV and choose it again.",
)
SUSPICIOUS = declare(
    "import.E042",
    "{file} is not a workbook as spreadsheets write them: {what}.",
    "Open it in a spreadsheet, save it as XLSX again, and choose that.",
)

KEPT_FORMAT = CsvFormat(encoding="utf-8", delimiter=",")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`rows` as in a spreadsheet: the first that is not empty names the columns, empty ones count."""

    name: str
    rows: Iterable[Sequence[str]]


def write_sheet(sheet: Sheet, path: Path) -> bool:
    """Keeps the numbers of the rows. Whether anything stood in it; nothing is left behind when not."""
    some = False
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for row in sheet.rows:
            cells = [cell.replace("\x00", "") for cell in row]
            some = some or any(cell.strip() for cell in cells)
            writer.writerow(cells)
    if not some:
        path.unlink()
    return some


def lay_out(name: str, entries: Sequence[dict[str, str]], order: Sequence[str]) -> Sheet:
    """One row for each entry. Columns that no entry fills are left out; those in `order` come first, as there."""
    used = {column for entry in entries for column, text in entry.items() if text}
    columns = [column for column in order if column in used]
    for entry in entries:
        columns += [column for column in entry if column in used and column not in columns]
    return Sheet(name=name, rows=[columns, *([entry.get(column, "") for column in columns] for entry in entries)])
