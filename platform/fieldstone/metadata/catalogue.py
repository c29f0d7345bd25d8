"""The catalogue: a stable identity and a physical name for everything that records, rights or history refer to.

Both are fixed at creation and survive a rename; neither is ever used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from types import MappingProxyType

MAX_PHYSICAL = 50
KINDS = (
    "module", "field", "relation", "record_type", "picklist", "inline_picklist", "picklist_value", "role",
    "profile", "sharing_rule",
)  # fmt: skip
_NAMED_LATER = frozenset({"record_type", "picklist", "inline_picklist", "role", "profile", "sharing_rule"})
"""Kinds that catalogues of older sites do not have."""
_KEYED = frozenset({*_NAMED_LATER, "picklist_value"})
"""Kinds whose physical name is a key, not a table or column: what they began as, or that with a number."""
_BELOW: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "module": frozenset({"field", "relation", "record_type", "inline_picklist"}),
        "relation": frozenset({"field", "inline_picklist"}),
        "field": frozenset({"inline_picklist"}),
        "picklist": frozenset({"picklist_value"}),
    }
)
"""What moves along with a name."""

_SYSTEM_COLUMNS = frozenset(
    ("id", "version", "owner_id", "created_at", "created_by", "modified_at", "modified_by", "deleted_at",
     "record_type", "record_number", "left_id", "right_id")
)  # fmt: skip
_ALWAYS = ("", "__key", "__sort")
"""Suffixes any field may come to have when it becomes a name or gets an index."""


@dataclass(frozen=True)
class CatalogueEntry:
    """`path` is the present name ("opportunity", "opportunity.amount", "opportunity.tender", "sales_stage.won",
    "sales_rep"; an attribute of a relation is a field "opportunity.contacts.role"; a picklist written on a
    field, an inline_picklist, has the path of the field, and its values that of the picklist made of it:
    "opportunity_source.web"). `physical` is the table, column, link table or stored key."""

    identity: str
    kind: str
    path: str
    physical: str
    removed: bool = False


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Something the model declares. `suffixes` are those of the columns a field has."""

    kind: str
    path: str
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """All entries that ever were, by kind and path. Immutable; changes give a new one."""

    entries: Mapping[tuple[str, str], CatalogueEntry] = field(default_factory=lambda: MappingProxyType({}))
    next_identity: int = 1
    retired: tuple[CatalogueEntry, ...] = ()
    """Entries whose physical name was replaced."""

    @classmethod
    def of(cls, entries: Iterable[CatalogueEntry]) -> Catalogue:
        """A catalogue of stored entries; of two with one path the one that is not removed stays at it, of places of
        one identity the last in order."""
        kept: dict[tuple[str, str], CatalogueEntry] = {}
        retired: list[CatalogueEntry] = []
        last = 0
        for entry in sorted(entries, key=lambda item: (not item.removed, int(item.identity))):
            last = max(last, int(entry.identity))
            earlier = kept.get((entry.kind, entry.path))
            if earlier is not None:
                retired.append(earlier)
            kept[entry.kind, entry.path] = entry
        return cls(MappingProxyType(kept), last + 1, tuple(retired))

    def __iter__(self) -> Iterator[CatalogueEntry]:
        """Every entry, those of former names too, in the order of their identities."""
        return iter(sorted((*self.entries.values(), *self.retired), key=lambda entry: int(entry.identity)))

    def __len__(self) -> int:
        return len(self.entries) + len(self.retired)

    @cached_property
    def has_named_later(self) -> bool:
        """Whether identities of record types, picklists and roles are kept: not so in catalogues of older
        sites, which would have to make them up anew at every compilation."""
        return not self.entries or any(kind in _NAMED_LATER for kind, _ in self.entries)

    @cached_property
    def gone(self) -> Mapping[tuple[str, str], tuple[CatalogueEntry, ...]]:
        """(picklist_value or record_type, picklist or module) → those that were removed."""
        found: dict[tuple[str, str], list[CatalogueEntry]] = {}
        for entry in (*self.entries.values(), *self.retired):
            if entry.removed and entry.kind in ("picklist_value", "record_type"):
                found.setdefault((entry.kind, entry.path.rpartition(".")[0]), []).append(entry)
        return {key: tuple(items) for key, items in found.items()}

    def find(self, kind: str, path: str) -> CatalogueEntry | None:
        """The entry with this name, even one marked as removed, or None."""
        return self.entries.get((kind, path))

    def extend(self, wanted: Iterable[Wanted]) -> Catalogue:
        """The catalogue of a model that declares `wanted`.

        What is new gets an identity and a physical name; what was removed and is back is revived with
        its old ones (a rollback finds its data again); what is no longer declared is marked as removed.
        """
        asked = list(wanted)
        allocator = _Allocator(self, asked)
        entries = dict(self.entries)
        seen: set[tuple[str, str]] = set()
        for want in asked:
            key = (want.kind, want.path)
            seen.add(key)
            known = entries.get(key)
            if known is None:
                entries[key] = allocator.allocate(want)
            elif known.removed:
                entries[key] = replace(known, removed=False)
        for key, entry in self.entries.items():
            if key not in seen and not entry.removed:
                entries[key] = replace(entry, removed=True)
        if entries == self.entries:
            return self
        return Catalogue(MappingProxyType(entries), allocator.next_identity, self.retired)

    def rename(self, kind: str, old: str, new: str) -> Catalogue:
        """The same identity under a new name, and with it everything below it. Raises KeyError for `old`
        unknown, ValueError for `new` in use. Something removed that has the new name makes way for good."""
        if (kind, old) not in self.entries:
            raise KeyError(old)
        taken = self.entries.get((kind, new))
        if taken is not None:
            if not taken.removed or old == new:
                raise ValueError(f"{kind} {new} exists already")
            return self.rename(kind, new, _put_aside(taken)).rename(kind, old, new)
        values = self._inline_values(kind, old, new)

        def moved(entry: CatalogueEntry) -> CatalogueEntry:
            if (entry.kind, entry.path) == (kind, old):
                return replace(entry, path=new)
            if entry.kind in _BELOW.get(kind, ()) and f"{entry.path}.".startswith(f"{old}."):
                return replace(entry, path=new + entry.path[len(old) :])
            if entry.kind == "picklist_value" and values:
                picklist, _, key = entry.path.rpartition(".")
                return replace(entry, path=f"{values[picklist]}.{key}") if picklist in values else entry
            return entry

        entries: dict[tuple[str, str], CatalogueEntry] = {}
        staying: list[CatalogueEntry] = []
        for entry in self.entries.values():
            there = moved(entry)
            if there is entry:
                staying.append(entry)
            else:
                entries[there.kind, there.path] = there
        for entry in staying:
            if (entry.kind, entry.path) not in entries:
                entries[entry.kind, entry.path] = entry
            elif entry.removed:
                entries[entry.kind, _put_aside(entry)] = replace(entry, path=_put_aside(entry))
            else:
                raise ValueError(f"{entry.kind} {entry.path} exists already")
        return Catalogue(MappingProxyType(entries), self.next_identity, tuple(moved(entry) for entry in self.retired))

    def removed(self, kind: str, path: str) -> Catalogue:
        """The catalogue with something marked as removed, and with it everything below it."""
        below = _BELOW.get(kind, ())
        entries = {
            key: replace(entry, removed=True)
            if key == (kind, path) or (entry.kind in below and f"{entry.path}.".startswith(f"{path}."))
            else entry
            for key, entry in self.entries.items()
        }
        return Catalogue(MappingProxyType(entries), self.next_identity, self.retired)

    def _inline_values(self, kind: str, old: str, new: str) -> dict[str, str]:
        """Old → new name of the picklists written on fields that a rename moves, but for those whose values
        stand in a document by now."""
        if "inline_picklist" not in _BELOW.get(kind, ()):
            return {}
        paths = [path for found, path in self.entries if found == "inline_picklist"]
        names = {
            path.replace(".", "_"): (new + path[len(old) :]).replace(".", "_")
            for path in paths
            if f"{path}.".startswith(f"{old}.")
        }
        documents = {path for (found, path), entry in self.entries.items() if found == "picklist" and not entry.removed}
        return {before: after for before, after in names.items() if before not in documents}

    def move_physical(self, kind: str, path: str, wanted: Iterable[Wanted]) -> Catalogue:
        """The same identity in a new place, for a field whose type changes; the old place stays taken.
        `wanted` is what the new model declares, this field among it."""
        asked = {(want.kind, want.path): want for want in wanted}
        entry = self.entries[kind, path]
        others = [want for key, want in asked.items() if key != (kind, path)]
        physical = _Allocator(self, others).physical(asked.get((kind, path), Wanted(kind=kind, path=path)))
        entries = {**self.entries, (kind, path): replace(entry, physical=physical)}
        return Catalogue(MappingProxyType(entries), self.next_identity, (*self.retired, replace(entry, removed=True)))


def _put_aside(entry: CatalogueEntry) -> str:
    """A path that no document can declare."""
    return f"{entry.path}~{entry.identity}"


class _Space:
    """The names in use among tables, or among the columns of one table.

    `columns` holds whole column names. Of a field that is gone only the name is known, not which
    suffixes its columns had: `closed` keeps everything that starts alike out of the way.
    """

    def __init__(self) -> None:
        self.columns: set[str] = set()
        self.closed: set[str] = set()

    def take(self, name: str, suffixes: tuple[str, ...] | None) -> None:
        self.columns.update(name + suffix for suffix in (*(suffixes or ()), *_ALWAYS))
        if suffixes is None:
            self.closed.add(name + "_")

    def is_free(self, name: str, suffixes: tuple[str, ...]) -> bool:
        if any(name + suffix in self.columns for suffix in (*suffixes, *_ALWAYS)):
            return False
        # No suffix is just a number, so "amount_2" is free although "amount" is closed. Longer ones may be: a
        # lookup's is the name of a module.
        return not any(name.startswith(closed) and not name[len(closed) :].isdigit() for closed in self.closed)


class _Allocator:
    """Gives out identities and physical names."""

    def __init__(self, catalogue: Catalogue, wanted: Iterable[Wanted]) -> None:
        self.next_identity = catalogue.next_identity
        self._catalogue = catalogue
        self._wanted = wanted
        self._spaces: dict[str, _Space] = {}
        self._keys: dict[str, set[str]] = {}

    @cached_property
    def _members(self) -> dict[str, list[tuple[str, tuple[str, ...] | None]]]:
        """Space → physical names in it with their suffixes; gathered when the first new name is needed."""
        known = {(want.kind, want.path): want.suffixes for want in self._wanted}
        members: dict[str, list[tuple[str, tuple[str, ...] | None]]] = {}
        for entry in self._catalogue.entries.values():
            suffixes = known.get((entry.kind, entry.path)) if entry.kind == "field" else ()
            members.setdefault(_space_of(entry.kind, entry.path), []).append((entry.physical, suffixes))
        for entry in self._catalogue.retired:
            closed = None if entry.kind == "field" else ()
            members.setdefault(_space_of(entry.kind, entry.path), []).append((entry.physical, closed))
        return members

    def allocate(self, want: Wanted) -> CatalogueEntry:
        entry = CatalogueEntry(str(self.next_identity), want.kind, want.path, self.physical(want))
        self.next_identity += 1
        return entry

    def physical(self, want: Wanted) -> str:
        last = want.path.rpartition(".")[2]
        if want.kind in _KEYED:
            return self._key(want)
        space = self._space(want.kind, want.path)
        base = want.path.replace(".", "_") if want.kind == "relation" else last
        longest = max((len(suffix) for suffix in want.suffixes), default=0)
        room = max(MAX_PHYSICAL - longest, 12)
        name = next(name for name in _candidates(base, room) if space.is_free(name, want.suffixes))
        space.take(name, want.suffixes)
        return name

    def _key(self, want: Wanted) -> str:
        """A stored key that nothing else in its picklist or module ever had."""
        key = _space_of(want.kind, want.path)
        taken = self._keys.setdefault(key, {physical for physical, _ in self._members.get(key, ())})
        base = want.path.rpartition(".")[2]
        found = next(name for name in _numbered(base) if name not in taken)
        taken.add(found)
        return found

    def _space(self, kind: str, path: str) -> _Space:
        key = _space_of(kind, path)
        space = self._spaces.get(key)
        if space is None:
            space = self._spaces[key] = _Space()
            if kind == "field":
                space.columns.update(_SYSTEM_COLUMNS)
            for physical, suffixes in self._members.get(key, ()):
                space.take(physical, suffixes)
        return space


def _space_of(kind: str, path: str) -> str:
    """Tables share one space of names; the columns of each table, and the keys of each picklist, have their own."""
    return "tables" if kind in ("module", "relation") else f"{kind} {path.rpartition('.')[0]}"


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}_{number}" for number in count(2))


def _candidates(base: str, room: int) -> Iterator[str]:
    """The name itself, then variations without end: numbered behind, and in front, since a closed name
    keeps away everything that starts like it."""
    yield base[:room]
    for number in count(2):
        tail, head = f"_{number}", f"x{number}_"
        yield base[: room - len(tail)] + tail
        yield head + base[: room - len(head)]
