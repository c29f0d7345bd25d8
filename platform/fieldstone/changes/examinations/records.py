"""What records hold that leads nowhere: references, and values of picklists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.fields.listing import load_list
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.model import AppModel
from fieldstone.storage.columns import Text
from fieldstone.storage.shapes import column_name, declared_links
from fieldstone.storage.tables import Tables

NOWHERE = declare(
    "doctor.E004",
    "{count} records of {module} refer, by {field}, to records that do not exist.",
    "Open them and choose another record, or clear the field.",
)
NO_CHOICE = declare(
    "doctor.W006",
    "{count} records of {module} hold in {field} what is no value of its picklist: {values}.",
    "Add the values to the picklist, or give these records others.",
)

_SHOWN = 5


def examine_open_references(conn: sa.Connection, model: AppModel, tables: Tables, findings: Diagnostics) -> None:
    """Lookups to any module are (module, id) pairs, which no foreign key guards."""
    modules = {module.identity: module for module in model.modules.values()}
    for module, field in _open_lookups(model):
        table = tables.module(module).table
        pair = [table.c[column_name(model.modules[module].fields[field], part)] for part in ("_module", "_id")]
        lost = 0
        for identity in conn.scalars(sa.select(pair[0]).where(pair[0].is_not(None)).distinct()).all():
            here = sa.select(sa.func.count()).select_from(table).where(pair[0] == identity, pair[1].is_not(None))
            if identity in modules:
                target = tables.module(modules[identity].name).table.alias()
                here = here.where(~sa.exists().where(target.c.id == pair[1]))
            lost += conn.execute(here).scalar_one()
        if lost:
            findings.add(NOWHERE, count=lost, module=module, field=field)


def _open_lookups(model: AppModel) -> Iterator[tuple[str, str]]:
    for module in model.modules.values():
        for field in module.fields.values():
            if [spec.kind for spec in model.type_of(field).columns(field)][:1] == ["module"]:
                yield module.name, field.name


def examine_choices(conn: sa.Connection, model: AppModel, catalogue: Catalogue, findings: Diagnostics) -> None:
    """Stored keys that no value of the picklist has or had. Each table is read once for all its fields."""
    known = {picklist.name: _known(picklist, catalogue) for picklist in model.picklists.values()}
    for path, table, fields in _groups(model):
        chosen = [field for field in fields if field.picklist and not model.type_of(field).computed]
        single = [field for field in chosen if not _is_list(model, field)]
        if single:
            lost = [sa.func.count(sa.case((_is_unknown(field, known), 1))) for field in single]
            counts = conn.execute(sa.select(*lost).select_from(sa.table(table))).one()
            for field, count in zip(single, counts, strict=True):
                if count:
                    query = sa.select(_column(field)).select_from(sa.table(table)).where(_is_unknown(field, known))
                    values = conn.scalars(query.distinct().limit(_SHOWN)).all()
                    _add(findings, path, field, count, values)
        for field in chosen:
            if field not in single:
                _examine_lists(conn, known[field.picklist], path, table, field, findings)


def _examine_lists(
    conn: sa.Connection, known: frozenset[str], path: str, table: str, field: FieldDef, findings: Diagnostics
) -> None:
    column = _column(field)
    query = sa.select(column, sa.func.count()).select_from(sa.table(table)).where(column.is_not(None))
    total = 0
    strange: set[str] = set()
    for stored, count in conn.execute(query.group_by(column)):
        unknown = set(load_list(stored) or ()) - known
        if unknown:
            total += count
            strange |= unknown
    if total:
        _add(findings, path, field, total, sorted(strange)[:_SHOWN])


def _add(findings: Diagnostics, path: str, field: FieldDef, count: int, values: Iterable[str]) -> None:
    findings.add(NO_CHOICE, module=path, field=field.name, count=count, values=", ".join(sorted(values)))


def _groups(model: AppModel) -> Iterator[tuple[str, str, Iterable[FieldDef]]]:
    """(path, table, fields) of modules and of links."""
    for module in model.modules.values():
        yield module.name, module.table, module.fields.values()
        for relation in declared_links(module):
            yield f"{module.name}.{relation.name}", relation.table, relation.attributes.values()


def _is_list(model: AppModel, field: FieldDef) -> bool:
    return model.type_of(field).value_type(field, model.picklists).kind == "list"


def _column(field: FieldDef) -> sa.ColumnClause[Any]:
    return sa.column(column_name(field), Text)


def _is_unknown(field: FieldDef, known: Mapping[str, frozenset[str]]) -> sa.ColumnElement[bool]:
    return sa.and_(_column(field).is_not(None), _column(field).not_in(sorted(known[field.picklist])))


def _known(picklist: PicklistDef, catalogue: Catalogue) -> frozenset[str]:
    """Stored keys of the values there are, and of those that were removed: hidden, but not lost."""
    gone = (entry.physical for entry in catalogue.gone.get(("picklist_value", picklist.name), ()))
    return frozenset((*(value.stored or value.key for value in picklist.values.values()), *gone))
