"""Reading CSV files as people have them: any usual encoding and delimiter, problems named by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError

EMPTY = declare("import.E001", "The file {file} is empty.", "Choose a file whose first row names the columns.")
ENCODING = declare(
    "import.E002",
    "The text of {file} cannot be read as {encoding}.",
    "Save the file as CSV UTF-8 and choose it again.",
)
BINARY = declare(
    "import.E003", "{file} is not a text file.", "Save the sheet as CSV (comma separated values) and choose it again."
)
MALFORMED = declare(
    "import.E004", "{file} cannot be read from row {row} on: {reason}.", "Look for a stray quote there."
)
HEADER = declare(
    "import.E005", "The column {column} stands twice in the header of {file}.", "Give each column a name of its own."
)

_SAMPLE = 256 * 1024
_DELIMITERS = ",;\t|"
_MAX_CELL = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class CsvFormat:
    encoding: str
    delimiter: str


@dataclass(frozen=True, kw_only=True)
class CsvRow:
    """One data row. `number` is its row in a spreadsheet: the header is row 1. `cells` may be ragged."""

    number: int
    cells: list[str]


def detect_format(path: Path) -> CsvFormat:
    """The encoding and delimiter of a file. Raises InvalidInputError when it is empty or no text."""
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    if not sample.strip(b"\xef\xbb\xbf\r\n\t "):
        raise InvalidInputError(EMPTY, file=path.name)
    encoding = _detect_encoding(path, sample)
    text = sample.decode(encoding, errors="ignore")
    return CsvFormat(encoding=encoding, delimiter=_detect_delimiter(text))


def _detect_encoding(path: Path, sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in sample:
        raise InvalidInputError(BINARY, file=path.name)
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    best = from_bytes(sample).best()
    if best is None:
        raise InvalidInputError(ENCODING, file=path.name, encoding="UTF-8")
    return best.encoding


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as stream:
            while stream.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _detect_delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the same number of cells, the most of them."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        if not counts or counts[0] < 2:
            continue
        agreeing = sum(count == counts[0] for count in counts)
        if (agreeing, counts[0]) > best_score:
            best, best_score = delimiter, (agreeing, counts[0])
    return best


class CsvFile:
    """A CSV file opened for reading; iterate `rows()` as often as needed. Memory does not grow with it."""

    def __init__(self, path: Path, name: str = "", form: CsvFormat | None = None) -> None:
        self.path = path
        self.name = name or path.name
        self.format = form or detect_format(path)
        self.header = self._read_header()

    def _open(self) -> io.TextIOWrapper:
        return self.path.open(encoding=self.format.encoding, newline="", errors="strict")

    def _reader(self, stream: io.TextIOWrapper) -> Any:
        csv.field_size_limit(_MAX_CELL)
        # Strict: a quote that never ends must not swallow the rows after it.
        return csv.reader(stream, delimiter=self.format.delimiter, strict=True)

    @contextmanager
    def _reading(self, row: Callable[[], int]) -> Iterator[Any]:
        """A reader of the file. What is broken in it is an InvalidInputError that names the row."""
        with self._open() as stream:
            try:
                yield self._reader(stream)
            except csv.Error as error:
                raise InvalidInputError(MALFORMED, file=self.name, row=row(), reason=str(error)) from None
            except UnicodeDecodeError:
                raise InvalidInputError(ENCODING, file=self.name, encoding=self.format.encoding) from None

    def _read_header(self) -> list[str]:
        with self._reading(lambda: 1) as reader:
            first = next((row for row in reader if any(cell.strip() for cell in row)), None)
        if first is None:
            raise InvalidInputError(EMPTY, file=self.name)
        header = [cell.strip() for cell in first]
        while header and not header[-1]:
            header.pop()
        for position, column in enumerate(header):
            if column and column in header[:position]:
                raise InvalidInputError(HEADER, column=column, file=self.name)
        return header

    def rows(self, after: int = 1) -> Iterator[CsvRow]:
        """Data rows whose number is above `after`; empty rows are left out but counted.

        Raises InvalidInputError when the text or its quotes are broken, naming the row.
        """
        number = 0
        seen_header = False
        with self._reading(lambda: number + 1) as reader:
            for cells in reader:
                number += 1
                if not any(cell.strip() for cell in cells):
                    continue
                if not seen_header:
                    seen_header = True
                    continue
                if number > after:
                    yield CsvRow(number=number, cells=cells)

    def count(self) -> int:
        """The number of data rows."""
        return sum(1 for _ in self.rows())
