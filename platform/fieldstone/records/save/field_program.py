"""One field made ready for saving many rows: what to call and which columns to fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.sql import column_keys
from fieldstone.expressions.types import ValueType
from fieldstone.fields.base import FieldType
from fieldstone.fields.composite import CompositeType
from fieldstone.fields.computed import ComputedType
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.number import ExactType
from fieldstone.fields.text import TextLikeType
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.folding import fold, sort_key
from fieldstone.kernel.stored_keys import StoredKeys

Processor = Callable[[Any], Any]
_EXACT = Context(prec=60)
_FORMS: Mapping[str, Callable[[str], str]] = {"__key": fold, "__sort": sort_key}


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldColumn:
    """A column with its suffix; `to_driver` turns a value into what the driver takes (None: as it is)."""

    suffix: str
    column: sa.Column[Any]
    to_driver: Processor | None
    derived: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldProgram:
    """`stored` is the type that knows the columns: for a computed field, that of its result. `columns` are
    all that are written; those not `derived` from others (folded text) are read back. `module_names` and
    `module_identities` translate names of modules, `names_module` tells that a column holds one. `plain`
    means that the value is the one column, `folds` that the others are forms of its text. `blank` is the empty
    value: None, for a checkbox False. `keys`: how rows and history hold the keys of a picklist that differ.
    """

    name: str
    field: FieldDef
    type: FieldType
    stored: FieldType
    value_type: ValueType
    columns: tuple[FieldColumn, ...]
    system: bool
    computed: bool
    plain: bool
    folds: bool
    blank: Any
    names_module: bool
    module_identities: Mapping[str, str]
    module_names: Mapping[str, str]
    keys: StoredKeys | None

    @property
    def converts(self) -> bool:
        """Whether expressions know the value in another form: an id, or a whole on one line."""
        return self.holds_record_ref or isinstance(self.type, CompositeType)

    def as_name(self, value: Any) -> Any:
        """The value as expressions know it."""
        if value is None:
            return None
        if isinstance(self.type, CompositeType):
            return self.type.line(value)
        return value.id if type(value) is RecordRef else value

    @property
    def holds_record_ref(self) -> bool:
        """Whether a value names the module too: a lookup with several targets."""
        return self.value_type.kind == "reference" and (len(self.field.to) > 1 or self.names_module)

    @property
    def identity(self) -> str:
        """The key of the field in the history: its identity, or the name of a system field."""
        return self.name if self.system else self.field.identity

    @property
    def key(self) -> FieldColumn:
        return next((item for item in self.columns if item.suffix == "__key"), self.columns[0])

    def find_column(self, suffix: str) -> sa.Column[Any] | None:
        return next((item.column for item in self.columns if item.suffix == suffix), None)

    def store(self, value: Any) -> Mapping[str, Any]:
        """Column suffix → Python value of the column."""
        cells = self.stored.store(self.field, value)
        if self.names_module and cells.get("_module"):
            cells = {**cells, "_module": self.module_identities.get(cells["_module"])}
        return cells

    def unique_cell(self, value: Any) -> Any:
        """What of a value no two records may share, where the field is unique."""
        cells, key = self.store(value), self.key
        return _FORMS[key.suffix](cells[""]) if key.derived else cells.get(key.suffix)

    def load(self, cells: Mapping[str, Any]) -> Any:
        """The value of column suffix → Python value; an empty checkbox is False."""
        if self.names_module and cells.get("_module"):
            cells = {**cells, "_module": self.module_names.get(cells["_module"])}
        value = self.stored.load(self.field, cells)
        return self.blank if value is None else value

    def fit(self, value: Any) -> Any:
        """What an expression gives, in the form the field takes: rounded half up to its decimals."""
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and self.value_type.kind == "number":
            digits = self.stored.precision(self.field) if isinstance(self.stored, ExactType) else 0
            rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT)
            return rounded if digits else int(rounded)
        return None if value == "" else value

    def settle(self, value: Any) -> Any:
        """What the expression of a formula or rollup gives, as it is stored. Raises FieldValueError."""
        assert isinstance(self.type, ComputedType)
        return self.type.settle(self.field, value)

    def driver_columns(self, values: Sequence[Any]) -> list[Sequence[Any]]:
        """One sequence of driver values per column, for the values of many rows."""
        if self.plain:
            to_driver = self.columns[0].to_driver
            return [values if to_driver is None else [None if value is None else to_driver(value) for value in values]]
        result: list[Sequence[Any]] = []
        stored = None if self.folds else [None if value is None else self.store(value) for value in values]
        for item in self.columns:
            suffix, to_driver = item.suffix, item.to_driver
            cells: Sequence[Any]
            if stored is not None:
                cells = [None if cell is None else cell.get(suffix) for cell in stored]
            elif suffix:
                form = _FORMS[suffix]
                cells = [None if value is None else form(value) for value in values]
            else:
                cells = values
            result.append(cells if to_driver is None else [None if x is None else to_driver(x) for x in cells])
        return result


@lru_cache(maxsize=256)
def driver_processor(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Processor | None:
    """What turns a Python value of a column into what the driver takes; None: nothing."""
    return kind.dialect_impl(dialect).bind_processor(dialect)


def build_field_program(
    field: FieldDef,
    field_type: FieldType,
    value_type: ValueType,
    columns: Mapping[str, sa.Column[Any]],
    *,
    system: bool,
    dialect: sa.Dialect,
    modules: Mapping[str, str],
    module_names: Mapping[str, str],
) -> FieldProgram:
    """`columns`: suffix → column, folded ones included. `modules`: name → identity, `module_names` back."""
    stored = field_type.result_type(field) if isinstance(field_type, ComputedType) else field_type
    own = type(stored)
    specs = field_type.columns(field)
    return FieldProgram(
        name=field.name,
        field=field,
        type=field_type,
        stored=stored,
        value_type=value_type,
        columns=tuple(
            FieldColumn(
                suffix=suffix,
                column=column,
                to_driver=driver_processor(column.type, dialect),
                derived=suffix in ("__key", "__sort"),
            )
            for suffix, column in columns.items()
        ),
        system=system,
        computed=field_type.computed,
        plain=len(columns) == 1
        and own.store is FieldType.store
        and (own.load is FieldType.load or value_type.kind == "boolean"),
        folds=own.store is TextLikeType.store,
        blank=False if value_type.kind == "boolean" else None,
        names_module=any(spec.kind == "module" for spec in specs),
        module_identities=modules,
        module_names=module_names,
        keys=column_keys(next(iter(columns.values()))),
    )
