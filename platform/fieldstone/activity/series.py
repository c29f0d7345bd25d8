"""What repeats goes on when it is done: the one that was finished stands alone, and the next of the series begins it
anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records.access import has_right
from fieldstone.records.changes import RecordChange
from fieldstone.records.occurrences import find_series
from fieldstone.records.save.grouping import by_module
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.storage.published import PublishedModel

_DAY = timedelta(days=1)


def goes_on(module: ModuleDef) -> bool:
    """Whether records of a module repeat and can be finished."""
    return bool(module.occurs and module.occurs.repeat and module.activity and module.activity.done)


class SeriesGoOn:
    def __init__(self, records: Records) -> None:
        self._records = records

    def before_save(self, work: SaveWork) -> None:
        """What is finished by this save does not repeat any more."""
        for row in work.rows:
            module = work.published.model.modules[row.module]
            if goes_on(module) and row.old is not None:
                assert module.occurs is not None
                assert module.activity is not None
                done = module.activity.done
                if row.values.get(done) is not None and row.old.get(done) is None:
                    row.values[module.occurs.repeat] = None

    def after_save(self, work: SaveWork) -> None:
        """The next of what was finished, with the rest of the rule."""
        for module, rows in by_module(work.rows).items():
            definition = work.published.model.modules[module]
            if not goes_on(definition):
                continue
            found = (_next(work.published, definition, row) for row in rows if not row.deleted and not row.restored)
            changes = [change for change in found if change is not None]
            if changes:
                may = has_right(work.published, work.actor, module, "create")
                self._records.save_within(work, work.actor if may else SYSTEM, changes)


def _next(published: PublishedModel, module: ModuleDef, row: SaveRow) -> RecordChange | None:
    assert module.occurs is not None
    assert module.activity is not None
    occurs, done = module.occurs, module.activity.done
    finished = row.old is not None and {done, occurs.repeat} <= row.changed and row.values.get(done) is not None
    if row.old is None or not finished or row.values.get(occurs.repeat) is not None:
        return None
    before = {**row.values, occurs.repeat: row.old[occurs.repeat]}
    series = find_series(occurs, before, published.model.app.zone)
    day = series.rule.next(series.first, series.first + _DAY) if series is not None else None
    if series is None or day is None:
        return None
    layout, here = published.model.layouts.get(module.name), series.on(day)
    left = {done, layout.path if layout is not None else ""}
    values: dict[str, Any] = {
        field.name: row.values[field.name]
        for field in module.fields.values()
        if field.type != "secret" and not published.model.type_of(field).computed
        if field.copy and not field.read_only and field.name not in left
    }
    values |= {occurs.start: here.starts, occurs.repeat: str(series.rule.since(series.first, day))}
    if occurs.end:
        values[occurs.end] = here.ends
    kept = {name: value for name, value in values.items() if value is not None}
    return RecordChange(module=module.name, values={**kept, "owner": row.values.get("owner")})
