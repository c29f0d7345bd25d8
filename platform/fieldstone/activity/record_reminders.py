"""Reminders that follow a date of a record: kept in step with the record by every save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from fieldstone.activity.people import people_of
from fieldstone.activity.reminder_times import begins_at, due_before
from fieldstone.activity.tables import fs_reminder
from fieldstone.metadata.definitions import ModuleDef, ReminderDef
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.occurrences import find_series
from fieldstone.records.save.grouping import by_module
from fieldstone.records.stages import SaveRow, SaveWork


class RecordReminders:
    """What modules declare (`ReminderDef`)."""

    def follow_dates(self, work: SaveWork) -> None:
        """Set reminders anew for the records whose date, lead, owner or being there has changed."""
        for module, rows in by_module(work.rows).items():
            definition = work.published.model.modules[module]
            if definition.reminder is not None:
                occurs = definition.occurs
                repeats = {occurs.repeat, occurs.zone} if occurs is not None else set()
                names = {definition.reminder.at, definition.reminder.before, "owner", *repeats}
                moved = [row for row in rows if row.deleted or row.restored or not row.changed.isdisjoint(names)]
                if moved:
                    self._set(work, definition, definition.reminder, moved)

    def _set(self, work: SaveWork, module: ModuleDef, rule: ReminderDef, rows: Sequence[SaveRow]) -> None:
        table, dialect = fs_reminder, work.connection.dialect.name
        if any(not row.created for row in rows):
            gone = sa.delete(table).where(
                table.c.module == module.identity,
                in_ids(table.c.record_id, "ids", dialect),
                table.c.user_id.is_(None),
                table.c.fired_at.is_(None),
            )
            work.connection.execute(gone, {"ids": bind_ids([row.id for row in rows], dialect)})
        wanted = [
            row
            for row in rows
            if not row.deleted and row.values.get(rule.at) is not None and row.values.get(rule.before) is not None
        ]
        if not wanted:
            return
        owners = people_of(work.connection, work.published.model, {row.values.get("owner") for row in wanted})
        at = time.fromisoformat(rule.time)
        new = []
        for row in wanted:
            owner = owners.get(row.values.get("owner") or 0)
            zone = owner.actor.zone if owner is not None else work.published.model.app.zone
            value = next_value(module, rule, row.values, zone, after=work.now)
            if value is None:
                continue  # it is over
            due = due_before(value, row.values[rule.before], at, zone)
            new.append({"due_at": due, "module": module.identity, "record_id": row.id, "user_id": None, "note": ""})
        if new:
            work.connection.execute(sa.insert(table), new)


def next_value(
    module: ModuleDef, rule: ReminderDef, values: Mapping[str, Any], zone: str, *, after: datetime
) -> date | datetime | None:
    """The date to remind of: the record's own, or of a series that of its next occurrence; None when it is over."""
    value: date | datetime = values[rule.at]
    at = time.fromisoformat(rule.time)
    series = find_series(module.occurs, values, zone)
    if series is None or module.occurs is None or module.occurs.start != rule.at:
        return value if begins_at(value, at, zone) >= after else None
    return next((each.starts for each in series.after(after) if begins_at(each.starts, at, zone) >= after), None)


def next_due(module: ModuleDef, values: Mapping[str, Any], zone: str, *, after: datetime) -> datetime | None:
    """When a series reminds the next time after a moment; None for what does not repeat, or is over."""
    rule = module.reminder
    if rule is None or values.get(rule.at) is None or values.get(rule.before) is None:
        return None
    series = find_series(module.occurs, values, zone)
    if series is None or module.occurs is None or module.occurs.start != rule.at:
        return None
    at = time.fromisoformat(rule.time)
    dues = (due_before(each.starts, values[rule.before], at, zone) for each in series.after(after))
    return next((due for due in dues if due > after), None)
