"""Values of the history that were written while their field had another type.

They are read with the type of their time. Only fields whose type was ever changed pay for that: the
catalogue has two places for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldstone.fields.base import FieldValueError, ParseContext, ShowContext
from fieldstone.fields.secret import MASK
from fieldstone.kernel.errors import FieldstoneError, InvalidInputError
from fieldstone.records import codes
from fieldstone.records.history_values import FormerValue, decode_value
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import ModuleProgram, program_of
from fieldstone.storage.archive import find_archive
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True)
class RecordedChange:
    """What an entry says of one field. `then` is the field as it was when the entry was written, with its
    model, when its type was another; None when it is as it is now."""

    field: FieldProgram
    old: Any
    new: Any
    then: FieldProgram | None = None


def retyped_fields(published: PublishedModel) -> frozenset[str]:
    """Identities of fields that are, or were, in more than one place."""
    found: frozenset[str] | None = published.cache.get("history.retyped")
    if found is None:
        places: dict[str, set[str]] = {}
        for entry in published.catalogue:
            if entry.kind == "field":
                places.setdefault(entry.identity, set()).add(entry.physical)
        found = frozenset(identity for identity, physical in places.items() if len(physical) > 1)
        published.cache["history.retyped"] = found
    return found


def field_then(
    published: PublishedModel, program: ModuleProgram, field: FieldProgram, at: datetime
) -> tuple[FieldProgram, PublishedModel] | None:
    """The field and its model at a time, None when neither place nor type was another, or nobody knows."""
    archive = find_archive(published)
    if archive is None or field.system or field.identity not in retyped_fields(published):
        return None
    try:
        past = archive.at(at)
    except FieldstoneError:
        return None
    module = next((item.name for item in past.model.modules.values() if item.identity == program.identity), None)
    if module is None:
        return None
    then = program_of(past, module, program.dialect).by_identity.get(field.identity)
    if then is None or (then.type.name == field.type.name and then.field.column == field.field.column):
        return None
    return then, past


def convert(
    then: FieldProgram, past: PublishedModel, value: Any, field: FieldProgram, published: PublishedModel
) -> Any:
    """The value in the field's other type, by way of its text; a FormerValue when that type does not take it."""
    if value is None or value == then.blank:
        return field.blank
    if then.type.name == "secret" or field.type.name == "secret":
        return FormerValue(MASK)
    if then.value_type.kind == field.value_type.kind == "reference":
        return value
    model, before = published.model, past.model
    try:
        text = then.type.export(then.field, value, ShowContext(zone=model.app.zone, picklists=before.picklists))
    except (ValueError, TypeError, LookupError, AttributeError):
        text = str(value)
    try:
        parsed = field.type.parse(field.field, text, ParseContext(zone=model.app.zone, picklists=model.picklists))
    except FieldValueError:
        return FormerValue(text)
    return field.blank if parsed is None else parsed


def read_changes(
    published: PublishedModel, program: ModuleProgram, text: str, at: datetime
) -> Iterator[RecordedChange]:
    """The changes of an entry to fields that the module has, with values of their present types or FormerValues."""
    for identity, (old, new) in json.loads(text).items():
        field = program.by_identity.get(identity)
        if field is None:
            continue
        found = field_then(published, program, field, at)
        if found is None:
            yield RecordedChange(field=field, old=decode_value(field, old), new=decode_value(field, new))
            continue
        then, past = found
        before, after = (convert(then, past, decode_value(then, each), field, published) for each in (old, new))
        yield RecordedChange(field=field, old=before, new=after, then=then)


def decode_changes(
    published: PublishedModel, program: ModuleProgram, text: str, at: datetime
) -> dict[str, tuple[Any, Any]]:
    """Public field name → (old, new), without the fields that the module no longer has."""
    return {each.field.name: (each.old, each.new) for each in read_changes(published, program, text, at)}


def refuse_former(program: ModuleProgram, values: Mapping[str, Any]) -> None:
    """Raises InvalidInputError record.E038 for a value that its field cannot hold."""
    for name, value in values.items():
        if isinstance(value, FormerValue):
            raise InvalidInputError(codes.FORMER_TYPE, label=program.fields[name].field.label, value=value[:80])
