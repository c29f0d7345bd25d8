"""What a list shows, read from its address and written back into one: view, conditions, sort, columns, page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

from werkzeug.datastructures import MultiDict

from fieldstone.metadata.layout_definitions import ListViewDef
from fieldstone.records.sorting import MAX_TERMS
from fieldstone.records.views.view import SavedView, ViewState
from fieldstone.web.described import DescribedModule
from fieldstone.web.list_views import list_views, shelf_of
from fieldstone.web.numbers import find_number, whole_number

LIMITS = (20, 50, 100, 200)
DEFAULT_LIMIT = 50

SHOWN = ("as", "by", "sum", "span", "on", "hue", "open")
"""Of the address: how the records are shown (`as`: kanban, calendar or split, else a table), and what that display
keeps there: the field of the columns and what they add up, the length, day and colours of a calendar, the record that
is open."""

PASSING = ("on", "open")
"""Those that a saved view does not keep."""


@dataclass(frozen=True, kw_only=True)
class ListState:
    """`where`, `sort`, `columns` and `grouped` are those in force; the address names only what differs from the view.
    `saved` is the view when a person saved it; `widths` are the person's own, in rem. `is_gone`: the address names a
    saved view that is not there for the reader."""

    module: str
    view: ListViewDef
    where: str
    sort: tuple[str, ...]
    columns: tuple[str, ...]
    view_columns: tuple[str, ...]
    grouped: str = ""
    view_grouped: str = ""
    view_display: str = ""
    limit: int = DEFAULT_LIMIT
    cursor: str = ""
    first: int = 1
    shown: Mapping[str, str] = field(default_factory=dict)
    saved: SavedView | None = None
    is_gone: bool = False
    widths: Mapping[str, int] = field(default_factory=dict)

    @property
    def edited(self) -> bool:
        """True when it differs from the saved view; how it is shown counts for those that people saved."""
        if self.saved is not None and self.display != self.view_display:
            return True
        return (self.where, self.sort, self.columns, self.grouped) != (
            self.view.filter,
            self.view.sort,
            self.view_columns,
            self.view_grouped,
        )

    @property
    def display(self) -> str:
        """How the records are shown, as a saved view keeps it."""
        return urlencode({name: text for name, text in self.shown.items() if name not in PASSING})

    @property
    def kept(self) -> ViewState:
        """What a saved view keeps of it."""
        return ViewState(
            filter=self.where, columns=self.columns, sort=self.sort, grouped=self.grouped, display=self.display
        )

    def arguments(self) -> dict[str, str]:
        """The query of the address, without the place in the list."""
        given = {"view": self.view.name}
        if self.where != self.view.filter:
            given["where"] = self.where
        if self.sort != self.view.sort:
            given["sort"] = ",".join(self.sort)
        if self.columns != self.view_columns:
            given["columns"] = ",".join(self.columns)
        if self.grouped != self.view_grouped:
            given["group"] = self.grouped
        if self.limit != DEFAULT_LIMIT:
            given["limit"] = str(self.limit)
        return {**given, **self.shown}

    def url(self, path: str = "", *, cursor: str = "", first: int = 1, **changes: Any) -> str:
        """The address with some of it changed; without a cursor it is the first page again."""
        changed = replace(self, **changes) if changes else self
        given = changed.arguments()
        if cursor:
            given |= {"cursor": cursor, "first": str(first)}
        return f"/m/{self.module}{path}?{_encode(given)}"

    def view_url(self, view: ListViewDef, display: str = "") -> str:
        """Another view, shown the same way, or as it keeps itself."""
        shown = parse_display(display) if display else self.shown
        return f"/m/{self.module}?{urlencode({'view': view.name, **shown})}"

    def display_url(self, **display: str) -> str:
        """The same records, shown another way; what the display of now keeps in the address is left behind."""
        return self.url(shown=display)

    def sort_url(self, path: str) -> str:
        """Sorted by this column; in the other direction when it is already."""
        return self.url(sort=(f"-{path}",) if self.sort[:1] == (path,) else (path,))

    def sort_more_url(self, path: str) -> str:
        """Sorted by this column too, after those there are: ascending, then descending, then not any more."""
        sort = list(self.sort)
        if path in sort:
            sort[sort.index(path)] = f"-{path}"
        elif f"-{path}" in sort:
            sort.remove(f"-{path}")
        else:
            sort = [*sort[: MAX_TERMS - 1], path]
        return self.url(sort=tuple(sort))

    def direction(self, path: str) -> str:
        """ascending, descending or "" for a column that takes no part in the order."""
        if path in self.sort:
            return "ascending"
        return "descending" if f"-{path}" in self.sort else ""

    def sort_place(self, path: str) -> int:
        """The column's place in an order by several, from 1; 0 when there is one or none."""
        terms = [bare_term(term) for term in self.sort]
        return terms.index(path) + 1 if len(terms) > 1 and path in terms else 0


def _encode(given: Mapping[str, str]) -> str:
    """As `urlencode`. The addresses on one page have most of their long values in common."""
    return "&".join(f"{_quote(name)}={_quote(text)}" for name, text in given.items())


_quote = lru_cache(maxsize=1_000)(quote_plus)


def bare_term(term: str) -> str:
    """The path that a term of an order names."""
    return term.removeprefix("-").removeprefix("order(").removesuffix(")")


def read_state(module: DescribedModule, arguments: MultiDict[str, str]) -> ListState:
    """The state an address asks for. What names no view, column or size falls back; expressions are
    checked where they are used."""
    views = list_views(module)
    asked = arguments.get("view", "")
    found = views.get(asked) or next(view for view in views.values() if view.definition.default)
    view = replace(found.definition, sort=module.known_sort(found.definition.sort))
    columns = _names(arguments.getlist("columns"), module)
    sort = _names(arguments.getlist("sort"), module)
    view_columns = tuple(name for name in view.columns or module.layout.columns if module.find(name) is not None)
    view_grouped = found.grouped if can_group(module, found.grouped) else ""
    grouped = arguments.get("group", view_grouped)
    limit = arguments.get("limit", DEFAULT_LIMIT, type=whole_number)
    habit = shelf_of(module.name).habits.get(found.key)
    return ListState(
        module=module.name,
        view=view,
        where=arguments.get("where", view.filter).strip(),
        sort=sort if sort is not None else view.sort,
        columns=columns or view_columns,
        view_columns=view_columns,
        grouped=grouped if can_group(module, grouped) else "",
        view_grouped=view_grouped,
        view_display=found.display,
        limit=limit if limit in LIMITS else DEFAULT_LIMIT,
        cursor=arguments.get("cursor", ""),
        first=max(1, arguments.get("first", 1, type=whole_number)) if arguments.get("cursor") else 1,
        shown=_shown(arguments, found.display),
        saved=found.saved,
        is_gone=asked not in views and find_number(asked) is not None,
        widths=habit.widths if habit else {},
    )


def parse_display(display: str) -> dict[str, str]:
    """What the address says for a display as a view keeps it."""
    return {name: text[:60] for name, text in parse_qsl(display) if name in SHOWN}


def _shown(arguments: MultiDict[str, str], display: str) -> dict[str, str]:
    """How the records are shown. A list that is entered without a view begins as its view keeps itself."""
    if "view" not in arguments and "as" not in arguments:
        return parse_display(display)
    return {name: arguments[name][:60] for name in SHOWN if arguments.get(name)}


def can_group(module: DescribedModule, path: str) -> bool:
    """Whether the rows can be put together by a field: one with few values, of the record itself."""
    field = module.find(path) if path and "." not in path else None
    if field is None or field.coming:
        return False
    return field.control in ("select", "checkbox", "lookup", "user", "owner") and field.field.to != ("*",)


def groupable(module: DescribedModule, paths: Sequence[str]) -> list[str]:
    return [path for path in paths if can_group(module, path)]


def _names(given: list[str], module: DescribedModule) -> tuple[str, ...] | None:
    """Names from repeated or comma-separated values; those that are no field are left out. None: not given."""
    if not given:
        return None
    names = [name for text in given for name in text.split(",") if name]
    return tuple(dict.fromkeys(name for name in names if module.find(bare_term(name)) is not None))
