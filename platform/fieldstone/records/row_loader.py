"""From database rows to values: prepared once per (module, fields), then run for every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import FieldType
from fieldstone.fields.computed import ComputedType
from fieldstone.fields.lookup import LookupType
from fieldstone.fields.secret import MASK
from fieldstone.records.columns import Columns
from fieldstone.records.live import find_live
from fieldstone.records.paths import FieldPath
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.storage.published import PublishedModel

_DERIVED = ("__key", "__sort")


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that names a record. `target`: always of that module ("principal": users and teams), or
    "" when the value itself says (RecordRef)."""

    name: str
    target: str

    def add_to(self, wanted: dict[str, set[int]], values: Iterable[Any]) -> None:
        """Put the ids among the values into `wanted`, by target."""
        found = set(values)
        found.discard(None)
        if self.target:
            wanted.setdefault(self.target, set()).update(found)
            return
        for value in found:
            wanted.setdefault(value.module, set()).add(value.id)


@dataclass(frozen=True, slots=True)
class RowLoader:
    """Reads rows that begin with `columns`. `references` are the values that want labels."""

    columns: tuple[sa.ColumnElement[Any], ...]
    load: Callable[[Sequence[Any]], dict[str, Any]]
    references: tuple[Reference, ...]


def build_row_loader(columns: Columns, paths: Sequence[FieldPath]) -> RowLoader:
    """`load` gives path text → value; fields that are computed on reading come as None."""
    selected: list[sa.ColumnElement[Any]] = []
    position: dict[sa.ColumnElement[Any], int] = {}

    def place(column: sa.ColumnElement[Any]) -> int:
        if column not in position:
            position[column] = len(selected)
            selected.append(column)
        return position[column]

    plain: list[int] = []
    special: list[tuple[str, Callable[[Sequence[Any]], Any]]] = []
    root_id = place(columns.root.c.id)
    for path in paths:
        if find_live(columns.published, path.module, path.field.name):
            plain.append(root_id)
            special.append((path.text, _nothing))
            continue
        physical = columns.physical(path)
        places = {suffix: place(column) for suffix, column in physical.items() if suffix not in _DERIVED}
        plain.append(next(iter(places.values())))
        convert = _converter(columns.published, path, places)
        if convert is not None:
            special.append((path.text, convert))
    names = tuple(path.text for path in paths)
    return RowLoader(
        columns=tuple(selected),
        load=_build_load(names, tuple(plain), tuple(special)),
        references=tuple(found for path in paths if (found := _reference(path)) is not None),
    )


def _build_load(
    names: tuple[str, ...], plain: tuple[int, ...], special: tuple[tuple[str, Callable[[Sequence[Any]], Any]], ...]
) -> Callable[[Sequence[Any]], dict[str, Any]]:
    if len(plain) < 2:
        pick: Callable[[Sequence[Any]], tuple[Any, ...]] = lambda row: tuple(row[index] for index in plain)  # noqa: E731
    else:
        pick = itemgetter(*plain)

    def load(row: Sequence[Any]) -> dict[str, Any]:
        values = dict(zip(names, pick(row), strict=False))
        for name, convert in special:
            values[name] = convert(row)
        return values

    return load


def _nothing(row: Sequence[Any]) -> None:
    return None


def _converter(
    published: PublishedModel, path: FieldPath, places: Mapping[str, int]
) -> Callable[[Sequence[Any]], Any] | None:
    """None when the value is the column as it is."""
    field, field_type, part = path.field, path.type, path.part
    if field_type.name == "secret":
        index = places[""]
        return lambda row: None if row[index] is None else MASK
    if path.value_type.kind == "boolean":
        index = places[""]
        return lambda row: bool(row[index])
    if isinstance(field_type, ComputedType):
        field_type = field_type.result_type(field)
    if len(places) == 1 and _loads_as_it_is(field_type):
        return None
    names = {module.identity: name for name, module in published.model.modules.items()} if "_module" in places else {}
    items = tuple(places.items())

    def convert(row: Sequence[Any]) -> Any:
        cells = {suffix: row[index] for suffix, index in items}
        if names:
            cells["_module"] = names.get(cells["_module"])
        value = field_type.load(field, cells)
        if part:
            return value.get(part) if isinstance(value, Mapping) else None
        return value

    return convert


def _loads_as_it_is(field_type: FieldType) -> bool:
    own = type(field_type)
    return own.load is FieldType.load or (own is LookupType)  # one column: a lookup of one target


def _reference(path: FieldPath) -> Reference | None:
    specs = [spec for spec in path.specs.values() if spec.kind == "reference"]
    if not specs or path.part:
        return None
    single = len(path.specs) == 1
    target = PRINCIPAL if specs[0].target == PRINCIPAL else specs[0].target
    return Reference(name=path.text, target=target if single else "")
