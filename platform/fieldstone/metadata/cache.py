"""What a compilation keeps for the next one, so that a change costs what it touches."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from fieldstone.fields.base import FieldType
from fieldstone.kernel.registry import Registry

T = TypeVar("T")

MAX_ENTRIES = 20_000


class CompilationCache:
    """Remembers values by key, the least recently used ones go first. Safe to share among threads.

    Keys say everything a value depends on, so a hit is always right. Values are immutable.
    """

    def __init__(self, limit: int = MAX_ENTRIES) -> None:
        self._limit = limit
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value under the key, made when it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                found: T = self._values[key]
                return found
        made = make()
        self.put(key, made)
        return made

    def find(self, key: Hashable) -> Any | None:
        with self._lock:
            return self._values.get(key)

    def put(self, key: Hashable, value: Any) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)


_caches: WeakKeyDictionary[Registry[FieldType], CompilationCache] = WeakKeyDictionary()
_caches_lock = Lock()


def cache_for(field_types: Registry[FieldType]) -> CompilationCache:
    """The cache of the process for a set of field types: what is compiled depends on them."""
    with _caches_lock:
        return _caches.setdefault(field_types, CompilationCache())
