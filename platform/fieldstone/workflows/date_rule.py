"""When a workflow that follows a date is due: days or hours before or after a date field of the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fieldstone.metadata.definitions import WorkflowDef
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.storage.published import PublishedModel

_MARGIN = timedelta(days=2)
_GRACE = timedelta(minutes=15)
"""How late a time may still be set and yet count; days count until they are over."""


@dataclass(frozen=True, kw_only=True)
class DateRule:
    """`days` and `hours` are added to the field's value; negative before it. Days begin and end in `zone`."""

    field: str
    is_date: bool
    days: int
    hours: int
    zone: ZoneInfo

    def due(self, value: date | datetime) -> datetime:
        """The moment at which it is due, in UTC. Days are those of the calendar, whatever the clocks do."""
        if isinstance(value, datetime):
            local = value.astimezone(self.zone).replace(tzinfo=None)
        else:
            local = datetime.combine(value, time())
        local += timedelta(days=self.days)
        return local.replace(tzinfo=self.zone).astimezone(UTC) + timedelta(hours=self.hours)

    def find_slot(self, value: date | datetime | None, since: datetime, until: datetime) -> datetime | None:
        """The moment it was due, if that lies in the span after `since` up to `until`.

        A day counts from its beginning to its end, so that a record made today, due today, is not missed.
        """
        if value is None:
            return None
        moment = self.due(value)
        if self.is_date and not self.hours:
            first, last = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
            return moment if first <= moment.astimezone(self.zone).date() <= last else None
        return moment if since - _GRACE < moment <= until else None

    def where(self, since: datetime, until: datetime) -> str:
        """An expression that leaves little more than the records that are due; the index answers it."""
        offset = timedelta(days=self.days, hours=self.hours)
        first, last = since - offset - _MARGIN, until - offset + _MARGIN
        if self.is_date:
            return f"{self.field} >= '{first.date().isoformat()}' and {self.field} <= '{last.date().isoformat()}'"
        return f"{self.field} >= '{_instant(first)}' and {self.field} <= '{_instant(last)}'"


def date_rule_of(published: PublishedModel, workflow: WorkflowDef) -> DateRule:
    """The rule of a workflow whose schedule names a field (checked by `metadata`)."""
    model, schedule = published.model, workflow.schedule
    scope = ModuleScope(model.modules, workflow.module, model.picklists, model.field_types)
    value_type = scope.find_type((str(schedule["field"]),))
    return DateRule(
        field=str(schedule["field"]),
        is_date=value_type is not None and value_type.kind == "date",
        days=int(schedule.get("days_after", 0)) - int(schedule.get("days_before", 0)),
        hours=int(schedule.get("hours_after", 0)) - int(schedule.get("hours_before", 0)),
        zone=ZoneInfo(model.app.zone),
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
