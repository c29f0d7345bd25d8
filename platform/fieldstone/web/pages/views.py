"""Saving the list as it stands as a view, sharing it, arranging the tabs, and how wide the columns are."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from fieldstone.kernel.errors import ConflictError, FieldstoneError, ForbiddenError, InvalidInputError
from fieldstone.records.views.checks import may_publish_views
from fieldstone.records.views.view import Receiver, SavedView
from fieldstone.web.current import current_actor, current_model, current_published, current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.list_state import ListState, read_state
from fieldstone.web.list_views import list_views
from fieldstone.web.numbers import find_number
from fieldstone.web.rights import module_or_404
from fieldstone.web.security import local_path
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

page = Blueprint("views", __name__)


@page.get("/m/<module>/views/new")
def ask_new(module: str) -> ResponseReturnValue:
    """A name and an audience for the list as its address says it."""
    described = module_or_404(module)
    return _show_form(described, MultiDict(request.args), label="", audience="private", receivers=())


@page.post("/m/<module>/views/new")
def create(module: str) -> ResponseReturnValue:
    described = module_or_404(module)
    state = read_state(described, request.form)
    label, audience = request.form.get("label", ""), request.form.get("audience", "private")
    receivers = _receivers()
    try:
        id = current_site().views.create(
            current_actor(), module, label, state.kept, audience=audience, receivers=receivers
        )
    except (InvalidInputError, ForbiddenError, ConflictError) as error:
        form = _show_form(
            described, request.form, label=label, audience=audience, receivers=receivers, problem=explain(error)
        )
        return form, 422
    toast(_("View “%(view)s” saved", view=" ".join(label.split())))
    return go(_url(module, id, state))


@page.post("/m/<module>/views/<int:view_id>")
def change(module: str, view_id: int) -> ResponseReturnValue:
    """The view shows from now on what the list shows."""
    described = module_or_404(module)
    state = read_state(described, request.form)
    try:
        current_site().views.change(current_actor(), module, view_id, state.kept)
    except (InvalidInputError, ForbiddenError) as error:
        toast(explain(error), kind="error")
        return go(state.url())
    toast(_("View “%(view)s” saved", view=_saved(module, view_id).label))
    return go(_url(module, view_id, state))


@page.get("/m/<module>/views/<int:view_id>/edit")
def ask_rename(module: str, view_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    view = _saved(module, view_id)
    if not view.may_change:
        abort(403)
    receivers = current_site().views.receivers(current_actor(), module, view_id)
    return _show_form(described, MultiDict(), label=view.label, audience=view.audience, receivers=receivers, view=view)


@page.post("/m/<module>/views/<int:view_id>/edit")
def rename(module: str, view_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    view = _saved(module, view_id)
    label, audience, receivers = request.form.get("label", ""), request.form.get("audience", ""), _receivers()
    try:
        current_site().views.rename(current_actor(), module, view_id, label, audience=audience, receivers=receivers)
    except (InvalidInputError, ForbiddenError) as error:
        form = _show_form(
            described,
            MultiDict(),
            label=label,
            audience=audience,
            receivers=receivers,
            view=view,
            problem=explain(error),
        )
        return form, 422
    return go(f"/m/{module}?view={view_id}")


@page.get("/m/<module>/views/<int:view_id>/delete")
def ask_delete(module: str, view_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    view = _saved(module, view_id)
    template = "views/delete_dialog.html" if is_htmx() else "views/delete_page.html"
    return render_template(template, here=module, module=described, view=view)


@page.post("/m/<module>/views/<int:view_id>/delete")
def delete(module: str, view_id: int) -> ResponseReturnValue:
    module_or_404(module)
    label = _saved(module, view_id).label
    try:
        current_site().views.delete(current_actor(), module, view_id)
    except ForbiddenError as error:
        toast(explain(error), kind="error")
        return go(f"/m/{module}?view={view_id}")
    toast(_("View “%(view)s” deleted", view=label))
    return go(f"/m/{module}")


@page.get("/m/<module>/views/order")
def ask_order(module: str) -> ResponseReturnValue:
    described = module_or_404(module)
    template = "views/order_dialog.html" if is_htmx() else "views/order_page.html"
    return render_template(template, here=module, module=described, views=list_views(described).values())


@page.post("/m/<module>/views/order")
def order(module: str) -> ResponseReturnValue:
    """The order of the tabs, and the view that the list begins with."""
    described = module_or_404(module)
    views, actor = current_site().views, current_actor()
    known = list_views(described)
    keys = [key for key in request.form.getlist("key") if key in known]
    if keys:
        views.order(actor, module, keys)
    first = request.form.get("first", "")
    if first in known:
        views.begin_with(actor, module, first)
    return go(local_path(request.form.get("back"), f"/m/{module}"))


@page.post("/m/<module>/views/widths")
def widen(module: str) -> ResponseReturnValue:
    """How wide the person has made the columns of a view; nothing to show."""
    described = module_or_404(module)
    try:
        given: Any = json.loads(request.form.get("widths", "{}"))
    except ValueError:
        abort(400)
    key = request.form.get("view", "")
    if not isinstance(given, dict) or key not in list_views(described):
        abort(400)
    widths = {name: width for name, width in given.items() if isinstance(width, int) and described.find(name)}
    current_site().views.widen(current_actor(), module, key, widths)
    return "", 204


def _url(module: str, view_id: int, state: ListState) -> str:
    """The list with the view, shown as it was just saved."""
    display = urlencode(state.shown)
    return f"/m/{module}?view={view_id}{'&' if display else ''}{display}"


def _saved(module: str, view_id: int) -> SavedView:
    return current_site().views.get(current_actor(), module, view_id)


def _receivers() -> tuple[Receiver, ...]:
    people = [id for text in request.form.getlist("principal") if (id := find_number(text)) is not None]
    roles = [name for name in request.form.getlist("role") if name in current_model().roles]
    return (*(Receiver(principal=id) for id in people), *(Receiver(role=name) for name in roles))


def _show_form(
    module: DescribedModule,
    arguments: MultiDict[str, str],
    *,
    label: str,
    audience: str,
    receivers: tuple[Receiver, ...],
    view: SavedView | None = None,
    problem: str = "",
) -> str:
    model, language = current_model(), current_actor().language
    state = read_state(module, arguments)
    people = [each for each in receivers if each.principal is not None]
    return render_template(
        "views/form_dialog.html" if is_htmx() else "views/form_page.html",
        here=module.name,
        module=module,
        view=view,
        state=state,
        label=label,
        audience=audience,
        people=[(each.principal, each.label or _person(each.principal)) for each in people],
        roles=[(name, model.text(f"role.{name}", language, role.label)) for name, role in model.roles.items()],
        chosen_roles={each.role for each in receivers if each.role},
        may_publish=may_publish_views(current_published(), current_actor()) or audience == "public",
        problem=problem,
    )


def _person(id: int | None) -> str:
    try:
        return current_site().records.labels(current_actor(), {"principal": {id or 0}}).get(("principal", id or 0), "")
    except FieldstoneError:
        return ""
