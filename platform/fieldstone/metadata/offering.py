"""What a picklist field offers at the moment: by its record type, by another field, by conditions, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.fields.definition import FieldDef, PicklistValueDef
from fieldstone.metadata.definitions import RecordTypeDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scopes import ModuleScope

Refusal = Literal["inactive", "record_type", "other", "condition", "role"]
"""Why a value may not be chosen, in the order in which it is asked."""
Holds = Callable[[CompiledExpression], bool | None]
"""Whether a condition holds for the record; None where that is not known, and nothing is refused."""


@dataclass(frozen=True, kw_only=True)
class Offering:
    """What one field offers. `limits`: record type → the keys it has, where it says so. `source` is the field that
    decides with it, `when` the conditions of the values that have one; `reads` the fields that these are about."""

    field: FieldDef
    values: Mapping[str, PicklistValueDef]
    limits: Mapping[str, tuple[str, ...]]
    source: FieldDef | None
    when: Mapping[str, CompiledExpression]

    @property
    def reads(self) -> frozenset[str]:
        own = frozenset((self.source.name,)) if self.source is not None else frozenset()
        return own.union(*map(heads_of, self.when.values()))

    @property
    def is_free(self) -> bool:
        """Whether every value may be chosen always, by everybody."""
        free = not (self.limits or self.when or self.source)
        return free and all(value.active and value.roles is None for value in self.values.values())

    def refusal(
        self,
        key: str,
        *,
        kept: bool,
        values: Mapping[str, Any],
        changed: Collection[str],
        roles: Collection[str] | None,
        holds: Holds,
    ) -> Refusal | None:
        """Why the record may not have `key`; None when it may.

        `values` are those of the record as it would be, `changed` the fields in which it differs from what is stored.
        What it held before (`kept`) stays until something that decides about it changes. `roles` are those of the
        person who chooses, None: nobody is limited.
        """
        value = self.values.get(key)
        if not kept and (value is None or not value.active):
            return "inactive"
        limit = self.limits.get(values.get("record_type") or "")
        if limit is not None and key not in limit and (not kept or "record_type" in changed):
            return "record_type"
        if self.source is not None and (not kept or self.source.name in changed):
            beside = offered_with(self.field, values.get(self.source.name))
            if beside is not None and key not in beside:
                return "other"
        condition = self.when.get(key)
        moved = condition is not None and (not kept or not heads_of(condition).isdisjoint(changed))
        if condition is not None and moved and holds(condition) is False:
            return "condition"
        if value is not None and not kept and not is_for(value, roles):
            return "role"
        return None


def offerings_of(model: AppModel, module: str) -> Mapping[str, Offering]:
    """By field, for the picklist fields of a module."""
    definition = model.modules[module]
    scope = ModuleScope(model.modules, module, model.picklists, model.field_types, old=True)
    return {
        field.name: Offering(
            field=field,
            values=model.picklists[field.picklist].values,
            limits={
                name: kind.picklists[field.name]
                for name, kind in definition.record_types.items()
                if field.name in kind.picklists
            },
            source=definition.fields.get(field.depends_on),
            when={
                key: compile_expression(source, scope, expected="boolean") for key, source in field.options_when.items()
            },
        )
        for field in definition.fields.values()
        if field.picklist in model.picklists
    }


def heads_of(compiled: CompiledExpression) -> frozenset[str]:
    """The fields of the record itself that a condition begins to read at."""
    return frozenset(path[1] if path[0] == "old" and len(path) > 1 else path[0] for path in compiled.paths) - {"user"}


def offered_with(field: FieldDef, chosen: Any) -> frozenset[str] | None:
    """The keys that may be chosen beside what the field has that it depends on: a key, several, or nothing; None: all.

    Beside several keys that may be chosen which any of them offers.
    """
    keys = (chosen,) if isinstance(chosen, str) else tuple(chosen or ())
    found = [field.options.get(key) for key in keys if key]
    if not found or any(each is None for each in found):
        return None
    return frozenset(key for each in found for key in each or ())


def is_for(thing: PicklistValueDef | RecordTypeDef, roles: Collection[str] | None) -> bool:
    """Whether people with these roles may choose it; None stands for those whom nothing limits."""
    return thing.roles is None or roles is None or any(role in thing.roles for role in roles)


def keys_of(value: Any) -> tuple[str, ...]:
    """The keys that a picklist field holds: one, several, or none."""
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
