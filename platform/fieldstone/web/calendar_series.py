"""Changing a series from one of its occurrences: that one alone, it and all that follow, or the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.zones import to_utc
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldProblem, ValidationError
from fieldstone.records import access
from fieldstone.records.changes import RecordChange, SaveOptions, TempRef
from fieldstone.records.occurrences import Series
from fieldstone.records.query_types import Query, Record
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.page import parse_context

SCOPES = ("one", "following", "all")

CANNOT_FOLLOW = declare(
    "calendar.E001",
    "The rule of this series names several days, which cannot all be moved.",
    "Move only this one, or change the rule in the form of the series.",
)

_NEW = "part"
_MOST = 200


@dataclass(frozen=True, kw_only=True)
class SeriesDone:
    """What was done, as far as it has to be known to take it back. `record_id` is the one that holds the occurrence
    now; `entries` are those of the history, newest first as (record, entry)."""

    record_id: int
    created: Sequence[int] = ()
    deleted: Sequence[int] = ()
    entries: Sequence[tuple[int, int]] = ()


class SeriesEditor:
    """`day` is the occurrence. All methods raise as `Records.save` and `Records.delete`."""

    def __init__(self, module: DescribedModule, record: Record, series: Series, day: date, version: int | None) -> None:
        assert module.module.occurs is not None
        self._module = module
        self._occurs = module.module.occurs
        self._record = record
        self._series = series
        self._day = day
        self._version = version

    def change(self, scope: str, values: Mapping[str, Any] | None = None) -> SeriesDone:
        """Give the occurrence other values: `values` are the fields of its time, as `Moves` words them."""
        given = self._in_utc(values or {})
        if scope == "all" or (scope == "following" and self._is_first):
            return self._save([self._of_master(self._whole(given))])
        if scope == "one":
            return self._save([self._without(), self._part(given, repeat=None)])
        starts = given.get(self._occurs.start, self._series.on(self._day).starts)
        rule = self._series.rule.since(self._series.first, self._day)
        moved = rule.shifted(self._day, self._series.day_of(starts))
        if moved is None:
            raise self._refusal()
        head = self._of_master({self._occurs.repeat: str(self._series.rule.before(self._day))})
        later = [
            RecordChange(module=self._module.name, id=id, values={self._occurs.series: TempRef(_NEW)})
            for id in self._changed_later("edit")
        ]
        return self._save([head, self._part(given, repeat=str(moved)), *later])

    def remove(self, scope: str) -> SeriesDone:
        """Let the occurrence, it and all later ones, or the whole series not happen."""
        records, actor, name = current_records(), current_actor(), self._module.name
        left = self._series.rule.without([self._day])
        if (
            scope == "all"
            or (scope == "following" and self._is_first)
            or left.next(self._series.first, date.min) is None
        ):
            records.delete(actor, name, [self._record.id])
            return SeriesDone(record_id=self._record.id, deleted=[self._record.id])
        if scope == "one":
            return self._save([self._without()])
        later = self._changed_later("delete")
        done = self._save([self._of_master({self._occurs.repeat: str(self._series.rule.before(self._day))})])
        if later:
            records.delete(actor, name, later)
        return replace(done, deleted=later)

    @property
    def _is_first(self) -> bool:
        """Whether nothing of the series lies before."""
        found = self._series.rule.next(self._series.first, date.min)
        return found is None or found >= self._day

    def _whole(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the whole series, so that this occurrence has those given."""
        series, occurs = self._series, self._occurs
        values, here = dict(given), series.on(self._day)
        starts, ends = given.get(occurs.start, here.starts), given.get(occurs.end, here.ends)
        shift = series.day_of(starts) - self._day
        if isinstance(starts, datetime):
            wall = series.wall(starts)
            first = datetime.combine(series.first + shift, wall.time())
            values[occurs.start] = series.moment(first)
            if isinstance(ends, datetime) and occurs.end:
                values[occurs.end] = series.moment(first + (series.wall(ends) - wall))
        elif occurs.start in given:
            values[occurs.start] = series.first + shift
            if ends is not None and occurs.end:
                values[occurs.end] = series.first + shift + (ends - starts)
        moved = series.rule.shifted(series.first, series.first + shift)
        if moved is None:
            raise self._refusal()
        return {**values, occurs.repeat: str(moved)} if moved != series.rule else values

    def _part(self, given: Mapping[str, Any], *, repeat: str | None) -> RecordChange:
        """A record of its own for the occurrence, as a copy of the series."""
        occurs, here = self._occurs, self._series.on(self._day)
        values = {
            field.name: self._record.values[field.name]
            for field in self._module.fields.values()
            if field.writable and field.field.copy and field.control != "secret" and field.name in self._record.values
        }
        values |= {occurs.start: here.starts, occurs.repeat: repeat}
        if occurs.end and here.ends is not None:
            values[occurs.end] = here.ends
        if occurs.zone:
            values[occurs.zone] = self._series.zone
        if occurs.series and repeat is None:
            values[occurs.series] = self._record.id
        values = {name: value for name, value in (values | dict(given)).items() if value is not None}
        return RecordChange(module=self._module.name, values=values, ref=_NEW)

    def _without(self) -> RecordChange:
        return self._of_master({self._occurs.repeat: str(self._series.rule.without([self._day]))})

    def _of_master(self, values: Mapping[str, Any]) -> RecordChange:
        return RecordChange(module=self._module.name, id=self._record.id, version=self._version, values=values)

    def _changed_later(self, right: str) -> list[int]:
        """Those of the series that were changed alone and come later, as far as the person has the right."""
        if not self._occurs.series:
            return []
        starts = self._series.on(self._day).starts
        name = self._module.name
        if not access.has_right(current_published(), current_actor(), name, right):
            return []
        text = starts.isoformat().replace("+00:00", "Z")
        where = f"{self._occurs.series} == {self._record.id} and {self._occurs.start} >= '{text}'"
        page = current_records().query(
            current_actor(), name, Query(where=where, sort=("id",), fields=("id",), limit=_MOST)
        )
        ids = [record.id for record in page.records]
        return sorted(current_records().within_reach(current_actor(), name, ids, right)) if ids else []

    def _save(self, changes: Sequence[RecordChange]) -> SeriesDone:
        options = SaveOptions(parse=parse_context(), source="calendar", ignore_duplicate_warning=True)
        saved = current_records().save(current_actor(), changes, options=options).records
        created = [each.id for each in saved if each.created]
        entries = _entries(self._module.name, ((each.id, each.version) for each in saved if not each.created))
        return SeriesDone(record_id=(created or [self._record.id])[0], created=created, entries=entries)

    def _in_utc(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Times of the person's clock as moments. Raises ValidationError for those that the clocks skip."""
        zone, found = current_actor().zone, {}
        for name, value in values.items():
            try:
                found[name] = to_utc(value, zone).astimezone(UTC) if isinstance(value, datetime) else value
            except FieldValueError as error:
                raise ValidationError([FieldProblem(field=name, code=error.code, params=error.params)]) from None
        return found

    def _refusal(self) -> ValidationError:
        return ValidationError([FieldProblem(field=self._occurs.repeat, code=CANNOT_FOLLOW)])


def take_back(module: str, done: SeriesDone) -> None:
    """Undo what was done to a series. Raises as `Records.undo`, `restore` and `delete`."""
    records, actor = current_records(), current_actor()
    for record_id, entry in done.entries:
        records.undo(actor, module, record_id, entry)
    if done.created:
        records.delete(actor, module, list(done.created))
    if done.deleted:
        records.restore(actor, module, list(done.deleted))


def _entries(module: str, saved: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """(record, its entry in the history) of what was saved, by record and version."""
    found = []
    for record_id, version in saved:
        history = current_records().history(current_actor(), module, record_id, limit=1)
        found += [(record_id, each.id) for each in history if each.version == version and each.kind == "updated"]
    return found
