"""The condition builder of a list: rows of field, operator and value, in a dialog or as a page of its own."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.rows import from_rows
from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.web.condition_reading import read_group
from fieldstone.web.condition_rows import ConditionRows, is_shown
from fieldstone.web.conditions import read_filter, scope_of
from fieldstone.web.current import current_actor, current_model, current_published
from fieldstone.web.described import DescribedModule
from fieldstone.web.htmx import is_htmx
from fieldstone.web.list_state import ListState, read_state
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

page = Blueprint("conditions", __name__)


@page.get("/m/<module>/conditions")
def show(module: str) -> ResponseReturnValue:
    described = module_or_404(module)
    state = read_state(described, request.args)
    shower = Shower(current_model(), current_actor())
    chosen = read_filter(described, state.where, shower)
    rows = ConditionRows(described, shower)
    group, written = chosen.group, "written" in request.args
    shown = rows.group(group) if group is not None and is_shown(group) and not written else None
    if shown is not None and (request.args.get("add") or not shown.items):
        shown = replace(shown, items=[*shown.items, rows.blank()])
    return render_template(
        "list/builder_dialog.html" if is_htmx() else "list/builder_page.html",
        here=module,
        module=described,
        state=state,
        group=shown,
        where=state.where,
        problem="",
        written_url=_written_url(state, state.where),
        can_be_rows=is_shown(group),
    )


@page.get("/m/<module>/conditions/row")
def row(module: str) -> ResponseReturnValue:
    """A row: a new one, or one whose field or operator was changed."""
    described = module_or_404(module)
    rows = ConditionRows(described, Shower(current_model(), current_actor()))
    number = request.args.get("row", "")
    field = request.args.get(f"c.{number}.field", "")
    operator = request.args.get(f"c.{number}.op", "")
    drawn = rows.changed(number, field, operator, request.args.getlist(f"c.{number}.value")) if number else rows.blank()
    return render_template("list/condition.html", module=described, row=drawn)


@page.get("/m/<module>/conditions/group")
def group(module: str) -> ResponseReturnValue:
    """A new group."""
    described = module_or_404(module)
    rows = ConditionRows(described, Shower(current_model(), current_actor()))
    return render_template("list/condition_group.html", module=described, group=rows.blank_group())


@page.get("/m/<module>/conditions/text")
def text(module: str) -> ResponseReturnValue:
    """What the builder says so far, as an expression."""
    described = module_or_404(module)
    state = read_state(described, request.args)
    where, problems = _expression(described)
    return render_template(
        "list/condition_text.html",
        module=described,
        where=where,
        problem=" ".join(problems),
        written_url=_written_url(state, where),
    )


@page.get("/m/<module>/filter")
def apply(module: str) -> ResponseReturnValue:
    """The rows as an expression, and back to the list."""
    described = module_or_404(module)
    state = read_state(described, request.args)
    if "row" not in request.args and "where" in request.args:
        return redirect(state.url(where=request.args["where"].strip()), 303)
    where, problems = _expression(described)
    for problem in problems:
        toast(problem, kind="error")
    return redirect(state.url(where=state.where if where is None else where), 303)


def _expression(module: DescribedModule) -> tuple[str | None, list[str]]:
    """The sent rows as an expression, and what is wrong with some; None when nothing comes of them."""
    found, problems = read_group(module, request.args)
    try:
        return from_rows(found, scope_of(current_published(), module.name)) if found.items else "", problems
    except (ExpressionError, InvalidInputError, ForbiddenError) as error:
        return None, [*problems, explain(error)]


def _written_url(state: ListState, where: str | None) -> str:
    return state.url("/conditions", where=where or "") + "&written=1"
