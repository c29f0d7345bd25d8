"""What stands around the records of a list however they are shown: head, saved views, conditions, display."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fieldstone.expressions.rows import Condition
from fieldstone.web.board_fields import picklist_fields
from fieldstone.web.calendar_fields import day_fields
from fieldstone.web.conditions import Filter
from fieldstone.web.described import DescribedModule
from fieldstone.web.favourites import is_starred
from fieldstone.web.i18n import gettext as _
from fieldstone.web.list_state import ListState
from fieldstone.web.list_views import tabs_of
from fieldstone.web.rights import may_merge, rights_on


@dataclass(frozen=True, kw_only=True)
class Display:
    """One way to show the records. Only the first two say their name beside the icon."""

    name: str
    label: str
    icon: str
    url: str
    current: bool
    wordy: bool = False


def list_frame(module: DescribedModule, state: ListState, chosen: Filter) -> dict[str, Any]:
    """For list/list.html; what it shows besides is the display's own."""
    return {
        "here": module.name,
        "module": module,
        "state": state,
        "displays": displays(module, state),
        "tabs": tabs_of(module, state),
        "is_starred": is_starred(module.name, state.view.name),
        "is_broken": False,
        "new_view_url": state.url("/views/new"),
        "export_url": state.url("/export", cursor=state.cursor, first=state.first),
        "may_merge": may_merge(module.name),
        "duplicates_url": f"/m/{module.name}/duplicates?{urlencode({'where': state.where} if state.where else {})}",
        "columns_url": state.url("/columns"),
        "chips": chosen.chips(state),
        "quick_filters": quick_filters(state, chosen),
        "builder_url": state.url("/conditions"),
        "may": rights_on(module.name),
        "new_label": _("New %(module)s", module=module.noun),
        "tools": "",
        "problem": "",
        "empty": None,
        "rows": "",
    }


@dataclass(frozen=True, kw_only=True)
class QuickFilter:
    """A condition that one press adds."""

    label: str
    icon: str
    url: str


def quick_filters(state: ListState, chosen: Filter) -> list[QuickFilter]:
    """Those that are not in force: those that are stand among the conditions."""
    offered = (("followed", _("Following"), "bell"), ("starred", _("Favourites"), "star"))
    return [
        QuickFilter(label=label, icon=icon, url=state.url(where=chosen.with_more(condition)))
        for name, label, icon in offered
        if not chosen.has(condition := Condition(field="id", operator=name))
    ]


def displays(module: DescribedModule, state: ListState) -> list[Display]:
    """Those that the fields of the module allow."""
    now = state.shown.get("as", "")
    ways = [("", _("Table"), "table")]
    if picklist_fields(module):
        ways.append(("kanban", _("Kanban"), "kanban"))
    if day_fields(module):
        ways.append(("calendar", _("Calendar"), "calendar3"))
    ways.append(("split", _("Split view"), "layout-split"))
    known = now if any(now == name for name, _label, _icon in ways) else ""
    return [
        Display(
            name=name,
            label=label,
            icon=icon,
            url=state.display_url(**({"as": name} if name else {})),
            current=known == name,
            wordy=place < 2,
        )
        for place, (name, label, icon) in enumerate(ways)
    ]
