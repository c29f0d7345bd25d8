"""References: to other modules, to users and teams, and to whatever bears the name a text holds."""

from __future__ import annotations

from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import NOT_A_REFERENCE, NOT_FOUND, WHICH_MODULE, WRONG_MODULE
from fieldstone.fields.conversion_codes import IN_SEVERAL_MODULES, NO_LABEL, NO_USER
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.conversion_way import SAME, End, Way
from fieldstone.fields.lookup import ANY, LookupType
from fieldstone.fields.user import PRINCIPAL, OwnerType, UserType
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.names import is_name


def is_reference(end: End) -> bool:
    return isinstance(end.type, LookupType | UserType)


def find_way(old: End, new: End) -> Way | None:
    """The way between two lookups of which a module is kept, or between user and owner; else None."""
    if isinstance(old.type, LookupType) and isinstance(new.type, LookupType):
        return _between_lookups(old, new)
    if isinstance(old.type, UserType) and isinstance(new.type, UserType):
        if isinstance(new.type, OwnerType) or not isinstance(old.type, OwnerType):
            return SAME
        return Way(convert=_only_users, exact=True)
    return None


def label_of(old: End, value: Any, context: ConversionContext) -> str:
    """What the record is called. Raises FieldValueError where that is not known: a bare number says nothing."""
    module, record_id = _address(old, value)
    label = context.label_of(module, record_id) if context.label_of else ""
    if not label:
        raise FieldValueError(NO_LABEL, value=f"{module}:{record_id}")
    return label


def find_by_name(new: End, text: str, context: ConversionContext) -> Any:
    """The value for a record's name; of several target modules exactly one must know it, or the text
    says which (contact:Anna). Raises FieldValueError."""
    if context.resolve is None:
        raise FieldValueError(NOT_A_REFERENCE, value=excerpt(text))
    targets = new.field.to if isinstance(new.type, LookupType) else (PRINCIPAL,)
    module, separator, name = (part.strip() for part in text.partition(":"))
    if isinstance(new.type, LookupType) and separator and name and (module in targets or _any_module(new, module)):
        targets, text = (module,), name
    elif ANY in targets:
        raise FieldValueError(WHICH_MODULE, value=excerpt(text), module="contact")
    found = {target: record_id for target in targets if (record_id := context.resolve(target, text)) is not None}
    if len(found) > 1:
        modules = ", ".join(found)
        raise FieldValueError(IN_SEVERAL_MODULES, value=excerpt(text), modules=modules, module=next(iter(found)))
    for target, record_id in found.items():
        if isinstance(new.type, LookupType):
            return _refer(new, target, record_id, context)
        return new.read(record_id, context)
    raise FieldValueError(NOT_FOUND, value=excerpt(text), target=", ".join(targets))


def _between_lookups(old: End, new: End) -> Way | None:
    before, after = old.field.to, new.field.to
    if not (set(before) & set(after) or ANY in before or ANY in after):
        return None
    if set(before) == set(after):
        return SAME
    # References to modules that are not kept cannot be converted; all others come back as they were.
    return Way(convert=lambda value, context: _refer(new, *_address(old, value), context), exact=True)


def _address(old: End, value: Any) -> RecordRef:
    if isinstance(value, RecordRef):
        return value
    return RecordRef(old.field.to[0] if isinstance(old.type, LookupType) else PRINCIPAL, value)


def _refer(new: End, module: str, record_id: int, context: ConversionContext) -> Any:
    targets = new.field.to
    if module not in targets and ANY not in targets:
        raise FieldValueError(WRONG_MODULE, module=module, targets=", ".join(targets))
    single = len(targets) == 1 and ANY not in targets
    return new.read(record_id if single else RecordRef(module, record_id), context)


def _any_module(new: End, module: str) -> bool:
    return ANY in new.field.to and is_name(module)


def _only_users(value: Any, context: ConversionContext) -> Any:
    if context.is_user is not None and not context.is_user(value):
        label = context.label_of(PRINCIPAL, value) if context.label_of else ""
        raise FieldValueError(NO_USER, value=label or f"#{value}")
    return value
