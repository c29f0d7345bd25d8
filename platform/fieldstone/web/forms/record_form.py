"""A record's form: what it holds at first, what was sent, and the change that saves it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.kernel.actors import Actor
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Record
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.raw import Raw, read_raw, same, to_raw, to_value
from fieldstone.web.numbers import find_number, whole_number
from fieldstone.web.show import Shower


class RecordForm:
    """`raws` is what the form holds by field, `base` what it held when it was opened.

    Only fields that differ from `base` are saved, so that two people who edit different fields of one
    record do not undo each other's work.
    """

    def __init__(
        self,
        module: DescribedModule,
        raws: dict[str, Raw],
        base: Mapping[str, Raw],
        *,
        record_id: int | None = None,
        version: int | None = None,
    ) -> None:
        self.module = module
        self.raws = raws
        self.base = base
        self.record_id = record_id
        self.version = version
        self.settled: set[str] = set()
        """Fields for which a person has decided against what somebody else wrote meanwhile."""

    @property
    def changed(self) -> list[str]:
        """The fields that differ from what the form held when it was opened."""
        return [name for name, raw in self.raws.items() if not self._same(name, raw)]

    @property
    def base_text(self) -> str:
        return json.dumps(self.base, ensure_ascii=False, separators=(",", ":"))

    def change(self, *, only: Iterable[str] | None = None) -> RecordChange:
        """What to save: for a new record every field that is not empty, else what was changed."""
        names = self.changed if only is None else list(only)
        values = {name: self._value(name, self.raws[name]) for name in names}
        if self.record_id is None:
            return RecordChange(module=self.module.name, values=values)
        expected = {
            name: self._value(name, self.base[name]) for name in names if name in self.base and name not in self.settled
        }
        return RecordChange(
            module=self.module.name, id=self.record_id, version=self.version, values=values, expected=expected
        )

    def parsed(self, context: ParseContext) -> dict[str, Any]:
        """The values the form holds at the moment; what cannot be read counts as empty."""
        values = {}
        for name, raw in self.raws.items():
            field = self.module.field(name)
            try:
                values[name] = field.type.parse(field.field, to_value(field, raw), context)
            except FieldValueError:
                values[name] = None
        return values

    def _same(self, name: str, raw: Raw) -> bool:
        field = self.module.field(name)
        before = self.base.get(name)
        if before is None:
            return is_empty(field, raw)
        return same(field, raw, before)

    def _value(self, name: str, raw: Raw) -> Any:
        return to_value(self.module.field(name), raw)


def is_empty(field: DescribedField, raw: Raw) -> bool:
    return to_value(field, raw) in (None, "", [], False)


def form_fields(module: DescribedModule) -> list[DescribedField]:
    """The fields of the layout's blocks that people may write, in order."""
    names = dict.fromkeys(name for block in module.layout.blocks.values() for name in block.fields)
    if module.module.record_types and "record_type" not in names:
        names["record_type"] = None
    found = [module.find(name) for name in names]
    return [field for field in found if field is not None and field.writable]


def blank_form(module: DescribedModule, actor: Actor, shower: Shower, given: Mapping[str, str]) -> RecordForm:
    """A form for a new record. `given` are raw texts from the address (a prefilled lookup, a name typed)."""
    raws: dict[str, Raw] = {}
    base: dict[str, Raw] = {}
    for field in form_fields(module):
        value = _default(field, actor, module)
        empty = to_raw(field, None, shower)
        raws[field.name] = to_raw(field, value, shower)
        base[field.name] = empty
    for name, text in given.items():
        known = module.find(name)
        if known is not None and name in raws:
            raws[name] = given_raw(known, text, shower)
    return RecordForm(module, raws, base)


def edit_form(module: DescribedModule, record: Record, shower: Shower) -> RecordForm:
    """A form for a record that exists."""
    raws = {field.name: to_raw(field, record.values.get(field.name), shower) for field in form_fields(module)}
    return RecordForm(module, raws, dict(raws), record_id=record.id, version=record.version)


def sent_form(module: DescribedModule, form: MultiDict[str, str], *, record_id: int | None = None) -> RecordForm:
    """The form as it was sent back. Fields that the form did not have are not among its values."""
    raws = {}
    for field in module.fields.values():
        raw = read_raw(field, form) if field.writable else None
        if raw is not None:
            raws[field.name] = raw
    return RecordForm(
        module,
        raws,
        read_base(module, form.get("base", "")),
        record_id=record_id,
        version=form.get("version", type=whole_number),
    )


def read_base(module: DescribedModule, text: str) -> dict[str, Raw]:
    """What the form held when it was opened, as `base_text` wrote it; what is not well-formed is left out."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: raw for name, raw in found.items() if module.find(name) is not None and _is_raw(raw)}


def _is_raw(raw: object) -> bool:
    if isinstance(raw, list):
        return all(isinstance(item, str) for item in raw)
    if isinstance(raw, dict):
        return all(isinstance(part, str) for part in raw.values())
    return isinstance(raw, str)


def _default(field: DescribedField, actor: Actor, module: DescribedModule) -> Any:
    """The default as declared; one that is an expression is worked out when the record is saved."""
    if field.name == "owner":
        return actor.user_id
    if field.name == "record_type":
        return next(iter(module.module.record_types), None)
    if field.field.default is not None:
        return field.field.default
    picklist = module.model.picklists.get(field.field.picklist)
    return picklist.default or None if picklist and field.control == "select" else None


def given_raw(field: DescribedField, text: str, shower: Shower) -> Raw:
    """A raw value from the address: for a lookup an id, or module:id; what has parts is read as one text."""
    raw = to_raw(field, None, shower)
    if isinstance(raw, dict) and "id" not in raw:
        try:
            return to_raw(field, field.type.parse(field.field, text, ParseContext()), shower)
        except FieldValueError:
            return raw
    if not isinstance(raw, dict):
        return [text] if isinstance(raw, list) else text
    module, _, number = text.rpartition(":")
    if find_number(number) is None:
        return raw
    target = module or (field.field.to[0] if field.field.to else "principal")
    label = shower.labels.get((target, int(number)), f"#{number}")
    return {**raw, "id": number, "text": label, **({"module": target} if "module" in raw else {})}
