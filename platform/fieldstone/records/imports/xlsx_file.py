"""Reading XLSX: what a cell is arrives as what it is, and a file made to do harm is refused before it is read."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.imports.csv_file import BINARY
from fieldstone.records.imports.sheet import SUSPICIOUS, TOO_LARGE, Sheet

MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 2_000
MAX_CELLS = 8_000_000
MAX_SHEETS = 50
_SMALL = 1024 * 1024
"""A part below this may be packed as tightly as it likes."""

_WORKBOOK = "xl/workbook.xml"
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]+)?(\d+)""")
_PIECE = 1024 * 1024


def read_xlsx(path: Path, name: str) -> list[Sheet]:
    """The sheets that people see. Raises InvalidInputError import.E003, E041, E042."""
    _inspect(path, name)
    try:
        book = CalamineWorkbook.from_path(str(path))
        shown = [each.name for each in book.sheets_metadata if str(each.visible).endswith("Visible")]
        if len(shown) > MAX_SHEETS:
            raise InvalidInputError(TOO_LARGE, file=name, what=f"{len(shown)} sheets", limit=MAX_SHEETS)
        return [Sheet(name=each, rows=_rows(book.get_sheet_by_name(each))) for each in shown]
    except InvalidInputError:
        raise
    except Exception as error:  # the library raises its own and bare ones, one for each part of the format
        raise InvalidInputError(SUSPICIOUS, file=name, what=str(error)[:200] or type(error).__name__) from None


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    if sheet.start is None:
        return
    margin = [""] * sheet.start[1]  # the rows above the first are given, the columns before it are not
    for row in sheet.iter_rows():
        yield margin + [_text(cell) for cell in row]


def _text(cell: object) -> str:
    """As the fields read it whatever the language and the order of dates: a whole number has no decimals."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(cell)


def _number(value: float) -> str:
    """The 15 digits that a spreadsheet keeps, without an exponent."""
    text = f"{Decimal(format(value, '.15g')):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _inspect(path: Path, name: str) -> None:
    """Raises InvalidInputError for what would unpack into too much, or is made of what no spreadsheet writes."""
    try:
        book = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InvalidInputError(BINARY, file=name) from None
    try:
        with book:
            parts = book.infolist()
            if not any(part.filename == _WORKBOOK for part in parts):
                raise InvalidInputError(BINARY, file=name)
            _weigh(parts, name)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _scan(book, part, name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error) as error:
        raise InvalidInputError(SUSPICIOUS, file=name, what=str(error)[:200]) from None


def _weigh(parts: list[zipfile.ZipInfo], name: str) -> None:
    if len(parts) > MAX_PARTS:
        raise InvalidInputError(TOO_LARGE, file=name, what=f"{len(parts)} parts", limit=MAX_PARTS)
    if len({part.filename for part in parts}) < len(parts):
        raise InvalidInputError(SUSPICIOUS, file=name, what="a part stands twice in it")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        what = "it unpacks into more than can be read"
        raise InvalidInputError(TOO_LARGE, file=name, what=what, limit=f"{MAX_UNPACKED // 2**20} MB")
    for part in parts:
        if part.file_size > _SMALL and part.file_size > MAX_RATIO * part.compress_size:
            raise InvalidInputError(SUSPICIOUS, file=name, what=f"{part.filename} is packed beyond what is usual")


def _scan(book: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Unpacks once (sizes that lie are found out) and looks for entities and for cells far away: the table that is
    made of a sheet has a place for every cell up to the last."""
    rest, columns, rows = b"", 1, 1
    with book.open(part) as stream:
        while piece := stream.read(_PIECE):
            text = rest + piece
            end = text.rfind(b"<")
            text, rest = (text[:end], text[end:]) if end > 0 else (text, b"")
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise InvalidInputError(SUSPICIOUS, file=name, what=f"{part.filename} declares entities")
            columns, rows = _reach(text, columns, rows)
        columns, rows = _reach(rest, columns, rows)
    if b"<!DOCTYPE" in rest or b"<!ENTITY" in rest:
        raise InvalidInputError(SUSPICIOUS, file=name, what=f"{part.filename} declares entities")
    if columns * rows > MAX_CELLS:
        what = f"{part.filename} reaches to row {rows:,} and column {columns:,}"
        raise InvalidInputError(TOO_LARGE, file=name, what=what, limit=f"{MAX_CELLS:,} cells")


def _reach(text: bytes, columns: int, rows: int) -> tuple[int, int]:
    """The last column and row that a cell of the text, or of what came before, stands in."""
    found = _REFERENCE.findall(text)
    for letters in {letters.upper() for letters, _ in found}:
        number = 0
        for letter in letters[:6]:
            number = number * 26 + letter - 64
        columns = max(columns, number)
    return columns, max(rows, max((int(digits[:12]) for _, digits in found), default=1))
