"""Choices: picklists, several values, tags, yes and no, and the published lists of codes."""

from __future__ import annotations

from typing import Any

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.characters import excerpt
from fieldstone.fields.checkbox import CheckboxType
from fieldstone.fields.choice_index import export_choice, find_keys, picklist_of, read_choice
from fieldstone.fields.code_list import CodeList, CodeType
from fieldstone.fields.codes import AMBIGUOUS_CHOICE
from fieldstone.fields.conversion_codes import SEVERAL_VALUES
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.conversion_way import End, Way
from fieldstone.fields.definition import PicklistValueDef
from fieldstone.fields.multi_picklist import MultiPicklistType
from fieldstone.fields.nearest import no_such_choice
from fieldstone.fields.picklist import PicklistType
from fieldstone.fields.tags import TagsType

_SEPARATORS = ",，、;；\n"


def find_way(old: End, new: End) -> Way | None:
    """The way between two types of choice, None where one of them is none or they have nothing in common."""
    if _is_listed(old) and _is_listed(new):
        return Way(convert=lambda value, context: _between_lists(old, new, value, context), exact=_comes_back(old, new))
    if isinstance(old.type, CheckboxType) and isinstance(new.type, PicklistType):
        return Way(convert=lambda value, context: _choice_for(old, new, value, context), exact=True)
    if isinstance(old.type, PicklistType) and isinstance(new.type, CheckboxType | CodeType):
        return Way(convert=lambda value, context: _by_label_or_key(old, new, value, context))
    if isinstance(old.type, CodeType) and isinstance(new.type, PicklistType):
        codes = old.type.codes
        return Way(convert=lambda value, context: _choice_of_code(codes, new, value, context))
    return None


def _is_listed(end: End) -> bool:
    return isinstance(end.type, PicklistType | MultiPicklistType | TagsType)


def _comes_back(old: End, new: End) -> bool:
    """Tags are free, so a choice finds its label again; another picklist need not know the way back."""
    if isinstance(old.type, TagsType):
        return False
    return isinstance(new.type, TagsType) or old.field.picklist == new.field.picklist


def _between_lists(old: End, new: End, value: Any, context: ConversionContext) -> Any:
    items: tuple[str, ...] = (value,) if isinstance(old.type, PicklistType) else value
    if isinstance(new.type, TagsType):
        return new.read([export_choice(old.field, key, context.wording, _SEPARATORS) for key in items], context)
    keys = [_find_choice(old, new, item, context) for item in items]
    if isinstance(new.type, MultiPicklistType):
        return new.read(keys, context)
    if len(set(keys)) > 1:
        raise FieldValueError(SEVERAL_VALUES, count=len(keys), value=excerpt(", ".join(items)))
    return new.read(keys[0], context)


def _find_choice(old: End, new: End, item: str, context: ConversionContext) -> str:
    """The new key of an old key or tag: the same key, else the one with the same label."""
    picklist = picklist_of(new.field, context.new_picklists)
    if item in picklist.values:
        return item
    if isinstance(old.type, TagsType):
        return read_choice(picklist, item)
    known = picklist_of(old.field, context.old_picklists).values.get(item)
    return read_choice(picklist, known.label if known else item)


def _choice_for(old: End, new: End, value: bool, context: ConversionContext) -> Any:
    """The one choice that is read as this yes or no."""
    picklist = picklist_of(new.field, context.new_picklists)
    keys = [key for key, choice in picklist.values.items() if _truth(old, choice, context) is value]
    if len(keys) == 1:
        return new.read(keys[0], context)
    word = old.type.show(old.field, value, context.wording)
    if keys:
        raise FieldValueError(AMBIGUOUS_CHOICE, value=word, keys=", ".join(keys))
    raise no_such_choice(word, [choice.label for choice in picklist.values.values()])


def _truth(checkbox: End, choice: PicklistValueDef, context: ConversionContext) -> Any:
    """Whether a choice means yes or no, by its label, else by its key; None when neither."""
    for text in (choice.label, choice.key):
        try:
            return checkbox.read(text, context)
        except FieldValueError:
            continue
    return None


def _by_label_or_key(old: End, new: End, key: str, context: ConversionContext) -> Any:
    """What the label says to people; a key such as `in` may look like a code by accident."""
    choice = picklist_of(old.field, context.old_picklists).values.get(key)
    if choice is not None:
        try:
            return new.read(choice.label, context)
        except FieldValueError:
            pass
    return new.read(key, context)


def _choice_of_code(codes: CodeList, new: End, code: str, context: ConversionContext) -> Any:
    """The choice called like the code, or like what it stands for in one of our languages."""
    picklist = picklist_of(new.field, context.new_picklists)
    names = (code, *(codes.name(code, language) for language in ("en", "zh_CN")))
    called = next((name for name in names if find_keys(picklist, name)), code)
    return new.read(called, context)
