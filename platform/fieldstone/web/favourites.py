"""What the person has starred, for the navigation and the stars of lists and records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g

from fieldstone.records import access
from fieldstone.records.views.favourites import Favourite
from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.described import describe
from fieldstone.web.list_views import list_views, view_url


@dataclass(frozen=True, kw_only=True)
class Star:
    """A favourite in the navigation."""

    favourite: Favourite
    label: str
    url: str
    icon: str

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.favourite.module}/{self.favourite.record}/{self.favourite.view}"


def favourites() -> Sequence[Favourite]:
    """Read once for a request."""
    found: Sequence[Favourite] | None = g.get("favourites")
    if found is None:
        found = g.favourites = current_site().favourites.list(current_actor())
    return found


def is_starred(module: str, view: str = "", record: int = 0) -> bool:
    return any((each.module, each.view, each.record) == (module, view, record) for each in favourites())


def stars() -> list[Star]:
    """Those that can be gone to: views that are still there, records within reach."""
    published, actor = current_published(), current_actor()
    found = []
    for each in favourites():
        if not access.has_right(published, actor, each.module, "view"):
            continue
        module = describe(published, each.module, actor)
        if each.record:
            url, label, icon = f"/m/{each.module}/{each.record}", each.label, module.icon
        elif (view := list_views(module).get(each.view)) is not None:
            url, label, icon = view_url(each.module, each.view, view.display), view.label, "star"
        else:
            continue
        found.append(Star(favourite=each, label=label, url=url, icon=icon))
    return found
