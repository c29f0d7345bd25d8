"""What the person has starred, for the navigation and the stars of lists and records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g

from fieldstone.records import access
from fieldstone.records.views.favourites import Favourite
from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.described import describe
from fieldstone.web.list_views import list_views


@dataclass(frozen=True, kw_only=True)
class Star:
    """A favourite in the navigation."""

    label: str
    url: str
    icon: str


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
            found.append(Star(label=each.label, url=f"/m/{each.module}/{each.record}", icon=module.icon))
        elif (view := list_views(module).get(each.view)) is not None:
            found.append(Star(label=view.label, url=_url(each, view.display), icon="star"))
    return found


def _url(star: Favourite, display: str) -> str:
    return f"/m/{star.module}?view={star.view}{'&' if display else ''}{display}"
