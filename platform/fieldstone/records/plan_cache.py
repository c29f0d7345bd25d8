"""Statements and loaders that were prepared for a model, a bounded number of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from fieldstone.storage.published import PublishedModel

T = TypeVar("T")

CAPACITY = 1_000


class PlanCache:
    """Keeps what was used last. Safe to share between threads; a plan may be built twice."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._plans: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, build: Callable[[], T]) -> T:
        with self._lock:
            found = self._plans.get(key)
            if found is not None:
                self._plans.move_to_end(key)
                return found  # type: ignore[no-any-return]
        made = build()
        with self._lock:
            self._plans[key] = made
            while len(self._plans) > self._capacity:
                self._plans.popitem(last=False)
        return made


def plans_of(published: PublishedModel) -> PlanCache:
    """Those of one model: they go with it."""
    found: PlanCache = published.cache.setdefault("read.plans", PlanCache())
    return found
