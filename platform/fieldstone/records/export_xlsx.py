"""A list of records as a workbook: figures, dates and times as such, everything else as text that is no formula.

The workbook is written row by row into a file of its own, which is sent when it is complete: any number of rows takes
little memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from fieldstone.kernel.actors import Actor
from fieldstone.records.export import Export, Read, export_heading, export_pages
from fieldstone.records.paths import FieldPath
from fieldstone.records.query_types import Page
from fieldstone.records.showing import show_context
from fieldstone.storage.published import PublishedModel

MOST_ROWS = 1_048_575
"""Of one sheet, below its head; more go to another sheet."""

_PIECE = 64 * 1024
_EXACT_DIGITS = 15
"""A spreadsheet keeps no more digits of a number; longer ones are written as text."""


def export_xlsx(read: Read, actor: Actor, export: Export, *, now: datetime) -> Generator[bytes, None, None]:
    """The pieces of the file. Raises as `export_csv` does, before the first piece."""
    pages = export_pages(read, actor, export, now)
    published, paths, first = next(pages)
    heads = [export_heading(published, actor, export.module, path, export.header) for path in paths]

    def pieces() -> Generator[bytes, None, None]:
        with tempfile.TemporaryFile() as file:
            _Workbook(file, published, actor, paths, heads).fill(first, pages)
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece

    return pieces()


class _Workbook:
    def __init__(
        self, file: Any, published: PublishedModel, actor: Actor, paths: Sequence[FieldPath], heads: Sequence[str]
    ) -> None:
        # What writes workbooks is imported where it is used: a site that exports none starts sooner.
        from xlsxwriter import Workbook  # type: ignore[import-untyped]

        plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = Workbook(file, {**plain, "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"})
        self._published, self._actor, self._paths, self._heads = published, actor, paths, heads
        self._zone = ZoneInfo(actor.zone)
        self._bold = self._book.add_format({"bold": True})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._clock = self._book.add_format({"num_format": "hh:mm"})
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._sheet: Any = None
        self._row = 0

    def fill(self, first: Page, pages: Iterator[tuple[PublishedModel, tuple[FieldPath, ...], Page]]) -> None:
        self._write(first)
        for _, _, page in pages:
            self._write(page)
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for column, head in enumerate(self._heads):
            self._sheet.write_string(0, column, head, self._bold)
        self._row = 1

    def _write(self, page: Page) -> None:
        context = show_context(self._published, self._actor, page.labels)
        if self._sheet is None:
            self._begin_sheet()
        for record in page.records:
            if self._row > MOST_ROWS:
                self._begin_sheet()
            for column, path in enumerate(self._paths):
                value = record.values[path.text]
                if value is not None and value != "" and not self._write_typed(column, path, value):
                    text = str(value) if path.part else path.type.export(path.field, value, context)
                    self._sheet.write_string(self._row, column, text)
            self._row += 1

    def _write_typed(self, column: int, path: FieldPath, value: Any) -> bool:
        """False for what is to be written as text."""
        sheet, row = self._sheet, self._row
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, (int, Decimal)) and path.value_type.kind == "number":
            if len(Decimal(value).normalize().as_tuple().digits) > _EXACT_DIGITS:
                return False
            sheet.write_number(row, column, value, self._money if path.type.name == "money" else None)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.astimezone(self._zone).replace(tzinfo=None), self._moment)
        elif isinstance(value, date) and value.year >= 1900:
            sheet.write_datetime(row, column, value, self._date)
        elif isinstance(value, time):
            sheet.write_datetime(row, column, value, self._clock)
        else:
            return False
        return True
