"""The views of a list as tabs: those of the layout, and those that people have saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import g

from fieldstone.metadata.layout_definitions import ListViewDef
from fieldstone.records.views.view import SavedView, ViewShelf
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.i18n import gettext

if TYPE_CHECKING:
    from fieldstone.web.list_state import ListState


@dataclass(frozen=True, kw_only=True)
class ListView:
    """One view, whoever made it. `saved` None for one of the layout; `icon` says to whom it is shown, "" nothing."""

    definition: ListViewDef
    label: str
    saved: SavedView | None = None

    @property
    def key(self) -> str:
        return self.definition.name

    @property
    def grouped(self) -> str:
        return self.saved.state.grouped if self.saved else ""

    @property
    def display(self) -> str:
        return self.saved.state.display if self.saved else ""

    @property
    def icon(self) -> str:
        if self.saved is None or self.saved.audience == "public":
            return ""
        return "lock" if self.saved.audience == "private" else "people"

    @property
    def icon_label(self) -> str:
        """What the icon says to who does not see it."""
        return {"lock": gettext("Private"), "people": gettext("Shared")}.get(self.icon, "")


@dataclass(frozen=True, kw_only=True)
class Tab:
    key: str
    label: str
    icon: str
    icon_label: str
    url: str
    is_current: bool


def shelf_of(module: str) -> ViewShelf:
    """The person's views of a module, read once for a request."""
    shelves: dict[str, ViewShelf] = g.setdefault("shelves", {})
    if module not in shelves:
        shelves[module] = current_site().views.shelf(current_actor(), module)
    return shelves[module]


def list_views(module: DescribedModule) -> Mapping[str, ListView]:
    """All views of a list by their keys, in the order in which the person has them."""
    shelf = shelf_of(module.name)
    found = {name: ListView(definition=view, label=module.view_label(view)) for name, view in module.views.items()}
    for saved in shelf.views:
        definition = ListViewDef(
            name=saved.key,
            label=saved.label,
            filter=saved.state.filter,
            columns=saved.state.columns,
            sort=saved.state.sort,
        )
        found[saved.key] = ListView(definition=definition, label=saved.label, saved=saved)
    first = shelf.first if shelf.first in found else module.default_view.name
    return {
        key: replace(found[key], definition=replace(found[key].definition, default=key == first))
        for key in shelf.in_order(list(found))
    }


def view_url(module: str, key: str, display: str) -> str:
    """The list with a view, shown as the view says."""
    return f"/m/{module}?view={key}{'&' if display else ''}{display}"


def tabs_of(module: DescribedModule, state: ListState) -> Sequence[Tab]:
    return [
        Tab(
            key=view.key,
            label=view.label,
            icon=view.icon,
            icon_label=view.icon_label,
            url=state.view_url(view.definition, view.display),
            is_current=view.key == state.view.name,
        )
        for view in list_views(module).values()
    ]
