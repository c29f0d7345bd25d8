"""What tables a model needs: pure values, compared with what the database has (`storage.physical`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from fieldstone.fields.base import ColumnSpec
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef, RelationDef
from fieldstone.metadata.model import AppModel
from fieldstone.storage.names import fit_name
from fieldstone.storage.rule_indexes import compared_fields

PRINCIPAL_TABLE = "fs_principal"
LIVE = "deleted_at IS NULL"


@dataclass(frozen=True, kw_only=True)
class ColumnShape:
    """`references` is the physical table whose id the column holds, "" for none."""

    name: str
    spec: ColumnSpec
    references: str = ""
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class IndexShape:
    """An index; `where` limits it to rows. `sorts`: it serves ordering, empties first, then by id. `covers`: what it
    holds besides, to pass over rows that do not count without looking at them."""

    table: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""
    sorts: bool = False
    covers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Short, and different whenever anything about the index is."""
        kind = "ux" if self.unique else "ix"
        return fit_name(kind, self.table, *self.columns, self.where, "sorts" if self.sorts else "", *self.covers)


@dataclass(frozen=True, kw_only=True)
class TableShape:
    """A table; its primary key is always `id`, which is not among the columns."""

    name: str
    columns: tuple[ColumnShape, ...]
    indexes: tuple[IndexShape, ...]


SYSTEM_COLUMNS = (
    ColumnShape(name="version", spec=ColumnSpec(kind="integer"), required=True),
    ColumnShape(name="owner_id", spec=ColumnSpec(kind="reference"), references=PRINCIPAL_TABLE),
    ColumnShape(name="created_at", spec=ColumnSpec(kind="datetime"), required=True),
    ColumnShape(name="created_by", spec=ColumnSpec(kind="reference")),
    ColumnShape(name="modified_at", spec=ColumnSpec(kind="datetime"), required=True),
    ColumnShape(name="modified_by", spec=ColumnSpec(kind="reference")),
    ColumnShape(name="deleted_at", spec=ColumnSpec(kind="datetime")),
    ColumnShape(name="record_type", spec=ColumnSpec()),
    ColumnShape(name="record_number", spec=ColumnSpec()),
)

LINK_COLUMNS = (
    ColumnShape(name="created_at", spec=ColumnSpec(kind="datetime"), required=True),
    ColumnShape(name="created_by", spec=ColumnSpec(kind="reference")),
)


def model_shapes(model: AppModel) -> dict[str, TableShape]:
    """Every table of the model by its physical name."""
    shapes = {module.table: module_shape(model, module) for module in model.modules.values()}
    for module in model.modules.values():
        for relation in declared_links(module):
            shapes[relation.table] = link_shape(model, module, relation)
    return shapes


def declared_links(module: ModuleDef) -> Iterator[RelationDef]:
    """The relations whose link table this module declares (the far side names the same one)."""
    return (item for item in module.relations.values() if item.kind == "many_to_many" and not item.inverse_of)


def module_shape(model: AppModel, module: ModuleDef) -> TableShape:
    columns = [*SYSTEM_COLUMNS]
    indexes = {
        IndexShape(table=module.table, columns=("owner_id",)): None,
        IndexShape(table=module.table, columns=("created_at",), sorts=True): None,
        IndexShape(table=module.table, columns=("modified_at",), sorts=True): None,
        IndexShape(table=module.table, columns=("deleted_at",), where="deleted_at IS NOT NULL"): None,
    }
    if module.number:
        numbers = IndexShape(
            table=module.table, columns=("record_number",), unique=True, where=_filled("record_number")
        )
        indexes[numbers] = None
    for field in module.fields.values():
        specs = model.type_of(field).columns(field)
        columns += _field_columns(model.modules, field, specs)
        indexes |= dict.fromkeys(_field_indexes(module.table, field, specs))
    indexes |= dict.fromkeys(_module_indexes(model, module))
    return TableShape(name=module.table, columns=tuple(columns), indexes=tuple(map(_covering, indexes)))


def _covering(index: IndexShape) -> IndexShape:
    """Lists leave out records of other owners and those in the recycle bin: the indexes that lists follow tell them."""
    if not index.sorts and index.columns != ("owner_id",):
        return index
    return replace(index, covers=tuple(name for name in ("owner_id", "deleted_at") if name not in index.columns))


def link_shape(model: AppModel, module: ModuleDef, relation: RelationDef) -> TableShape:
    """A many-to-many table: left is the module that declares it."""
    sides = (("left_id", module.table), ("right_id", model.modules[relation.to].table))
    columns = [ColumnShape(name=n, spec=ColumnSpec(kind="reference"), references=t, required=True) for n, t in sides]
    for field in relation.attributes.values():
        columns += _field_columns(model.modules, field, model.type_of(field).columns(field))
    indexes = (
        IndexShape(table=relation.table, columns=("left_id", "right_id"), unique=True),
        IndexShape(table=relation.table, columns=("right_id", "left_id")),
    )
    return TableShape(name=relation.table, columns=(*columns, *LINK_COLUMNS), indexes=indexes)


def _field_columns(
    modules: Mapping[str, ModuleDef], field: FieldDef, specs: tuple[ColumnSpec, ...]
) -> Iterator[ColumnShape]:
    for spec in specs:
        target = modules.get(spec.target)
        references = PRINCIPAL_TABLE if spec.target == "principal" else target.table if target else ""
        yield ColumnShape(name=column_name(field, spec.suffix), spec=spec, references=references)


def column_name(field: FieldDef, suffix: str = "") -> str:
    return (field.column or field.name) + suffix


def _filled(column: str) -> str:
    return f'"{column}" IS NOT NULL'


def _field_indexes(table: str, field: FieldDef, specs: tuple[ColumnSpec, ...]) -> Iterator[IndexShape]:
    """References are always indexed; sorting uses `__sort`, finding and uniqueness `__key`, where they exist."""
    suffixes = {spec.suffix for spec in specs}
    key = column_name(field, "__key" if "__key" in suffixes else specs[0].suffix)
    sort = column_name(field, "__sort") if "__sort" in suffixes else key
    references = [spec for spec in specs if spec.kind == "reference"]
    for spec in references:
        if _is_pair(specs):
            pair = tuple(column_name(field, item.suffix) for item in specs)
            yield IndexShape(table=table, columns=pair, where=_filled(pair[0]))
        else:
            column = column_name(field, spec.suffix)
            yield IndexShape(table=table, columns=(column,), where=_filled(column), sorts=True)
    if field.is_name:
        yield IndexShape(table=table, columns=(sort,), sorts=True)
    if field.unique:
        for column in [column_name(field, spec.suffix) for spec in references] or [key]:
            where = f"{LIVE} AND {_filled(column)}"
            yield IndexShape(table=table, columns=(column,), unique=True, where=where)
    if field.index and not references:
        if not field.is_name:
            yield IndexShape(table=table, columns=(sort,), where=_filled(sort), sorts=True)
        if key != sort:
            yield IndexShape(table=table, columns=(key,), where=_filled(key))


def _is_pair(specs: tuple[ColumnSpec, ...]) -> bool:
    """A lookup to any module: which module, which record."""
    return specs[0].kind == "module"


def _module_indexes(model: AppModel, module: ModuleDef) -> Iterator[IndexShape]:
    """Those the module declares, one that finds duplicates, and those that find what sharing rules are about."""
    groups = [(names, True) for names in module.indexes]
    if module.duplicates:
        groups.append((module.duplicates.match, False))
    for names, sorts in groups:
        columns = tuple(_index_column(model, module, name, "__sort" if sorts else "__key") for name in names)
        yield IndexShape(table=module.table, columns=columns, sorts=sorts)
    for name in compared_fields(model, module):
        column = _index_column(model, module, name, "__key")
        yield IndexShape(
            table=module.table, columns=("owner_id", column), where=_filled(column), covers=("deleted_at",)
        )


def _index_column(model: AppModel, module: ModuleDef, name: str, wanted: str) -> str:
    field = module.fields.get(name)
    if field is None:
        return "owner_id" if name == "owner" else name
    suffixes = [spec.suffix for spec in model.type_of(field).columns(field)]
    for suffix in (wanted, "__key"):
        if suffix in suffixes:
            return column_name(field, suffix)
    return column_name(field, suffixes[0])
