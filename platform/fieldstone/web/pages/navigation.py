"""Arranging the navigation: the order of groups and modules, what is hidden, the favourites; and closing groups."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.favourites import stars
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.navigation import FAVOURITES, arranged, fold, keep_order, navigation, read_habits
from fieldstone.web.security import local_path
from fieldstone.web.toasts import toast

page = Blueprint("navigation", __name__)


@page.get("/navigation")
def ask() -> ResponseReturnValue:
    habits = read_habits(current_actor())
    return render_template(
        "navigation/dialog.html" if is_htmx() else "navigation/page.html",
        here="navigation",
        groups=arranged(current_published(), current_actor(), habits),
        hidden=habits.hidden,
        starred=stars(),
        back=local_path(request.headers.get("HX-Current-URL", "").removeprefix(request.host_url[:-1])),
    )


@page.post("/navigation")
def arrange() -> ResponseReturnValue:
    """`group`, `module` and `star` name all that was shown, in the new order; `show` and `keep` what stays. `reset`:
    the order of the application."""
    form, actor = request.form, current_actor()
    known = navigation(current_published(), actor)
    identities = {module.name: module.module.identity for group in known for module in group.modules}
    names = {group.name for group in known}
    modules = [name for name in form.getlist("module") if name in identities]
    if "reset" in form:
        keep_order(actor, (), (), ())
        toast(_("The navigation is as your administrator made it"))
    else:
        keep_order(
            actor,
            [name for name in form.getlist("group") if name in names],
            [identities[name] for name in modules],
            [identities[name] for name in modules if name not in form.getlist("show")],
        )
        _arrange_stars(form.getlist("star"), form.getlist("keep"))
    return go(local_path(form.get("back")))


@page.post("/navigation/fold")
def close() -> ResponseReturnValue:
    """A group of the navigation was closed, or with `open` opened."""
    key, actor = request.form.get("name", ""), current_actor()
    if key == FAVOURITES or key in {group.key for group in navigation(current_published(), actor)}:
        fold(actor, key, is_open=bool(request.form.get("open")))
    return "", 204


def _arrange_stars(shown: list[str], kept: list[str]) -> None:
    known = {star.key: star.favourite for star in stars()}
    seen = [known[key] for key in shown if key in known]
    if seen:
        kept_ones = [known[key] for key in shown if key in known and key in kept]
        current_site().favourites.arrange(current_actor(), seen, kept_ones)
