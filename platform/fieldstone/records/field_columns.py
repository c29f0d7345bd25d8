"""The columns of fields, declared or of the system, and how related records are joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import RelationDef
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.storage.published import PublishedModel


def field_columns(published: PublishedModel, module: str, field: FieldDef) -> Mapping[str, sa.Column[Any]]:
    """Suffix → column."""
    table = published.tables.module(module)
    if field.name in published.model.modules[module].fields:
        return table.columns_of(field)
    return {"": table.column(field.name)}


@dataclass(frozen=True, slots=True)
class RelationJoin:
    """How the records of a relation are found from the child's side.

    `parent` holds the id of the record that has the relation. `link` is the link table to join on
    `linked` (many-to-many); `condition` holds besides.
    """

    parent: sa.ColumnElement[Any]
    link: sa.FromClause | None = None
    linked: sa.ColumnElement[bool] | None = None
    condition: sa.ColumnElement[bool] | None = None

    def extend(self, children: sa.FromClause) -> sa.FromClause:
        """The children with the link table, where there is one."""
        return children if self.link is None else children.join(self.link, self.linked)


def join_relation(
    published: PublishedModel, module: str, relation: RelationDef, children: sa.FromClause
) -> RelationJoin:
    """`children` is the table of `relation.to` or an alias of it."""
    if relation.kind == "many_to_many":
        link = published.tables.link(module, relation.name).alias()
        here, there = ("right_id", "left_id") if relation.inverse_of else ("left_id", "right_id")
        return RelationJoin(link.c[here], link, link.c[there] == children.c.id)
    field = find_any_field(published.model.modules[relation.to], relation.field)
    assert field is not None, relation.field
    columns = {suffix: children.c[item.name] for suffix, item in field_columns(published, relation.to, field).items()}
    if "_module" in columns:
        identity = published.model.modules[module].identity
        return RelationJoin(columns["_id"], condition=columns["_module"] == identity)
    return RelationJoin(columns.get(f"_{module}", columns.get("")))  # type: ignore[arg-type]  # one of them is there
