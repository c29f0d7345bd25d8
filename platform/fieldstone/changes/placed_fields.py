"""Everything that has a place of its own in the database: the fields of a module and the attributes of its links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.storage.shapes import declared_links


@dataclass(frozen=True, kw_only=True)
class PlacedField:
    """`path` is its name in the catalogue, `table` the one its columns are in."""

    path: str
    table: str
    field: FieldDef


def placed_fields(module: ModuleDef) -> Iterator[PlacedField]:
    for field in module.fields.values():
        yield PlacedField(path=f"{module.name}.{field.name}", table=module.table, field=field)
    for relation in declared_links(module):
        for field in relation.attributes.values():
            yield PlacedField(path=f"{module.name}.{relation.name}.{field.name}", table=relation.table, field=field)
