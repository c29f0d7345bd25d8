"""The columns of a table: which slot each has, how wide it is, and the cells of a page of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.i18n import gettext
from fieldstone.web.record_clock import clock_fields, clock_of, whole_day_times
from fieldstone.web.show import Shower

_WIDTHS = {
    "title": "w-15", "sub": "w-11", "figure": "w-8", "status": "w-9", "person": "w-10", "date": "w-9", "extra": "w-11",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `spare` columns share their slot with an earlier one and are left out on a phone."""

    field: DescribedField
    slot: str
    spare: bool = False

    @property
    def classes(self) -> str:
        return f"is-{self.slot} is-spare" if self.spare else f"is-{self.slot}"

    @property
    def width(self) -> str:
        return _WIDTHS[self.slot]

    @property
    def editable(self) -> bool:
        """Whether a value may be changed in its cell, as far as the field says; a record may say no besides."""
        field = self.field
        if "." in field.path or not field.writable or field.coming or field.name == "record_type":
            return False
        return not field.field.read_only_after_create and field.control != "secret"

    @property
    def sortable(self) -> bool:
        return self.field.type.sortable


def make_columns(module: DescribedModule, paths: Sequence[str]) -> list[Column]:
    """The columns for the paths that name a field. The first one leads to the record when no name field does."""
    fields = [found for path in paths if (found := module.find(path)) is not None]
    columns: list[Column] = []
    taken: set[str] = set()
    has_title = any(field.slot == "title" for field in fields)
    for position, field in enumerate(fields):
        slot = "title" if not has_title and position == 0 else field.slot
        if slot not in _WIDTHS or slot in ("sub", "extra"):
            slot = "extra" if "sub" in taken else "sub"  # the second line of a card, then the third
        columns.append(Column(field=field, slot=slot, spare=slot in taken))
        taken.add(slot)
    return columns


class Deadline:
    """Dates that are late: those in the head of a record whose stage is still open.

    The layout says so by putting a date into the head of a module that has a stage path.
    """

    def __init__(self, module: DescribedModule, shower: Shower) -> None:
        stage = module.stage
        picklist = shower.model.picklists.get(stage.field.picklist) if stage else None
        values = picklist.values.values() if picklist else ()
        self._stage = stage.path if stage else ""
        self._closed = frozenset(value.key for value in values if value.meaning in ("won", "lost", "closed"))
        self._fields = frozenset(
            name
            for name in module.layout.header
            if (field := module.find(name)) is not None and field.type.name == "date" and self._closed
        )
        self._today = shower.today

    def needs(self, paths: Sequence[str]) -> str:
        """The stage field, when one of the columns may be late and the stage must be read too; else ""."""
        return self._stage if any(path in self._fields for path in paths) else ""

    def days_late(self, field: DescribedField, record: Record) -> int:
        """0 when it is not late, or not a deadline."""
        if field.path not in self._fields or record.values.get(self._stage) in self._closed:
            return 0
        due = record.values.get(field.path)
        return max(0, (self._today - due).days) if due is not None else 0


def whole_amounts(records: Sequence[Record], path: str) -> bool:
    """True when the cents of a money column can be dropped: every amount on the page is whole."""
    values = (record.values.get(path) for record in records)
    return all(value is None or value == value.to_integral_value() for value in values if value is not None)


def whole_columns(columns: Sequence[Column]) -> list[str]:
    """The columns whose cents are left out where no amount has any."""
    return [column.field.path for column in columns if column.field.type.name == "money"]


def fields_to_read(module: DescribedModule, columns: Sequence[Column]) -> tuple[str, ...]:
    """What must be read of a record to draw its row: the columns, its name, by which clock its times are told."""
    paths = [column.field.path for column in columns]
    return tuple(dict.fromkeys((*paths, module.module.name_field, *clock_fields(module, paths))))


class Cells:
    """Draws the cells of a table, row by row. `linked` False leaves the title without its link. `whole`: the columns
    that are shown without cents; None: those in which these records have none."""

    def __init__(
        self,
        module: DescribedModule,
        columns: Sequence[Column],
        records: Sequence[Record],
        shower: Shower,
        *,
        classes: Callable[[Column, int], str] = lambda column, position: column.classes,
        linked: bool = True,
        whole: Collection[str] | None = None,
    ) -> None:
        self.module = module
        self.shower = shower
        self._linked = linked
        self._columns = [(column, column.field, classes(column, place)) for place, column in enumerate(columns)]
        self._deadline = Deadline(module, shower)
        self.whole = frozenset(
            path for path in whole_columns(columns) if whole_amounts(records, path) and (whole is None or path in whole)
        )
        self._days = frozenset(whole_day_times(module.module))
        self._by_zone = {shower.zone: shower}
        self._late = escape(gettext("(overdue)"))

    def row(self, record: Record, *, tools: str = "") -> Markup:
        """The <td> elements of a record, in the order of the columns. `tools` goes behind the title."""
        cells: list[str] = []
        values = record.values
        for column, field, classes in self._columns:
            if column.slot == "title" and self._linked:
                cells.append(
                    f'<td class="{classes}"><a href="/m/{record.module}/{record.id}">'
                    f"{self._title(field, record)}</a>{tools}</td>"
                )
                continue
            shower = self._at(record) if field.path in self._days else self.shower
            inner = self._inner(field, values.get(field.path), shower)
            if column.slot == "date" and self._deadline.days_late(field, record):
                cells.append(
                    f'<td class="{classes} fs-late">{inner} <span class="visually-hidden">{self._late}</span>'
                    '<i class="bi bi-exclamation-circle" aria-hidden="true"></i></td>'
                )
            else:
                cells.append(f'<td class="{classes}">{inner}</td>')
        return Markup("".join(cells))

    def _at(self, record: Record) -> Shower:
        """By the clock of a record that takes whole days."""
        zone = clock_of(self.module.module, record.values, self.shower.zone)
        found = self._by_zone.get(zone)
        if found is None:
            model, labels = self.shower.model, self.shower.labels
            found = self._by_zone[zone] = Shower(model, current_actor(), labels, zone=zone)
        return found

    def _inner(self, field: DescribedField, value: Any, shower: Shower) -> str:
        inner = shower.cell(field, value)
        if field.path in self.whole and isinstance(value, Decimal):
            return self.shower.without_cents(inner)
        return inner

    def _title(self, field: DescribedField, record: Record) -> str:
        text = self.shower.text(field, record.values.get(field.path))
        return str(escape(text or f"#{record.id}"))
