"""What expressions about records of a module may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fieldstone.expressions.types import TEXT, ValueType
from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.definitions import ModuleDef, RelationDef
from fieldstone.metadata.system_fields import any_field_names, find_any_field

MAX_HOPS = 3
ANY_MODULE = "*"
PRINCIPAL = "principal"
OTHER = "other"
"""The record at the other end of a link that sets a workflow off."""

USER_NAMES: Mapping[str, ValueType] = {
    "id": ValueType(kind="reference", targets=(PRINCIPAL,)),
    "name": TEXT,
    "email": TEXT,
    "role": TEXT,
    "language": TEXT,
}


class ModuleScope:
    """The names of one module: its fields, paths through lookups of one target (at most three hops),
    parts of composite fields, `user.…`, with `old` also `old.…`, with `link` also `link.…` for the
    attributes of a many-to-many relation, with `other` also `other.…` for a record of that module.

    Computed fields whose result is not known yet have no type, so that the compiler can find the
    results in the order they depend on each other.
    """

    def __init__(
        self,
        modules: Mapping[str, ModuleDef],
        module_name: str,
        picklists: Mapping[str, PicklistDef],
        field_types: Registry[FieldType],
        *,
        old: bool = False,
        link: RelationDef | None = None,
        other: str = "",
    ) -> None:
        self._modules = modules
        self._module = modules[module_name]
        self._picklists = picklists
        self._field_types = field_types
        self._old = old
        self._link = link
        self._other = modules.get(other) if other else None

    def find_type(self, path: tuple[str, ...]) -> ValueType | None:
        """The type of what a path names, or None."""
        first, rest = path[0], path[1:]
        own = find_any_field(self._module, first)
        if own is None and rest:
            if first == "user":
                return USER_NAMES.get(rest[0]) if len(rest) == 1 else None
            if first == "old" and self._old:
                return self._own_type(self._module, rest)
            if first == "link" and self._link is not None:
                attribute = self._link.attributes.get(rest[0])
                return None if attribute is None else self._field_path(attribute, rest[1:], self._module)
            if first == OTHER and self._other is not None:
                return self._follow(self._other, rest, MAX_HOPS - 1)
        return self._follow(self._module, path, MAX_HOPS)

    def names_under(self, path: tuple[str, ...]) -> Iterable[str]:
        """The names that may follow a path."""
        if not path:
            extra = ["user", *(["old"] if self._old else []), *(["link"] if self._link else [])]
            extra += [OTHER] if self._other else []
            return [*any_field_names(self._module), *extra]
        if path == ("user",):
            return list(USER_NAMES)
        if path == ("old",) and self._old:
            return any_field_names(self._module)
        if path == ("link",) and self._link is not None:
            return list(self._link.attributes)
        module: ModuleDef | None = self._module
        if path[0] == "old":
            if not self._old:
                return []
            path = path[1:]
        elif path[0] == OTHER and self._other is not None and find_any_field(self._module, OTHER) is None:
            module, path = self._other, path[1:]
            if not path:
                return any_field_names(module)
        field: FieldDef | None = None
        for step in path:
            if module is None:
                return []
            field = find_any_field(module, step)
            module = self._target(field) if field else None
        if module is not None and len(path) <= MAX_HOPS:
            return any_field_names(module)
        return list(self._parts(field)) if field else []

    def _follow(self, module: ModuleDef, path: tuple[str, ...], hops: int) -> ValueType | None:
        field = find_any_field(module, path[0])
        if field is None:
            return None
        if len(path) == 1:
            return self._type_of(field, module)
        target = self._target(field)
        if target is not None and hops:
            return self._follow(target, path[1:], hops - 1)
        return self._field_path(field, path[1:], module)

    def _own_type(self, module: ModuleDef, path: tuple[str, ...]) -> ValueType | None:
        """The type of a field of the record itself, or of a part of one."""
        field = find_any_field(module, path[0])
        return None if field is None else self._field_path(field, path[1:], module)

    def _field_path(self, field: FieldDef, rest: tuple[str, ...], module: ModuleDef) -> ValueType | None:
        if not rest:
            return self._type_of(field, module)
        return self._parts(field).get(rest[0]) if len(rest) == 1 else None

    def _type_of(self, field: FieldDef, module: ModuleDef) -> ValueType | None:
        if field.name == "id" and field.name not in module.fields:
            return ValueType(kind="reference", targets=(module.name,))
        if field.name == "record_type" and field.name not in module.fields:
            return ValueType(kind="choice", choices=frozenset(module.record_types))
        field_type = self._field_types.find(field.type)
        if field_type is None or (field.type in ("formula", "rollup") and not field.result):
            return None
        found = field_type.value_type(field, self._picklists)
        # Without its picklist nothing is known of the choices: that mistake is reported once, elsewhere.
        return replace(found, choices=None) if found.choices == frozenset() else found

    def _parts(self, field: FieldDef) -> Mapping[str, ValueType]:
        field_type = self._field_types.find(field.type)
        return field_type.parts(field) if field_type else {}

    def _target(self, field: FieldDef) -> ModuleDef | None:
        """The module a lookup of one target leads to."""
        if field.type != "lookup" or len(field.to) != 1 or field.to[0] == ANY_MODULE:
            return None
        return self._modules.get(field.to[0])
