"""One of a series: when it is, and changing or deleting it, those that follow, or all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import ConflictError, StaleRecordError, ValidationError
from fieldstone.records.occurrences import Series
from fieldstone.records.query_types import Record
from fieldstone.web import times, words
from fieldstone.web.calendar_series import SCOPES, SeriesDone, SeriesEditor
from fieldstone.web.current import current_actor, current_model
from fieldstone.web.described import DescribedModule
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.pages.calendar import again, read_occurrence, undo_of
from fieldstone.web.rights import module_or_404, rights_on_record
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast

page = Blueprint("occurrence", __name__)


@page.get("/m/<module>/<int:record_id>/occurrence/<on>")
def show(module: str, record_id: int, on: str) -> ResponseReturnValue:
    """In a dialog over the calendar, or as a page of its own."""
    described = module_or_404(module)
    record, series, day = read_occurrence(described, record_id, on)
    may = rights_on_record(module, record_id)
    shower = Shower(current_model(), current_actor(), record.labels)
    assert described.module.occurs is not None
    repeat = described.field(described.module.occurs.repeat)
    query = urlencode(list(request.args.items(multi=True)))
    return render_template(
        "calendar/occurrence_dialog.html" if is_htmx() else "calendar/occurrence_page.html",
        here=module,
        module=described,
        record=record,
        title=shower.text(described.name_field, record.values.get(described.name_field.path)) or f"#{record.id}",
        when=_when(described, record, series, day, shower),
        rule=shower.text(repeat, record.values[repeat.name]),
        may=may,
        action=f"/m/{module}/{record_id}/occurrence/{on}",
        query=f"?{query}" if query else "",
    )


@page.post("/m/<module>/<int:record_id>/occurrence/<on>/edit")
def edit(module: str, record_id: int, on: str) -> ResponseReturnValue:
    """Make a record of its own of the occurrence, or of it and those that follow, and open its form."""
    described = module_or_404(module, "edit")
    try:
        done = _editor(described, record_id, on).change(_scope())
    except ValidationError as error:
        toast(words.word_problems(error.problems, described), kind="error")
        return go(f"/m/{module}/{record_id}")
    except StaleRecordError as error:
        toast(words.word_error(error), kind="error")
        return go(f"/m/{module}/{record_id}")
    return go(f"/m/{module}/{done.record_id}/edit")


@page.post("/m/<module>/<int:record_id>/occurrence/<on>/delete")
def delete(module: str, record_id: int, on: str) -> ResponseReturnValue:
    described, scope = module_or_404(module, "edit"), _scope()
    editor = _editor(described, record_id, on)
    try:
        done = editor.remove(scope)
    except ValidationError as error:
        return _answer(described, words.word_problems(error.problems, described), kind="error")
    except ConflictError as error:
        return _answer(described, words.word_error(error), kind="error")
    text = {
        "one": _("This one was deleted"),
        "following": _("This one and those that follow were deleted"),
        "all": _("The series was deleted"),
    }[scope]
    return _answer(described, text, done=done)


def _answer(
    module: DescribedModule, text: str, *, kind: str = "done", done: SeriesDone | None = None
) -> ResponseReturnValue:
    if is_htmx():
        return again(module, text, kind=kind, undo=undo_of(module.name, done) if done is not None else None)
    toast(text, kind=kind)
    return go("/calendar")


def _editor(module: DescribedModule, record_id: int, on: str) -> SeriesEditor:
    record, series, day = read_occurrence(module, record_id, on)
    return SeriesEditor(module, record, series, day, request.form.get("version", type=whole_number))


def _scope() -> str:
    scope = request.form.get("scope", "")
    if scope not in SCOPES:
        abort(400)
    return scope


def _when(module: DescribedModule, record: Record, series: Series, day: date, shower: Shower) -> str:
    """The day in words, and the times of the person's clock."""
    occurs, here = module.module.occurs, series.on(day)
    assert occurs is not None
    if not isinstance(here.starts, datetime) or (occurs.all_day and record.values.get(occurs.all_day)):
        return times.day_heading_with_date(day, shower.language)
    clocks: list[Any] = [
        times.local(each, shower.zone) for each in (here.starts, here.ends) if isinstance(each, datetime)
    ]
    heading = times.day_heading_with_date(clocks[0].date(), shower.language)
    return f"{heading}, " + "–".join(f"{each:%H:%M}" for each in clocks)
