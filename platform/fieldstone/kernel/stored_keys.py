"""Keys as rows hold them: fixed at creation, while the key that people write may be renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

_NOBODYS = "?"
"""In front of a key that no value has. No stored key begins like this, so it is equal to none."""


@dataclass(frozen=True)
class StoredKeys:
    """A one-to-one mapping. `pairs`: (key, stored key) of the values whose keys differ; all others are
    stored as they are. Equal mappings are equal and have one hash, so statements can be kept by it."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, stored: Iterable[tuple[str, str]]) -> StoredKeys | None:
        """The mapping of (key, stored key) of all values; None when none differs."""
        pairs = tuple(sorted((key, held) for key, held in stored if key != held))
        return cls(pairs) if pairs else None

    @cached_property
    def _outward(self) -> Mapping[str, str]:
        """Present key → stored key; what is only the stored key of something else must not find its rows."""
        return {held: _NOBODYS + held for _, held in self.pairs} | dict(self.pairs)

    @cached_property
    def _inward(self) -> Mapping[str, str]:
        return {held: key for key, held in self.pairs}

    @property
    def shown(self) -> Mapping[str, str]:
        """Stored key → present key, of those that differ."""
        return self._inward

    @property
    def stored(self) -> Mapping[str, str]:
        """Present key → what stands for it in rows, of all keys that are not stored as they are."""
        return self._outward

    def encode(self, key: str) -> str:
        """The stored key of a present one."""
        return self._outward.get(key, key)

    def decode(self, stored: str) -> str:
        """The present key of a stored one."""
        return self._inward.get(stored, stored)
