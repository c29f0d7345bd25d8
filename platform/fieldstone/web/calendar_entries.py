"""Records as the entries of a calendar, in the person's time zone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from fieldstone.records import access
from fieldstone.records.occurrences import Series, find_series, zone_for
from fieldstone.records.query_types import PRINCIPAL, Query, Record
from fieldstone.web.calendar_days import Days
from fieldstone.web.calendar_fields import DayFields
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.persons import Person
from fieldstone.web.rights import rights_on
from fieldstone.web.show import Shower
from fieldstone.web.times import local

MOST = 1_000
"""Entries of one module in what is shown; beyond that the conditions have to be narrower."""

_SHOWN = timedelta(hours=1)
"""How long a record looks that does not say when it ends."""

_LONGEST = timedelta(days=7)
"""How far back records with a duration are looked for that may last into the first day."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One record on its days, `first` to `last`. `start` and `end` are wall clock times of the person's zone, None for
    whole days; `meaning` says in words what the hue does; `stretch`: its end can be changed too. `on` names the
    occurrence of a record that repeats."""

    module: str
    id: int
    version: int
    title: str
    icon: str
    hue: str
    meaning: str
    first: date
    last: date
    start: datetime | None = None
    end: datetime | None = None
    person: Person | None = None
    movable: bool = False
    stretch: bool = False
    on: date | None = None

    @property
    def key(self) -> str:
        return f"{self.module}-{self.id}" + (f"-{self.on:%Y%m%d}" if self.on else "")

    def url(self, move_url: str) -> str:
        """Of the record, or of the occurrence in the calendar that moves by `move_url`."""
        if self.on is None:
            return f"/m/{self.module}/{self.id}"
        return move_url.replace("-module-", self.module).replace("/0/calendar", f"/{self.id}/occurrence/{self.on}")

    @property
    def whole(self) -> bool:
        """Takes whole days, or more than one: drawn as a bar."""
        return self.start is None or (self.end is not None and self.end - self.start >= timedelta(days=1))

    @property
    def clock(self) -> str:
        return f"{self.start:%H:%M}" if self.start else ""

    @property
    def clocks(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}" if self.start and self.end else self.clock


class EntryReader:
    """Reads the entries of one module. `by_owner`: their colour is the owner's."""

    def __init__(
        self, module: DescribedModule, fields: DayFields, shower: Shower, *, where: str = "", by_owner: bool = False
    ) -> None:
        self.module = module
        self.fields = fields
        self._shower = shower
        self._where = where
        self._owner = module.find("owner")
        self._colour = None if by_owner else fields.colour
        self._may = rights_on(module.name)
        occurs = module.module.occurs
        self.occurs = occurs if occurs is not None and occurs.start == fields.start.name else None
        self._repeat = module.find(self.occurs.repeat) if self.occurs is not None and self.occurs.repeat else None

    def read(self, days: Days) -> tuple[list[Entry], bool]:
        """The entries, and whether there are more than are shown. Raises as `Records.query`."""
        start, end = self.fields.start.name, self.fields.end
        low, high = (self._literal(days, edge) for edge in (0, 1))
        once = f" and is_empty({self._repeat.name})" if self._repeat is not None else ""
        found = self._query(f"{start} >= {low} and {start} < {high}{once}")
        if end is not None:
            found += self._query(f"{start} < {low} and {end.name} >= {low}{once}")
        elif self.fields.duration is not None:
            earlier = f"'{(days.bounds[0] - _LONGEST).isoformat().replace('+00:00', 'Z')}'"
            found += self._query(f"{start} >= {earlier} and {start} < {low} and {self.fields.duration.name} > 0{once}")
        series = self._query(f"{start} < {high} and not is_empty({self._repeat.name})", "-") if self._repeat else []
        movable = self._movable([*found, *series])
        entries = [self.entry(record, movable is None or record.id in movable) for record in found]
        for record in series:
            entries += self._occurrences(record, days, movable is None or record.id in movable)
        inside = [entry for entry in entries if entry.last >= days.first and entry.first < days.end]
        return inside[:MOST], len(inside) > MOST or len(found) > MOST or len(series) > MOST

    def series(self, record: Record) -> Series | None:
        """The series that a record is the first of; None when it does not repeat, or the person may not know."""
        return find_series(self.occurs, record.values, self._shower.zone) if self._repeat is not None else None

    def on(self, record: Record, series: Series, day: date) -> Record:
        """The record as if it stood for one occurrence alone."""
        occurrence = series.on(day)
        ends = {self.fields.end.name: occurrence.ends} if self.fields.end is not None else {}
        return replace(record, values={**record.values, self.fields.start.name: occurrence.starts, **ends})

    def zone(self, record: Record) -> str:
        """Where the days of a record that takes whole ones begin: the same for everybody."""
        return zone_for(self.occurs, record.values, self._shower.zone)

    def _occurrences(self, record: Record, days: Days, movable: bool) -> list[Entry]:
        series = self.series(record)
        if series is None:
            return []
        found = series.between(days.first, days.end, MOST)
        return [replace(self.entry(self.on(record, series, each.day), movable), on=each.day) for each in found]

    def entry(self, record: Record, movable: bool) -> Entry:
        values, fields = record.values, self.fields
        begins, ends = values[fields.start.name], self._ends(record)
        name = self.module.name_field
        owner = values.get("owner") if self._owner is not None else None
        person = Person(owner, self._shower.labels.get((PRINCIPAL, owner), "")) if owner is not None else None
        hue, meaning = self._hue(record, person)
        all_day = bool(fields.all_day and values.get(fields.all_day.name))
        first, last, start, end = self._place(
            begins, ends, all_day, self.zone(record) if all_day else self._shower.zone
        )
        return Entry(
            module=self.module.name,
            id=record.id,
            version=record.version,
            title=self._shower.text(name, values.get(name.path)) or f"#{record.id}",
            icon=self.module.icon,
            hue=hue,
            meaning=meaning,
            first=first,
            last=last,
            start=start,
            end=end,
            person=person,
            movable=movable and fields.start.writable,
            stretch=movable and any(field is not None and field.writable for field in (fields.end, fields.duration)),
        )

    @property
    def names(self) -> tuple[str, ...]:
        owner = ["owner"] if self._owner is not None else []
        more = (self.occurs.repeat, self.occurs.zone) if self.occurs is not None else ()
        known = [name for name in more if name and self.module.find(name) is not None]
        return tuple(dict.fromkeys([self.module.module.name_field, *self.fields.names, *owner, *known]))

    def _place(
        self, begins: date | datetime, ends: date | datetime | None, all_day: bool, zone: str
    ) -> tuple[date, date, datetime | None, datetime | None]:
        if not isinstance(begins, datetime):
            last = ends if ends is not None else begins
            return begins, max(begins, last.date() if isinstance(last, datetime) else last), None, None
        start = local(begins, zone).replace(tzinfo=None)
        end = start + _SHOWN
        if isinstance(ends, datetime):
            # By the wall clock, which may go back meanwhile; what lasts some minutes then still does.
            end = max(local(ends, zone).replace(tzinfo=None), start + min(ends - begins, _SHOWN))
            end = max(end, start)
        elif all_day:
            end = start
        last = (end - timedelta(microseconds=1)).date() if end > start else end.date()
        return start.date(), max(last, start.date()), None if all_day else start, None if all_day else end

    def _ends(self, record: Record) -> date | datetime | None:
        fields, values = self.fields, record.values
        if fields.end is not None:
            found: date | datetime | None = values.get(fields.end.name)
            return found
        seconds = values.get(fields.duration.name) if fields.duration is not None else None
        begins: datetime = values[fields.start.name]
        return begins + timedelta(seconds=seconds) if seconds and fields.timed else None

    def _query(self, within: str, order: str = "") -> list[Record]:
        where = f"({self._where}) and {within}" if self._where else within
        query = Query(where=where, sort=(order + self.fields.start.name,), fields=self.names, limit=MOST + 1)
        page = current_records().query(current_actor(), self.module.name, query)
        self._shower.with_labels(page.labels)
        return page.records

    def _literal(self, days: Days, edge: int) -> str:
        if not self.fields.timed:
            return f"'{(days.first, days.end)[edge].isoformat()}'"
        # Days of another zone begin and end up to a day before or after.
        further = timedelta(days=edge * 2 - 1) if self.occurs is not None and self.occurs.zone else timedelta()
        return f"'{(days.bounds[edge] + further).astimezone(UTC).isoformat().replace('+00:00', 'Z')}'"

    def _movable(self, records: Iterable[Record]) -> Collection[int] | None:
        """Those that the person may change; None: all."""
        published, actor, name = current_published(), current_actor(), self.module.name
        if not self._may.edit:
            return ()
        if not access.is_limited(published, actor, name, "edit"):
            return None
        return current_records().within_reach(actor, name, [record.id for record in records], "edit")

    def _hue(self, record: Record, person: Person | None) -> tuple[str, str]:
        """And what it means: the value of the colouring field, else whose it is."""
        if self._colour is None:
            return (person.hue, person.name) if person is not None else ("blue", "")
        key = record.values.get(self._colour.name) or ""
        picklist = self._shower.model.picklists.get(self._colour.field.picklist)
        value = picklist.values.get(key) if picklist else None
        return (value.colour or "gray") if value else "gray", self._shower.text(self._colour, key) if key else ""
