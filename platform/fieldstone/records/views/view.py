"""A view that somebody saved, as it is kept and as it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

AUDIENCES = ("private", "shared", "public")


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Whom a view is shared with: a user or team (`principal`, with its `label`), or a `role`."""

    principal: int | None = None
    role: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class ViewState:
    """What a list shows: `filter` is an expression or "", `columns` and `sort` are public names or paths (- in front
    descends), `grouped` one or "", `display` how it is drawn, as an address says it ("" as
    a table)."""

    filter: str = ""
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    grouped: str = ""
    display: str = ""


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """`module` is the present name. `is_mine`: the reader made it. `may_change`: the reader may change it."""

    id: int
    module: str
    label: str
    state: ViewState
    audience: str
    owner_id: int
    owner_label: str
    is_mine: bool
    may_change: bool

    @property
    def key(self) -> str:
        """Its name in addresses and habits; those of the layout begin with a letter."""
        return str(self.id)


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How a person has a view: `position` None where none was chosen."""

    first: bool = False
    position: int | None = None
    widths: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ViewShelf:
    """What a person finds at a module: the saved views within reach, and habits by the key of the view."""

    views: Sequence[SavedView] = ()
    habits: Mapping[str, Habit] = field(default_factory=dict)

    def find(self, key: str) -> SavedView | None:
        return next((each for each in self.views if each.key == key), None)

    @property
    def first(self) -> str:
        """The key of the view to begin with, "" where none was chosen."""
        return next((key for key, habit in self.habits.items() if habit.first), "")

    def in_order(self, keys: Sequence[str]) -> list[str]:
        """The keys as the person arranged them; those that have no place come after those that have."""
        places = {key: habit.position for key, habit in self.habits.items() if habit.position is not None}
        return sorted(keys, key=lambda key: (key not in places, places.get(key, 0)))
