"""Where a field lies: a column of a module's table, or of a link's."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.model import AppModel
from fieldstone.records.save.field_program import FieldProgram, build_field_program
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shapes import column_name, declared_links


@dataclass(frozen=True, kw_only=True)
class Place:
    """`field` reads and writes columns of `table`; `module` is the one that declares it."""

    module: str
    table: sa.Table
    field: FieldProgram


def find_place(published: PublishedModel, module: str, field: str, dialect: sa.Dialect) -> Place | None:
    """The place of a field in a model, both named by their identities."""
    model = published.model
    owner = next((item for item in model.modules.values() if item.identity == module), None)
    if owner is None:
        return None
    for own in owner.fields.values():
        if own.identity == field:
            table = published.tables.module(owner.name).table
            return Place(module=owner.name, table=table, field=_program(model, own, table, dialect))
    for relation in declared_links(owner):
        for attribute in relation.attributes.values():
            if attribute.identity == field:
                table = published.tables.link(owner.name, relation.name)
                return Place(module=owner.name, table=table, field=_program(model, attribute, table, dialect))
    return None


def _program(model: AppModel, field: FieldDef, table: sa.Table, dialect: sa.Dialect) -> FieldProgram:
    kind = model.type_of(field)
    identities = {name: module.identity for name, module in model.modules.items()}
    return build_field_program(
        field,
        kind,
        kind.value_type(field, model.picklists),
        {spec.suffix: table.c[column_name(field, spec.suffix)] for spec in kind.columns(field)},
        system=False,
        dialect=dialect,
        modules=identities,
        module_names={identity: name for name, identity in identities.items()},
    )
