"""The navigation of everybody: groups, and the modules in each, in order. People arrange their own upon it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.navigation import OTHER, PATH, PlacedGroup, placed_groups, with_navigation
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.draft_words import module_plural
from fieldstone.web.setup.drafting import draft_model, keep_edit
from fieldstone.web.setup.view import Page, form
from fieldstone.web.setup.view import later as _

_ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class NavigationView(Page):
    @form()
    def index(self) -> ResponseReturnValue:
        before = placed_groups(draft_model())
        shown: Sequence[PlacedGroup] = before
        problems: list[str] = []
        if request.method == "POST":
            shown, problems = _sent(before)
            if not problems:
                wanted = shown
                answer = keep_edit(
                    gettext("Navigation"), lambda layers: with_navigation(layers, before, wanted), PATH,
                    "/setup/navigation/", problems,
                )  # fmt: skip
                if answer is not None:
                    return answer
        model = draft_model()
        icons = {name: module.icon for name, module in model.modules.items()}
        return self.render(
            "setup/navigation.html", groups=shown, problems=problems, icons=icons, module_plural=module_plural,
            names=[(group.name, group.label or gettext("Other")) for group in shown], other=OTHER,
        )  # fmt: skip


def _sent(before: Sequence[PlacedGroup]) -> tuple[list[PlacedGroup], list[str]]:
    """(the groups that the form asks for, what is wrong with them). Modules that it does not name stay where they
    are."""
    known = {group.name: group for group in before}
    order = [name for name in dict.fromkeys(request.form.getlist("group")) if name in known]
    order += [name for name in known if name not in order and name != OTHER]
    problems: list[str] = []
    wanted = []
    for name in order:
        label = " ".join(request.form.get(f"label.{name}", known[name].label).split())[:80]
        icon = request.form.get(f"icon.{name}", known[name].icon).strip().lower()
        if name != OTHER and not label:
            problems.append(gettext("A group needs a label."))
        if icon and not _ICON.fullmatch(icon):
            problems.append(gettext("%(icon)s is no name of a Bootstrap icon.", icon=icon[:40]))
        wanted.append(replace(known[name], label=label, icon=icon, modules=()))
    added = " ".join(request.form.get("new", "").split())[:80]
    if added:
        wanted.append(PlacedGroup(name=name_from(added, known), label=added, icon="folder", modules=()))
    if OTHER not in order:
        wanted.append(replace(known[OTHER], modules=()))
    places = {group.name: place for place, group in enumerate(wanted)}
    home = {module: group.name for group in before for module in group.modules}
    for module in dict.fromkeys([*request.form.getlist("module"), *home]):
        if module in home:
            name = request.form.get(f"in.{module}", home[module])
            place = places.get(name, places[home[module]])
            wanted[place] = replace(wanted[place], modules=(*wanted[place].modules, module))
    gone = set(request.form.getlist("remove"))
    for group in wanted:
        if group.name in gone and group.modules:
            problems.append(gettext("%(name)s has modules. Move them first.", name=group.label))
    return [group for group in wanted if group.name not in gone or group.modules], problems


def navigation_view() -> NavigationView:
    return NavigationView(_("Navigation"), SITE, endpoint="navigation", menu_icon_value="list-nested")
