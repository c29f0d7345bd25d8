"""Reading calendars (iCalendar): appointments are one sheet, things to do another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Calendar

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.repeat_reading import read_rule
from fieldstone.fields.zones import zone_of
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.imports.csv_file import MALFORMED
from fieldstone.records.imports.sheet import Sheet, lay_out

_Changed = Mapping[str, Sequence[date]]

_EVENTS = ("Subject", "Starts", "Ends", "All day", "Location", "Description")
_TASKS = ("Subject", "Status", "Priority", "Due date", "Description", "Tags")
_STATUS = {
    "NEEDS-ACTION": "not_started",
    "IN-PROCESS": "in_progress",
    "COMPLETED": "completed",
    "CANCELLED": "cancelled",
}


def read_calendars(text: str, name: str) -> list[Sheet]:
    """Raises InvalidInputError import.E004 for a text that is no calendar."""
    entries: dict[str, list[dict[str, str]]] = {"VEVENT": [], "VTODO": []}
    row = 2
    try:
        for calendar in Calendar.from_ical(text, multiple=True):
            changed = _changed_alone(calendar)
            for item in calendar.subcomponents:
                if item.name == "VEVENT":
                    entries["VEVENT"].append(_event(item, changed))
                elif item.name == "VTODO":
                    entries["VTODO"].append(_task(item, changed))
                row = max(map(len, entries.values())) + 2
    except Exception as error:  # the library raises whatever its parts do
        reason = str(error)[:200] or type(error).__name__
        raise InvalidInputError(MALFORMED, file=name, row=row, reason=reason) from None
    found = [lay_out("Events", entries["VEVENT"], _EVENTS), lay_out("Tasks", entries["VTODO"], _TASKS)]
    return [sheet for sheet, kind in zip(found, entries, strict=True) if entries[kind]]


def _event(item: Any, changed: _Changed) -> dict[str, str]:
    starts = _moment(item, "DTSTART")
    ends = _moment(item, "DTEND")
    whole = starts is not None and not isinstance(starts, datetime)
    lasts = item.get("DURATION")
    if ends is None and starts is not None and lasts is not None:
        ends = starts + lasts.dt
    elif ends is None and whole and starts is not None:
        ends = starts + timedelta(days=1)
    return {
        "Subject": _text(item, "SUMMARY"),
        "Starts": _written(starts),
        "Ends": _written(ends),
        "All day": "yes" if whole else "no",
        "Location": _text(item, "LOCATION"),
        "Time zone": _zone(starts),
        **_more(item, changed),
    }


def _task(item: Any, changed: _Changed) -> dict[str, str]:
    due = _moment(item, "DUE")
    priority = int(item.get("PRIORITY") or 0)
    return {
        "Subject": _text(item, "SUMMARY"),
        "Status": _STATUS.get(_text(item, "STATUS").upper(), ""),
        "Priority": "" if not priority else "high" if priority < 5 else "normal" if priority == 5 else "low",
        "Due date": _written(due.date() if isinstance(due, datetime) else due),
        **_more(item, changed),
    }


def _more(item: Any, changed: _Changed) -> dict[str, str]:
    return {
        "Description": _text(item, "DESCRIPTION"),
        "Tags": ", ".join(_categories(item)),
        "Repeats": _rule(item, changed.get(_text(item, "UID"), ())),
        "UID": _text(item, "UID"),
    }


def _changed_alone(calendar: Any) -> _Changed:
    """UID → when those would have been that are in the calendar by themselves, since they were changed alone."""
    found: dict[str, list[date]] = {}
    for item in calendar.subcomponents:
        if item.get("RECURRENCE-ID") is not None:
            found.setdefault(_text(item, "UID"), []).append(item["RECURRENCE-ID"].dt)
    return found


def _rule(item: Any, changed: Sequence[date]) -> str:
    """The rule with the days left out, by the clock of its zone; what cannot be read as it stands, to be refused."""
    rule = item.get("RRULE")
    if rule is None or item.get("RECURRENCE-ID") is not None:
        return ""
    text: str = rule.to_ical().decode("utf-8", errors="replace")
    starts = _moment(item, "DTSTART") or _moment(item, "DUE")
    zone = starts.tzinfo if isinstance(starts, datetime) else None
    dropped = item.get("EXDATE", [])
    lines = dropped if isinstance(dropped, list) else [dropped]
    days = {_day(each, zone) for each in (*(each.dt for line in lines for each in line.dts), *changed)}
    try:
        return str(read_rule(text, _zone(starts) or "UTC").without(days))
    except FieldValueError:
        return text


def _day(moment: date, zone: tzinfo | None) -> date:
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(zone) if zone is not None and moment.tzinfo is not None else moment).date()


def _zone(moment: date | None) -> str:
    """The name of the zone in which a moment is meant; "" where it names none."""
    zone = moment.tzinfo if isinstance(moment, datetime) else None
    name = getattr(zone, "key", "")
    return name if name and zone_of(name) is not UTC else ""


def _categories(item: Any) -> list[str]:
    found = item.get("CATEGORIES", [])
    return [str(each) for line in (found if isinstance(found, list) else [found]) for each in line.cats]


def _moment(item: Any, name: str) -> date | None:
    found = item.get(name)
    return None if found is None else found.dt


def _written(moment: date | None) -> str:
    """With its offset; without one where the calendar names no zone, which then is that of the person."""
    if moment is None:
        return ""
    return moment.isoformat(timespec="seconds") if isinstance(moment, datetime) else moment.isoformat()


def _text(item: Any, name: str) -> str:
    found = item.get(name)
    return str(found[0] if isinstance(found, list) else found) if found else ""
