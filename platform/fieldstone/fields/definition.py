"""Definitions a field needs: the field itself, and picklists with their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from fieldstone.kernel.stored_keys import StoredKeys

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class PicklistValueDef:
    """One value. `meaning` is open, won, lost, closed or ""; `colour` a hue of the interface
    (gray blue cyan teal green amber orange red pink violet); `probability` a percentage or None.
    `roles` are those of the people who may choose it, None: everybody.
    `key` may be renamed; `identity` and `stored`, the key in rows ("" = `key`), are the catalogue's and stay."""

    key: str
    label: str
    colour: str = "gray"
    active: bool = True
    meaning: str = ""
    probability: int | None = None
    roles: tuple[str, ...] | None = None
    identity: str = ""
    stored: str = ""


@dataclass(frozen=True, kw_only=True)
class PicklistDef:
    """`former`: key → stored key of values that are gone; records may still hold them."""

    name: str
    label: str
    values: Mapping[str, PicklistValueDef]
    default: str = ""
    identity: str = ""
    former: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @cached_property
    def stored_keys(self) -> StoredKeys | None:
        """How rows hold the values; None when all are held by their keys."""
        present = ((value.key, value.stored or value.key) for value in self.values.values())
        return StoredKeys.of((*self.former.items(), *present))


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldDef:
    """One field as declared in YAML, every attribute in its final form.

    `to` are the target modules of a lookup; `on_delete` restrict, clear or cascade; `reverse` names
    the related list on the target's side (default <module>_<field>). `expression` belongs to a
    formula, `result` is the type of what it gives. A rollup has `relation` (a related list of its own
    module), `function` (count sum min max avg), `of` (a field there), `where` (an expression there).
    `default` is a value or, as `default_expression`, an expression. `identity` is the stable identity
    in the catalogue and `column` the physical name: both are fixed at creation and survive a rename.
    `depends_on` is the picklist field that decides what may be chosen, `options` its values with what each of them
    offers; one that is not among them offers all.
    `options_when`: value → condition; the values that have one are offered only where it holds.
    `grouping` False shows a whole number without separators (a year). `is_name` marks the module's name
    field (filled in by the compiler).
    """

    name: str
    type: str
    label: str
    help: str = ""
    placeholder: str = ""
    required: bool = False
    unique: bool = False
    default: Any = None
    default_expression: str = ""
    read_only: bool = False
    read_only_after_create: bool = False
    index: bool = False
    searchable: bool | None = None
    min: Any = None
    max: Any = None
    min_length: int | None = None
    max_length: int | None = None
    decimals: int | None = None
    pattern: str = ""
    pattern_message: str = ""
    picklist: str = ""
    depends_on: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    options_when: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    to: tuple[str, ...] = ()
    on_delete: str = "clear"
    reverse: str = ""
    reverse_label: str = ""
    result: str = ""
    expression: str = ""
    relation: str = ""
    function: str = ""
    of: str = ""
    where: str = ""
    prefix: str = ""
    digits: int = 5
    grouping: bool = True
    currency: str = ""
    track_duration: bool = False
    quick_create: bool = False
    mass_edit: bool = True
    importable: bool = True
    exportable: bool = True
    audited: bool = True
    copy: bool = True
    personal: bool = False
    visible_when: str = ""
    required_when: str = ""
    read_only_when: str = ""
    reveals: bool = False
    values: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    is_name: bool = False
    identity: str = ""
    column: str = ""
