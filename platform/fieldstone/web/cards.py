"""Records as the cards of a board, or as the lines of a list beside a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from fieldstone.records.query_types import PRINCIPAL, Record
from fieldstone.records.stage_ages import StageAge
from fieldstone.web.columns import Deadline, whole_amounts
from fieldstone.web.current import current_records
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.persons import avatar
from fieldstone.web.record_offers import needed_paths, refusals
from fieldstone.web.show import Shower


@dataclass(frozen=True, kw_only=True)
class Card:
    """`lane` is the value the record has. `lines` stand below the title, `figure`, `notes`
    (dates, pills, small values) and `person` in the foot. `movable`: the person may change the lane's field;
    `shut` are the lanes that do not take the record as it stands."""

    id: int
    version: int
    module: str
    lane: str
    title: str
    lines: Sequence[str]
    figure: str
    notes: Sequence[Markup]
    person: Markup
    movable: bool
    shut: Sequence[str] = ()
    gone: bool = False


class Cards:
    """Makes cards with the values of `fields`; `lane` is the field of the board's columns, None without a board."""

    def __init__(
        self, module: DescribedModule, lane: DescribedField | None, fields: Sequence[DescribedField], shower: Shower
    ) -> None:
        self._module = module
        self._lane = lane
        self._fields = fields
        self._shower = shower
        self._deadline = Deadline(module, shower)

    @property
    def paths(self) -> tuple[str, ...]:
        """What must be read of a record."""
        shown = [field.path for field in self._fields]
        stage = self._deadline.needs(shown)
        more = [*([self._lane.path] if self._lane else []), *([stage] if stage else [])]
        more += needed_paths(self._module, self._lane) if self._lane else []
        return tuple(dict.fromkeys((self._module.module.name_field, *shown, *more)))

    def make(
        self,
        records: Sequence[Record],
        movable: Collection[int] | None,
        *,
        gone: Collection[int] = (),
        ages: Mapping[int, StageAge] | None = None,
    ) -> list[Card]:
        """`gone`: those that the list does not show any more; `ages`: how long they are where they are."""
        whole = {
            field.path for field in self._fields if field.type.name == "money" and whole_amounts(records, field.path)
        }
        shut = refusals(self._module, self._lane, records, known=True) if self._lane else {}
        aged = {id: self._age(age) for id, age in (ages or {}).items()}
        return [
            self._card(
                record,
                whole,
                movable is None or record.id in movable,
                record.id in gone,
                aged.get(record.id, Markup("")),
                tuple(shut.get(record.id, ())),
            )
            for record in records
        ]

    def _card(
        self, record: Record, whole: Collection[str], movable: bool, gone: bool, age: Markup, shut: Sequence[str]
    ) -> Card:
        name = self._module.name_field
        lines: list[str] = []
        notes: list[Markup] = []
        figure, person = "", Markup("")
        for field in self._fields:
            value = record.values.get(field.path)
            if value is None or value in ("", (), []):
                continue
            if field.slot == "figure" and not figure:
                figure = self._figure(field, value, whole)
            elif field.slot == "person" and not person:
                person = self._person(field, value)
            elif field.slot in ("date", "status", "figure"):
                notes.append(self._note(field, record, value))
            else:
                lines.append(self._shower.text(field, value))
        return Card(
            id=record.id,
            version=record.version,
            module=record.module,
            lane=(record.values.get(self._lane.path) if self._lane else "") or "",
            title=self._shower.text(name, record.values.get(name.path)) or f"#{record.id}",
            lines=[line for line in lines if line],
            figure=figure,
            notes=[*notes, age] if age else notes,
            person=person,
            movable=movable,
            shut=shut,
            gone=gone,
        )

    def _figure(self, field: DescribedField, value: Any, whole: Collection[str]) -> str:
        text = self._shower.text(field, value)
        if field.path in whole and isinstance(value, Decimal):
            return self._shower.without_cents(text)
        return text

    def _age(self, age: StageAge) -> Markup:
        """Whole days at the stage; said in words too where it is more than half as long again as usual."""
        spent = current_records().clock() - age.since
        if spent < timedelta(days=1):
            return Markup("")
        text = ngettext("%(num)s day", "%(num)s days", spent.days)
        if age.usual is None or spent < max(age.usual * 1.5, age.usual + timedelta(days=1)):
            return Markup('<span class="fs-kard-age">%s</span>') % gettext("%(days)s at this stage", days=text)
        usual = ngettext("Usually %(num)s day", "Usually %(num)s days", age.usual.days)
        words = gettext("%(days)s here, longer than usual", days=text)
        return Markup('<span class="fs-kard-age is-long" title="%s">%s</span>') % (usual, words)

    def _person(self, field: DescribedField, value: Any) -> Markup:
        label = self._shower.labels.get((PRINCIPAL, value)) or gettext("Unknown")
        words = Markup('<span class="visually-hidden">%s</span>') % f"{field.label}: {label}"
        return Markup('<span title="%s">%s</span>%s') % (label, avatar(value, label), words)

    def _note(self, field: DescribedField, record: Record, value: Any) -> Markup:
        cell = Markup(self._shower.cell(field, value))
        if self._deadline.days_late(field, record):
            late = gettext("(overdue)")
            return Markup('<span class="fs-late">%s <span class="visually-hidden">%s</span></span>') % (cell, late)
        return Markup('<span title="%s">%s</span>') % (field.label, cell)
