"""The model's tables as SQLAlchemy knows them.

A column that holds keys which are stored under other ones has a type that translates; what the database
has is a text all the same, so it is no part of the shape.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.stored_keys import StoredKeys
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.storage.columns import Id, StoredKey, StoredKeyList, column_type
from fieldstone.storage.shapes import ColumnShape, TableShape, column_name, link_shape, module_shape

_Fields = Mapping[str, tuple[str, Mapping[str, str]]]
"""Field → (suffix of its main column, suffix → physical column)."""

_Keyed = Mapping[str, tuple[StoredKeys, bool]]
"""Physical column → how it holds keys, and whether several; only of those that differ."""

_making = threading.Lock()
_SYSTEM_FIELD_COLUMNS = {"owner": "owner_id"}


@dataclass(frozen=True, slots=True)
class _Made:
    """`columns`: field → suffix → column."""

    table: sa.Table
    columns: Mapping[str, dict[str, sa.Column[Any]]]


class ModuleTable:
    """The table of one module, made when it is first asked for. `name` is the module's."""

    def __init__(self, name: str, shape: TableShape, fields: _Fields, keyed: _Keyed) -> None:
        self.name = name
        self._shape = shape
        self._keyed = keyed
        self._declared = fields
        self._made: _Made | None = None

    @property
    def table(self) -> sa.Table:
        return self._parts.table

    @property
    def _parts(self) -> _Made:
        made = self._made
        if made is None:
            with _making:  # two tables of one name in one statement would be two tables
                made = self._made
                if made is None:
                    made = self._made = _make(self._shape, self._declared, self._keyed)
        return made

    def columns_of(self, field: FieldDef) -> dict[str, sa.Column[Any]]:
        """Suffix → column, the main one first. Raises KeyError for a field of another module."""
        return self._parts.columns[field.name]

    def column(self, name: str, suffix: str | None = None) -> sa.Column[Any]:
        """The column of a public field name (`owner`, `id`, `amount`), the main one unless `suffix` says which.

        Raises KeyError.
        """
        columns = self._parts.columns.get(name)
        if columns is None:
            column = self.table.c[_SYSTEM_FIELD_COLUMNS.get(name, name)]
            return column if not suffix else self.table.c[column.name + suffix]
        return columns[self._declared[name][0] if suffix is None else suffix]


class Tables:
    """All tables of one model. `dialect` is "sqlite" or "postgresql"."""

    def __init__(self, dialect: str, modules: dict[str, _Built], links: dict[tuple[str, str], _BuiltLink]) -> None:
        self.dialect = dialect
        self.built = modules
        self.built_links = links

    def module(self, name: str) -> ModuleTable:
        """Raises KeyError."""
        return self.built[name][1]

    def link(self, module: str, relation: str) -> sa.Table:
        """The table of a many-to-many relation, from either side: `left_id` is the declaring module's record."""
        return self.built_links[module, relation][1]


_Built = tuple[tuple[TableShape, _Fields, _Keyed], ModuleTable]
_BuiltLink = tuple[tuple[TableShape, _Keyed], sa.Table]


def build_tables(model: AppModel, dialect: str, previous: Tables | None = None) -> Tables:
    """The tables of a model. Those that did not change since `previous` are the same objects, so that
    statements compiled for them stay valid."""
    old_modules = previous.built if previous else {}
    old_links = previous.built_links if previous else {}
    modules: dict[str, _Built] = {}
    links: dict[tuple[str, str], _BuiltLink] = {}
    for module in model.modules.values():
        signature = (module_shape(model, module), _field_columns(model, module), _keyed_columns(model, module))
        old = old_modules.get(module.name)
        modules[module.name] = old if old and old[0] == signature else (signature, ModuleTable(module.name, *signature))
    for module in model.modules.values():
        for relation in module.relations.values():
            if relation.kind != "many_to_many":
                continue
            key = relation.inverse_of or (module.name, relation.name)
            if key not in links:
                owner = model.modules[key[0]]
                declared = owner.relations[key[1]]
                made_of = (link_shape(model, owner, declared), _keyed(model, declared.attributes.values()))
                known = old_links.get(key)
                links[key] = known if known and known[0] == made_of else (made_of, _build_table(*made_of))
            links[module.name, relation.name] = links[key]
    return Tables(dialect, modules, links)


def _field_columns(model: AppModel, module: ModuleDef) -> _Fields:
    """Field → (suffix of its main column, suffix → physical column)."""
    found = {}
    for field in module.fields.values():
        suffixes = [spec.suffix for spec in model.type_of(field).columns(field)]
        found[field.name] = (suffixes[0], {suffix: column_name(field, suffix) for suffix in suffixes})
    return found


def _keyed_columns(model: AppModel, module: ModuleDef) -> _Keyed:
    found = _keyed(model, module.fields.values())
    if module.stored_types is not None:
        found["record_type"] = (module.stored_types, False)
    return found


def _keyed(model: AppModel, fields: Iterable[FieldDef]) -> dict[str, tuple[StoredKeys, bool]]:
    found = {}
    for field in fields:
        field_type = model.type_of(field)
        keys = field_type.stored_keys(field, model.picklists)
        if keys is not None:
            several = field_type.value_type(field, model.picklists).kind == "list"
            found[column_name(field)] = (keys, several)
    return found


def _make(shape: TableShape, fields: _Fields, keyed: _Keyed) -> _Made:
    table = _build_table(shape, keyed)
    return _Made(
        table,
        {
            field: {suffix: table.c[column] for suffix, column in columns.items()}
            for field, (_, columns) in fields.items()
        },
    )


def _build_table(shape: TableShape, keyed: _Keyed) -> sa.Table:
    """In a MetaData of its own: tables of one model come and go one by one. References are not declared,
    since joins are always written out and DDL is made from shapes."""

    def type_of(column: ColumnShape) -> sa.types.TypeEngine[Any]:
        if column.name not in keyed:
            return column_type(column.spec)
        keys, several = keyed[column.name]
        return StoredKeyList(keys) if several else StoredKey(keys)

    columns = [sa.Column(column.name, type_of(column), nullable=not column.required) for column in shape.columns]
    return sa.Table(shape.name, sa.MetaData(), sa.Column("id", Id, primary_key=True, autoincrement=False), *columns)
