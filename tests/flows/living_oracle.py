"""What the records must hold: a model in plain Python of what was written and what was published since.

Everything is kept by identity, so that no rename loses it. A value of a field that is not in the model stays as it
was when the field went; one whose field got another type is taken across by `fields.conversion`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.conversion import Conversion, conversion, needs_conversion
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.metadata.model import AppModel
from fieldstone.storage.published import PublishedModel

Key = tuple[str, int]
"""Identity of a module, id of a record."""
Values = dict[int, Any]
"""Id of a record → its value of one field, in the words of the last model that had the field."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What one request did to one record, with the model of `version`. `kind` is that of the history; `number` is
    the record's version after it, `changed` the fields that differ from before."""

    version: int
    key: Key
    kind: str
    number: int = 0
    cells: Mapping[str, Any] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Fill:
    """A backfill: `module.field` of the new model, and what becomes of a value."""

    path: str
    value: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """A value of a picklist that went, in the names of the model before."""

    picklist: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """A field as it was in the last model that had it."""

    model: AppModel
    field: FieldDef
    module: str

    @property
    def definition(self) -> tuple[FieldDef, PicklistDef | None]:
        """All that says how its values are written."""
        return self.field, self.model.picklists.get(self.field.picklist)


class Oracle:
    """`written`: all that was written, in order. `records` and `deleted`: identity of a module → the ids of all its
    records, and of those in the recycle bin."""

    def __init__(self, published: PublishedModel) -> None:
        self.written: list[Written] = []
        self.records: defaultdict[str, set[int]] = defaultdict(set)
        self.deleted: defaultdict[str, set[int]] = defaultdict(set)
        self._published = published
        self._waiting: list[Written] = []
        self._known = dict(_fields(published.model))
        self._values: defaultdict[str, Values] = defaultdict(dict)
        self._left: dict[tuple[str, str], tuple[Known, Values]] = {}

    def tell(self, written: Iterable[Written]) -> None:
        """Each record's in the order in which it was written."""
        for item in written:
            self.written.append(item)
            if item.version > self._published.version:
                self._waiting.append(item)
            else:
                self._take(item)

    def publish(self, published: PublishedModel, fills: Sequence[Fill] = (), replaces: Sequence[Replaced] = ()) -> None:
        """Call it when everything that was written before is told; what was written after may be told already."""
        before, self._published = self._published.model, published
        now = dict(_fields(published.model))
        for identity, held in self._values.items():
            if identity in now and self._known[identity].definition != now[identity].definition:
                self._values[identity] = self._carried(self._known[identity], now[identity], held)
        for fill in fills:
            module, _, name = fill.path.partition(".")
            held = self._values[published.model.modules[module].fields[name].identity]
            held.update({id: fill.value(value) for id, value in held.items()})
        for replaced in replaces:
            self._replace(before, now, replaced)
        self._known |= now
        for item in self._waiting:
            self._take(item)
        self._waiting = []

    def expected(self, module: str, ids: AbstractSet[int] | None = None) -> dict[int, dict[str, Any]]:
        """Id → name → value, of all that is known of the records of a module of the present model."""
        found = self._published.model.modules[module]
        wanted = self.records[found.identity] if ids is None else ids
        rows: dict[int, dict[str, Any]] = {id: {} for id in wanted}
        for each in found.fields.values():
            for id, value in self._values.get(each.identity, {}).items():
                if id in rows:
                    rows[id][each.name] = bool(value) if each.type == "checkbox" else value
        return rows

    def _take(self, item: Written) -> None:
        module, id = item.key
        if item.kind == "deleted":
            self.deleted[module].add(id)
        elif item.kind == "restored":
            self.deleted[module].discard(id)
        self.records[module].add(id)
        for identity, value in item.cells.items():
            held = self._values[identity]
            # A box that was never ticked shows the same as one that was unticked: to untick it is no change.
            if not value and not held.get(id, True) and self._known[identity].field.type == "checkbox":
                continue
            # Nor is it one to empty what was never written: it is empty, if only since its type lost what a publish
            # had filled in, and that comes back with the type.
            if value is not None or id in held:
                held[id] = value

    def _replace(self, before: AppModel, now: Mapping[str, Known], replaced: Replaced) -> None:
        """In fields that are shown before and after; what is hidden stays as it was."""
        for identity, known in _fields(before):
            if known.field.picklist == replaced.picklist and identity in now and now[identity].field.picklist:
                held = self._values[identity]
                held.update({id: _with_replaced(value, replaced) for id, value in held.items()})

    def _carried(self, known: Known, now: Known, held: Values) -> Values:
        if not needs_conversion(_reworded_field(known, now), now.field, now.model.field_types):
            return {id: _reworded(value, known, now) for id, value in held.items()}
        self._left[known.field.identity, known.field.column] = known, held
        then, kept = self._left.get((now.field.identity, now.field.column), (now, {}))
        if now.field.type in COMPUTED:
            return {}
        if known.field.type in COMPUTED:
            return {id: _reworded(value, then, now) for id, value in kept.items()}
        return self._converted(known, now, held, then, kept)

    def _converted(self, known: Known, now: Known, held: Values, then: Known, kept: Values) -> Values:
        """`held` in the present type. Where that was the type once, what was not changed since is as it was `then`;
        the rest, and all that is new, is converted."""
        types = now.model.field_types
        way = conversion(_reworded_field(known, now), now.field, types)
        back = conversion(_reworded_field(then, known), known.field, types) if kept else None
        values: Values = {}
        for id, value in held.items():
            if (
                way is None
                or (kept and back is None)
                or (back is not None and _convert(back, kept.get(id), then, known) == value)
            ):
                values[id] = _reworded(kept.get(id), then, now)
            else:
                values[id] = _convert(way, value, known, now)
        return values


COMPUTED = ("formula", "rollup")


def _fields(model: AppModel) -> Iterator[tuple[str, Known]]:
    for module in model.modules.values():
        for each in module.fields.values():
            yield each.identity, Known(model=model, field=each, module=module.identity)


def _reworded_field(known: Known, now: Known) -> FieldDef:
    """A definition in the names of another model: a picklist that is only called otherwise is the same one."""
    before = known.model.picklists.get(known.field.picklist)
    if before is None:
        return known.field
    same = (each.name for each in now.model.picklists.values() if each.identity == before.identity)
    return replace(known.field, picklist=next(same, before.name))


def _reworded(value: Any, known: Known, now: Known) -> Any:
    """The same values of a picklist, by the names they have now."""
    before, after = known.model.picklists.get(known.field.picklist), now.model.picklists.get(now.field.picklist)
    if value is None or before is None or after is None:
        return value
    names = {each.identity: each.key for each in after.values.values()}
    keys = {each.key: names.get(each.identity, each.key) for each in before.values.values()}
    if isinstance(value, tuple):
        return tuple(keys.get(key, key) for key in value)
    return keys.get(value, value)


def _with_replaced(value: Any, replaced: Replaced) -> Any:
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(replaced.new if key == replaced.old else key for key in value))
    return replaced.new if value == replaced.old else value


def _convert(way: Conversion, value: Any, known: Known, now: Known) -> Any:
    """None for what cannot go along."""
    if value is None:
        return None
    context = ConversionContext(
        currency=now.model.app.currency,
        language=now.model.app.language,
        zone=now.model.app.zone,
        old_picklists=known.model.picklists,
        new_picklists=now.model.picklists,
    )
    try:
        return way.convert(value, context)
    except FieldValueError:
        return None
