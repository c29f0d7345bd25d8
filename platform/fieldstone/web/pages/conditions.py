"""The condition builder of a list: rows of field, operator and value, in a dialog or as a page of its own."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.rows import Condition, Group, from_rows
from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.web.condition_rows import ConditionRows, read_rows
from fieldstone.web.conditions import read_filter, scope_of
from fieldstone.web.current import current_actor, current_model, current_published
from fieldstone.web.htmx import is_htmx
from fieldstone.web.list_state import read_state
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
    group = chosen.group
    rows = ConditionRows(described, shower)
    flat = group is not None and all(isinstance(item, Condition) for item in group.items)
    drawn = [rows.row(item) for item in group.items if isinstance(item, Condition)] if group and flat else []
    if request.args.get("add") or not drawn:
        drawn.append(rows.blank())
    return render_template(
        "list/builder_dialog.html" if is_htmx() else "list/builder_page.html",
        here=module,
        module=described,
        state=state,
        match=group.match if group else "all",
        rows=drawn,
        written=not flat,
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


@page.get("/m/<module>/filter")
def apply(module: str) -> ResponseReturnValue:
    """The rows as an expression, and back to the list."""
    described = module_or_404(module)
    state = read_state(described, request.args)
    if "row" not in request.args and "where" in request.args:
        return redirect(state.url(where=request.args["where"].strip()), 303)
    conditions, problems = read_rows(described, request.args)
    for problem in problems:
        toast(problem, kind="error")
    try:
        items = tuple(conditions)
        group = Group(match="any" if request.args.get("match") == "any" else "all", items=items)
        where = from_rows(group, scope_of(current_published(), module)) if conditions else ""
    except (ExpressionError, InvalidInputError, ForbiddenError) as error:
        toast(explain(error), kind="error")
        where = state.where
    return redirect(state.url(where=where), 303)
