"""Texts of a file as values, read ahead of the save and outside its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldstone.fields.base import FieldType, FieldValueError, ParseContext
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import ParsedValues

_LEFT_TO_THE_SAVE = frozenset({"record_type"})
_UNREAD = object()
_MOST_KEPT = 1_000
"""Values kept for each field, the first ones: what repeats itself (stages, dates, cities) is soon among them."""


@dataclass(slots=True)
class _Reader:
    definition: FieldDef
    type: FieldType
    blank: Any
    kept: dict[Any, Any] = field(default_factory=dict)


class ValueReader:
    """Reads with one model; a text that comes again is not read again."""

    def __init__(self, model: AppModel, version: int, fields: Mapping[str, FieldDef], context: ParseContext) -> None:
        self._version, self._context = version, context
        self._fields: dict[str, _Reader] = {}
        for name, definition in fields.items():
            kind = model.type_of(definition)
            # A secret needs the site's key, which only the save has.
            if name not in _LEFT_TO_THE_SAVE and kind.control != "secret":
                blank = False if kind.value_type(definition, model.picklists).kind == "boolean" else None
                self._fields[name] = _Reader(definition, kind, blank)

    def read(self, values: Mapping[str, Any]) -> ParsedValues:
        """What is refused is among the rest: the save words the problem."""
        taken: dict[str, Any] = {}
        rest: dict[str, Any] = {}
        for name, raw in values.items():
            reader = self._fields.get(name)
            if reader is None or raw is None or raw == "":
                rest[name] = raw
                continue
            value = reader.kept.get(raw, _UNREAD)
            if value is _UNREAD:
                try:
                    value = self._read(reader, raw)
                except FieldValueError:
                    rest[name] = raw
                    continue
            taken[name] = value
        return ParsedValues(version=self._version, taken=taken, rest=rest)

    def value(self, name: str, raw: Any) -> Any:
        """One value that is there. Raises FieldValueError."""
        reader = self._fields[name]
        value = reader.kept.get(raw, _UNREAD)
        return self._read(reader, raw) if value is _UNREAD else value

    def _read(self, reader: _Reader, raw: Any) -> Any:
        value = reader.type.parse(reader.definition, raw, self._context)
        if value is None:
            value = reader.blank
        # Wholes with parts are not shared between rows.
        if len(reader.kept) < _MOST_KEPT and type(value) is not dict:
            reader.kept[raw] = value
        return value
