"""Reading calendars (iCalendar): appointments are one sheet, things to do another."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.imports.csv_file import MALFORMED
from fieldstone.records.imports.sheet import Sheet, lay_out

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
            for item in calendar.subcomponents:
                if item.name == "VEVENT":
                    entries["VEVENT"].append(_event(item))
                elif item.name == "VTODO":
                    entries["VTODO"].append(_task(item))
                row = max(map(len, entries.values())) + 2
    except Exception as error:  # the library raises whatever its parts do
        reason = str(error)[:200] or type(error).__name__
        raise InvalidInputError(MALFORMED, file=name, row=row, reason=reason) from None
    found = [lay_out("Events", entries["VEVENT"], _EVENTS), lay_out("Tasks", entries["VTODO"], _TASKS)]
    return [sheet for sheet, kind in zip(found, entries, strict=True) if entries[kind]]


def _event(item: Any) -> dict[str, str]:
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
        **_more(item),
    }


def _task(item: Any) -> dict[str, str]:
    due = _moment(item, "DUE")
    priority = int(item.get("PRIORITY") or 0)
    return {
        "Subject": _text(item, "SUMMARY"),
        "Status": _STATUS.get(_text(item, "STATUS").upper(), ""),
        "Priority": "" if not priority else "high" if priority < 5 else "normal" if priority == 5 else "low",
        "Due date": _written(due.date() if isinstance(due, datetime) else due),
        **_more(item),
    }


def _more(item: Any) -> dict[str, str]:
    rule = item.get("RRULE")
    return {
        "Description": _text(item, "DESCRIPTION"),
        "Tags": ", ".join(_categories(item)),
        "Repeats": "" if rule is None else rule.to_ical().decode("utf-8", errors="replace"),
        "UID": _text(item, "UID"),
    }


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
