"""A list as a kanban board, and moving its cards."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.kernel.errors import (
    FieldProblem,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    StaleRecordError,
    UnavailableError,
    ValidationError,
)
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.web import words
from fieldstone.web.board import Board
from fieldstone.web.board_fields import board_field, picklist_fields, sum_fields
from fieldstone.web.conditions import read_filter
from fieldstone.web.current import current_actor, current_model, current_records, current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.page import cell_maker, parse_context, summary
from fieldstone.web.forms.record_form import RecordForm, edit_form, sent_form
from fieldstone.web.i18n import gettext as _
from fieldstone.web.list_frame import list_frame
from fieldstone.web.list_state import ListState, read_state
from fieldstone.web.numbers import grouped, whole_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower

page = Blueprint("board", __name__)


def draw(module: DescribedModule, state: ListState) -> ResponseReturnValue:
    """The list as a board; as a table where there is no field for the columns."""
    board = _board(module, state)
    problem, status, lanes, count = "", 200, [], ""
    try:
        counted = board.count()
        lanes = board.lanes(counted)
        count = grouped(counted.value) + ("" if counted.exact else "+")
    except (InvalidInputError, UnavailableError, ForbiddenError) as error:
        problem, status = words.explain(error), error.status
    context = {
        **list_frame(module, state, board.chosen),
        "count": count or "0",
        "problem": problem,
        "tools": "board/tools.html",
        "by": board.field,
        "by_choices": [
            (field, state.display_url(**{"as": "kanban", "by": field.name})) for field in picklist_fields(module)
        ],
        "sum": board.sum,
        "sum_choices": [
            (field, state.display_url(**{**state.shown, "as": "kanban", "sum": field.name}))
            for field in sum_fields(module, board.field)
        ],
        "lanes": lanes,
        "figures_url": state.url("/board/figures"),
        "figures_late": bool(lanes) and count.endswith("+"),
    }
    return render_template("board/board.html", **context), status


@page.get("/m/<module>/board/figures")
def figures(module: str) -> ResponseReturnValue:
    """How many cards each column has, and their sum: asked for when a card has moved, or when there are many."""
    board = _board_of_address(module)
    found = board.figures()
    return render_template("board/figures.html", lanes=board.bare_lanes(found))


@page.get("/m/<module>/board/cards")
def cards(module: str) -> ResponseReturnValue:
    """The next cards of a column."""
    board = _board_of_address(module)
    lane = board.more(request.args.get("lane", ""), request.args.get("cursor", ""))
    return render_template("board/more.html", lane=lane)


@page.post("/m/<module>/board/lane")
def fold(module: str) -> ResponseReturnValue:
    """Close a column or open it again, for this person."""
    board = _board_of_address(module)
    key, closed = request.form.get("lane", ""), request.form.get("closed") == "1"
    user = current_actor().user_id
    if user is not None:
        kept = [name for name in board.closed() if name != key]
        current_site().accounts.keep_habit(user, board.habit, [*kept, key] if closed else kept)
    return render_template(
        "board/lane.html", lane=board.lane(key, closed=closed), module=board.module, state=board.state
    )


@page.post("/m/<module>/<int:record_id>/board")
def move(module: str, record_id: int) -> ResponseReturnValue:
    """Put a card into another column. What stands in the way and can be filled in is asked for in a dialog."""
    board = _board_of_address(module, "edit")
    described, field = board.module, board.field
    to = request.form.get("to", "")
    asked = sent_form(described, request.form, record_id=record_id)
    change = asked.change(only=[name for name in asked.raws if name != field.name])
    change = RecordChange(
        module=module, id=record_id, version=asked.version, values={**change.values, field.name: to or None}
    )
    options = SaveOptions(parse=parse_context(), source="board", ignore_duplicate_warning=True)
    try:
        saved = current_records().save(current_actor(), [change], options=options).records[0]
    except ValidationError as error:
        return _refuse(board, asked, to, error.problems), 422
    except StaleRecordError as error:
        return _answer(board, record_id, words.word_error(error), kind="error"), 409
    return _moved(board, record_id, saved.version)


@page.post("/m/<module>/<int:record_id>/board/undo")
def undo(module: str, record_id: int) -> ResponseReturnValue:
    """Take a move back, with what came along with it."""
    board = _board_of_address(module, "edit")
    entry = request.form.get("id", type=whole_number)
    if entry is None:
        abort(400)
    try:
        current_records().undo(current_actor(), module, record_id, entry)
    except ValidationError as error:
        return _answer(board, record_id, words.word_problems(error.problems, board.module), kind="error"), 422
    except StaleRecordError as error:
        return _answer(board, record_id, words.word_error(error), kind="error"), 409
    return _answer(board, record_id, _("The move was undone"))


def _board_of_address(module: str, right: str = "view") -> Board:
    described = module_or_404(module, right)
    return _board(described, read_state(described, request.args))


def _board(module: DescribedModule, state: ListState) -> Board:
    field = board_field(module, state.shown.get("by", ""))
    if field is None:
        abort(404)
    shower = Shower(current_model(), current_actor())
    return Board(module, state, field, read_filter(module, state.where, shower), shower)


def _moved(board: Board, record_id: int, version: int) -> Response:
    records, actor = current_records(), current_actor()
    undo_id = None
    try:
        history = records.history(actor, board.module.name, record_id, limit=1)
        undo_id = next((entry.id for entry in history if entry.version == version and entry.kind == "updated"), None)
    except NotFoundError:  # the move took it out of the person's reach
        pass
    card = board.card(record_id)
    label = board.label(card.lane if card is not None else request.form.get("to", ""))
    text = _("%(field)s is now %(value)s", field=board.field.label, value=label)
    if card is None or card.gone:
        text += ". " + _("This list does not show it any more.")
    return _answer(board, record_id, text, undo_id=undo_id)


def _answer(board: Board, record_id: int, text: str, *, kind: str = "done", undo_id: int | None = None) -> Response:
    """The card as it is now, in place of the one on the page, and what happened; the columns ask for their figures."""
    undo = None
    if undo_id is not None:
        url = board.state.url(f"/{record_id}/board/undo")
        undo = {"url": url, "ids": [undo_id], "here": "#dialog"}
    response = make_response(
        render_template(
            "board/answer.html",
            card=board.card(record_id),
            record_id=record_id,
            toast={"kind": kind, "text": text, "undo": undo},
        )
    )
    response.headers["HX-Trigger-After-Settle"] = json.dumps({"fs-board-moved": {"id": record_id}})
    return response


def _refuse(board: Board, asked: RecordForm, to: str, problems: list[FieldProblem]) -> Response:
    """A dialog for what can be filled in; a message where nothing can."""
    module, record_id = board.module, asked.record_id or 0
    shower = Shower(current_model(), current_actor())
    record = current_records().get(current_actor(), module.name, record_id)
    shower.with_labels(record.labels)
    form = edit_form(module, record, shower)
    form.raws.update(asked.raws)
    form.raws[board.field.name] = to
    maker = cell_maker(module, form, shower, problems, record=record, prefix="q")
    names = dict.fromkeys(problem.field for problem in problems if problem.field and problem.field != board.field.name)
    cells = [cell for name in [*names, *asked.raws] if (cell := maker.cell(name)) is not None and not cell.read_only]
    cells = list({cell.field.name: cell for cell in cells if cell.field.name != board.field.name}.values())
    if not cells or any(problem.field in ("", board.field.name) for problem in problems):
        return _answer(board, record_id, words.word_problems(problems, module), kind="error")
    context = {
        "module": module,
        "by": board.field,
        "form": form,
        "title": _("Move to %(value)s", value=board.label(to)),
        "action": board.state.url(f"/{record_id}/board"),
        "state_url": f"/m/{module.name}/form-state?in=dialog&record={record_id}",
        "cells": cells,
        "problems": summary(module, problems, prefix="q"),
        "duplicates": (),
        "to": to,
        "version": asked.version,
        "currency": current_model().app.currency,
    }
    return make_response(render_template("board/ask.html", **context))
