"""A registry that refuses duplicates, for field types, functions, triggers, actions and jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Looks up things that have a `name`. Indexing raises KeyError, `find` returns None."""

    def __init__(self, noun: str, items: Iterable[T] = ()) -> None:
        self.noun = noun
        self._items: dict[str, T] = {}
        for item in items:
            self.register(item)

    def register(self, item: T) -> None:
        """Add an item. Raises ValueError when the name is taken: start-up must fail loudly."""
        named: Any = item
        if named.name in self._items:
            raise ValueError(f"{self.noun} {named.name!r} is registered twice")
        self._items[named.name] = item

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def find(self, name: str) -> T | None:
        return self._items.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    @property
    def names(self) -> list[str]:
        return list(self._items)

    def nearest(self, name: str) -> str:
        """The registered name that looks most like `name`, or ""."""
        return next(iter(get_close_matches(name, self._items, n=1)), "")
