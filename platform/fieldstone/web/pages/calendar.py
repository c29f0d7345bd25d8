"""Records on their days: a list as a calendar, the common calendar, and moving what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import (
    ForbiddenError,
    InvalidInputError,
    StaleRecordError,
    UnavailableError,
    ValidationError,
)
from fieldstone.records import access
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.occurrences import Series
from fieldstone.records.query_types import Record
from fieldstone.web import words
from fieldstone.web.calendar_days import read_days
from fieldstone.web.calendar_entries import EntryReader
from fieldstone.web.calendar_fields import DayFields, day_choices, day_fields
from fieldstone.web.calendar_moves import Moves, Place, read_place
from fieldstone.web.calendar_series import SCOPES, SeriesDone, SeriesEditor, take_back
from fieldstone.web.calendar_view import CalendarView
from fieldstone.web.conditions import read_filter
from fieldstone.web.current import current_actor, current_model, current_published, current_records
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.forms.page import parse_context
from fieldstone.web.i18n import gettext as _
from fieldstone.web.list_frame import list_frame
from fieldstone.web.list_state import ListState, read_state
from fieldstone.web.numbers import find_number, whole_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.weeks import first_weekday

page = Blueprint("calendar", __name__)

_WHOSE = {"": "owner == user.id", "team": "in_my_team(owner)", "all": ""}
_ADDRESS = ("span", "on", "hue", "whose", "without")


def draw(module: DescribedModule, state: ListState) -> ResponseReturnValue:
    """The list as a calendar."""
    fields = _fields(module, state.shown)
    shower = Shower(current_model(), current_actor())
    chosen = read_filter(module, state.where, shower)
    context = list_frame(module, state, chosen) | {"count": "", "tools": "calendar/tools.html"}
    try:
        context |= _of_list(module, state, fields, shower)
        status = 200
    except (InvalidInputError, UnavailableError, ForbiddenError) as error:
        context |= {"problem": words.explain(error), "days": None, "by_choices": [], "hues": []}
        status = error.status
    return render_template("calendar/list.html", **context), status


@page.get("/calendar")
def show() -> ResponseReturnValue:
    """Everything that the layouts put on days, of the modules the person may see: one's own, the team's or all."""
    return render_template("calendar/page.html", here="calendar", **_of_all(request.args))


@page.post("/m/<module>/<int:record_id>/calendar")
def move(module: str, record_id: int) -> ResponseReturnValue:
    """Put a record on another day or at another time, or let it end at another one."""
    described = module_or_404(module, "edit")
    fields = _fields(described, request.args)
    place = read_place(request.form)
    if place is None:
        abort(400)
    shower = Shower(current_model(), current_actor())
    reader = EntryReader(described, fields, shower)
    record = current_records().get(current_actor(), module, record_id, fields=reader.names)
    if record.values[fields.start.name] is None:
        abort(404)
    if request.form.get("on"):
        return _move_occurrence(described, record_id, place, reader)
    moves = Moves(record, fields, shower.zone, day_zone=reader.zone(record))
    values = moves.until(place) if request.form.get("edge") == "end" else moves.to(place)
    version = request.form.get("version", type=whole_number)
    change = RecordChange(module=module, id=record_id, version=version, values=values)
    options = SaveOptions(parse=parse_context(), source="calendar", ignore_duplicate_warning=True)
    try:
        saved = current_records().save(current_actor(), [change], options=options).records[0]
    except ValidationError as error:
        return again(described, words.word_problems(error.problems, described), kind="error"), 422
    except StaleRecordError as error:
        return again(described, words.word_error(error), kind="error"), 409
    history = current_records().history(current_actor(), module, record_id, limit=1)
    entries = [(record_id, each.id) for each in history if each.version == saved.version and each.kind == "updated"]
    text = _("%(name)s was moved", name=reader.entry(record, movable=True).title)
    return again(described, text, undo=undo_of(module, SeriesDone(record_id=record_id, entries=entries)))


def _move_occurrence(module: DescribedModule, record_id: int, place: Place, reader: EntryReader) -> ResponseReturnValue:
    """One of a series: which of them are meant is asked, unless it is said."""
    record, series, day = read_occurrence(module, record_id, request.form.get("on", ""), reader)
    title = reader.entry(record, movable=True).title
    scope = request.form.get("scope", "")
    if scope not in SCOPES:
        sent = [(name, request.form.get(name, "")) for name in ("version", "day", "time", "edge", "on")]
        response = make_response(render_template("calendar/ask.html", title=title, sent=sent))
        response.headers.update({"HX-Retarget": "#dialog", "HX-Reswap": "innerHTML"})
        return response
    here = reader.on(record, series, day)
    moves = Moves(here, reader.fields, current_actor().zone, day_zone=reader.zone(record))
    values = moves.until(place) if request.form.get("edge") == "end" else moves.to(place)
    version = request.form.get("version", type=whole_number)
    try:
        done = SeriesEditor(module, record, series, day, version).change(scope, values)
    except ValidationError as error:
        return again(module, words.word_problems(error.problems, module), kind="error"), 422
    except StaleRecordError as error:
        return again(module, words.word_error(error), kind="error"), 409
    return again(module, _("%(name)s was moved", name=title), undo=undo_of(module.name, done))


def read_occurrence(
    module: DescribedModule, record_id: int, on: str, reader: EntryReader | None = None
) -> tuple[Record, Series, date]:
    """A record that repeats, with all its fields, and the day of an occurrence. 404 when there is none."""
    record = current_records().get(current_actor(), module.name, record_id)
    if reader is None:
        reader = EntryReader(module, _fields(module, request.args), Shower(current_model(), current_actor()))
    series = reader.series(record)
    try:
        day = date.fromisoformat(on)
    except ValueError:
        abort(404)
    if series is None or not series.has(day):
        abort(404)
    return record, series, day


@page.post("/m/<module>/<int:record_id>/calendar/undo")
def undo(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module, "edit")
    done = SeriesDone(
        record_id=record_id,
        entries=[pair for text in request.form.getlist("id") if (pair := _pair(text, record_id)) is not None],
        created=request.args.getlist("made", type=whole_number),
        deleted=request.args.getlist("gone", type=whole_number),
    )
    if not (done.entries or done.created or done.deleted):
        abort(400)
    try:
        take_back(module, done)
    except ValidationError as error:
        return again(described, words.word_problems(error.problems, described), kind="error"), 422
    except StaleRecordError as error:
        return again(described, words.word_error(error), kind="error"), 409
    return again(described, _("The move was undone") if done.entries else _("The deletion was undone"))


def _pair(text: str, record_id: int) -> tuple[int, int] | None:
    """record:entry, or an entry of the record of the address."""
    before, _, after = text.rpartition(":")
    record, entry = find_number(before or str(record_id)), find_number(after)
    return (record, entry) if record is not None and entry is not None else None


def again(module: DescribedModule, text: str, *, kind: str = "done", undo: Mapping[str, Any] | None = None) -> str:
    """The calendar that the address tells of, as it is now, and what happened."""
    if request.args.get("as") == "calendar":
        state = read_state(module, request.args)
        shower = Shower(current_model(), current_actor())
        context = _of_list(module, state, _fields(module, state.shown), shower)
    else:
        context = _of_all(request.args)
    return render_template("calendar/answer.html", toast={"kind": kind, "text": text, "undo": undo}, **context)


def _of_list(module: DescribedModule, state: ListState, fields: DayFields, shower: Shower) -> dict[str, Any]:
    days = read_days(state.shown, zone=shower.zone, week_start=first_weekday())
    by_owner = state.shown.get("hue") == "owner"

    def link(**changes: str) -> str:
        return state.display_url(**{name: text for name, text in {**state.shown, **changes}.items() if text})

    reader = EntryReader(module, fields, shower, where=state.where, by_owner=by_owner)
    view = CalendarView([reader], days, shower, link=link, move_url=state.url("/0/calendar"))
    choices = [(module.field(name), link(by=name), name == fields.start.name) for name in day_choices(module)]
    return view.context() | {"by_choices": choices, "hues": _hues(link, by_owner, fields.colour is not None)}


def _of_all(arguments: Mapping[str, str]) -> dict[str, Any]:
    published, actor = current_published(), current_actor()
    shower = Shower(published.model, actor)
    given = {name: arguments[name][:200] for name in _ADDRESS if arguments.get(name)}
    days = read_days(given, zone=shower.zone, week_start=first_weekday())
    whose = given.get("whose", "") if given.get("whose", "") in _WHOSE else ""
    by_owner = given.get("hue") == "owner"
    without = [name for name in given.get("without", "").split(",") if name]

    def link(**changes: str) -> str:
        query = urlencode({name: text for name, text in {**given, **changes}.items() if text})
        return f"/calendar?{query}" if query else "/calendar"

    modules = [
        described
        for name in access.viewable_modules(published, actor)
        if published.model.layouts[name].calendar and (described := describe(published, name, actor)).find("owner")
    ]
    modules.sort(key=lambda module: not _is_timed(module))
    readers = [
        EntryReader(module, fields, shower, where=_WHOSE[whose], by_owner=by_owner)
        for module in modules
        if module.name not in without and (fields := day_fields(module)) is not None
    ]
    query = urlencode(given)
    view = CalendarView(readers, days, shower, link=link, move_url=f"/m/-module-/0/calendar?{query}")
    return view.context() | {
        "whose": [
            (label, link(whose=name), name == whose)
            for name, label in (("", _("Mine")), ("team", _("My team")), ("all", _("Everybody")))
        ],
        "parts": [
            (module, link(without=_toggled(without, module.name)), module.name not in without) for module in modules
        ],
        "hues": _hues(link, by_owner, colours=True),
    }


def _fields(module: DescribedModule, arguments: Mapping[str, str]) -> DayFields:
    by = arguments.get("by", "") if arguments.get("as") == "calendar" else ""
    found = day_fields(module, by)
    if found is None:
        abort(404)
    return found


def _is_timed(module: DescribedModule) -> bool:
    fields = day_fields(module)
    return fields is not None and fields.timed


def _toggled(names: list[str], name: str) -> str:
    return ",".join([each for each in names if each != name] if name in names else [*names, name])


def _hues(link: Any, by_owner: bool, colours: bool) -> list[tuple[str, str, bool]]:
    """What the colours mean, to choose from."""
    if not colours:
        return []
    return [(_("Colour by kind"), link(hue=""), not by_owner), (_("Colour by owner"), link(hue="owner"), by_owner)]


def undo_of(module: str, done: SeriesDone) -> Mapping[str, Any] | None:
    """For the message that says what was done; None when nothing was."""
    if not (done.entries or done.created or done.deleted):
        return None
    more = [("made", str(id)) for id in done.created] + [("gone", str(id)) for id in done.deleted]
    query = urlencode([*request.args.items(multi=True), *more])
    ids = [f"{record}:{entry}" for record, entry in done.entries] or [""]
    return {"url": f"/m/{module}/{done.record_id}/calendar/undo?{query}", "ids": ids, "here": "#calendar"}
