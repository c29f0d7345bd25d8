"""What a list shows, read from its address and written back into one: view, conditions, sort, columns, page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from fieldstone.metadata.definitions import ListViewDef
from fieldstone.web.described import DescribedModule
from fieldstone.web.numbers import whole_number

LIMITS = (20, 50, 100, 200)
DEFAULT_LIMIT = 50

SHOWN = ("as", "by", "span", "on", "hue", "open")
"""Of the address: how the records are shown (`as`: kanban, calendar or split, else a table), and what that display
keeps there: the field of the columns, the length, day and colours of a calendar, the record that is open."""


@dataclass(frozen=True, kw_only=True)
class ListState:
    """`where`, `sort` and `columns` are those in force; the address names only what differs from the view."""

    module: str
    view: ListViewDef
    where: str
    sort: tuple[str, ...]
    columns: tuple[str, ...]
    view_columns: tuple[str, ...]
    limit: int = DEFAULT_LIMIT
    cursor: str = ""
    first: int = 1
    shown: Mapping[str, str] = field(default_factory=dict)

    @property
    def edited(self) -> bool:
        """True when it differs from the saved view."""
        return (self.where, self.sort, self.columns) != (self.view.filter, self.view.sort, self.view_columns)

    def arguments(self) -> dict[str, str]:
        """The query of the address, without the place in the list."""
        given = {"view": self.view.name}
        if self.where != self.view.filter:
            given["where"] = self.where
        if self.sort != self.view.sort:
            given["sort"] = ",".join(self.sort)
        if self.columns != self.view_columns:
            given["columns"] = ",".join(self.columns)
        if self.limit != DEFAULT_LIMIT:
            given["limit"] = str(self.limit)
        return {**given, **self.shown}

    def url(self, path: str = "", *, cursor: str = "", first: int = 1, **changes: Any) -> str:
        """The address with some of it changed; without a cursor it is the first page again."""
        changed = replace(self, **changes) if changes else self
        given = changed.arguments()
        if cursor:
            given |= {"cursor": cursor, "first": str(first)}
        return f"/m/{self.module}{path}?{urlencode(given)}"

    def view_url(self, view: ListViewDef) -> str:
        """Another saved view, shown the same way."""
        return f"/m/{self.module}?{urlencode({'view': view.name, **self.shown})}"

    def display_url(self, **display: str) -> str:
        """The same records, shown another way; what the display of now keeps in the address is left behind."""
        return self.url(shown=display)

    def sort_url(self, path: str) -> str:
        """Sorted by this column; in the other direction when it is already."""
        return self.url(sort=(f"-{path}",) if self.sort[:1] == (path,) else (path,))

    def direction(self, path: str) -> str:
        """ascending, descending or "" for a column that does not lead the order."""
        if self.sort[:1] == (path,):
            return "ascending"
        return "descending" if self.sort[:1] == (f"-{path}",) else ""


def read_state(module: DescribedModule, arguments: MultiDict[str, str]) -> ListState:
    """The state an address asks for. What names no view, column or size falls back; expressions are
    checked where they are used."""
    view = module.views.get(arguments.get("view", "")) or module.default_view
    view = replace(view, sort=module.known_sort(view.sort))
    columns = _names(arguments.getlist("columns"), module)
    sort = _names(arguments.getlist("sort"), module)
    view_columns = tuple(name for name in view.columns or module.layout.columns if module.find(name) is not None)
    limit = arguments.get("limit", DEFAULT_LIMIT, type=whole_number)
    return ListState(
        module=module.name,
        view=view,
        where=arguments.get("where", view.filter).strip(),
        sort=sort if sort is not None else view.sort,
        columns=columns or view_columns,
        view_columns=view_columns,
        limit=limit if limit in LIMITS else DEFAULT_LIMIT,
        cursor=arguments.get("cursor", ""),
        first=max(1, arguments.get("first", 1, type=whole_number)),
        shown={name: arguments[name][:60] for name in SHOWN if arguments.get(name)},
    )


def _names(given: list[str], module: DescribedModule) -> tuple[str, ...] | None:
    """Names from repeated or comma-separated values; those that are no field are left out. None: not given."""
    if not given:
        return None
    names = [name for text in given for name in text.split(",") if name]
    return tuple(dict.fromkeys(name for name in names if module.find(name.removeprefix("-")) is not None))
