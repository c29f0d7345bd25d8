"""People as vCards (version 3.0, which every address book reads), from the fields that have a place in one."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from fieldstone.fields.base import ShowContext
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records.access import get_module, require
from fieldstone.records.export import Export, Read, export_pages, exported_names
from fieldstone.records.query_types import Page
from fieldstone.records.showing import show_context
from fieldstone.storage.published import PublishedModel

NO_PEOPLE = declare(
    "record.E052", "{module} have no names of people, so they cannot be vCards.", "Export them as CSV or XLSX."
)

_WIDTH = 75
"""Bytes of a line; a longer one goes on in the next, behind a blank."""


def export_vcard(read: Read, actor: Actor, export: Export, *, now: datetime) -> Generator[bytes, None, None]:
    """One card for each record; `query.fields` do not matter. Raises as `export_csv` does, and InvalidInputError
    record.E052 for a module without names of people."""
    with read() as (_, published):
        module = get_module(published, export.module)
        require(published, actor, export.module, "export")
        names = [name for name in exported_names(published, actor, export.module) if _place(module, name)]
        if not has_cards(module) or _person(module) not in names:
            raise InvalidInputError(NO_PEOPLE, module=module.plural)
    query = replace(export.query, fields=tuple(names))
    pages = export_pages(read, actor, replace(export, query=query), now)
    published, _, first = next(pages)

    def pieces() -> Generator[bytes, None, None]:
        yield _cards(published, actor, export.module, first)
        for _, _, page in pages:
            yield _cards(published, actor, export.module, page)

    return pieces()


def has_cards(module: ModuleDef) -> bool:
    """Whether records of the module are people."""
    return bool(_person(module))


def _person(module: ModuleDef) -> str:
    return next((field.name for field in module.fields.values() if field.type == "person_name"), "")


def _place(module: ModuleDef, name: str) -> str:
    """The property that a field stands for, "" for none."""
    field = module.fields.get(name)
    if field is None:
        return ""
    by_type = {"person_name": "N", "email": "EMAIL", "phone": "TEL", "address": "ADR", "url": "URL"}
    if field.type in by_type:
        return by_type[field.type]
    if field.type == "lookup" and field.to == ("organization",):
        return "ORG"
    by_name = {("title", "text"): "TITLE", ("birthday", "date"): "BDAY", ("company", "text"): "ORG"}
    return by_name.get((name, field.type), "")


def _cards(published: PublishedModel, actor: Actor, module: str, page: Page) -> bytes:
    context = show_context(published, actor, page.labels)
    definition = published.model.modules[module]
    person = definition.fields[_person(definition)]
    lines: list[str] = []
    for record in page.records:
        name = record.values.get(person.name) or {}
        shown = published.model.field_types[person.type].show(person, name or None, context) or f"#{record.id}"
        lines += ["BEGIN:VCARD", "VERSION:3.0", f"UID:{module}-{record.id}", f"FN:{_escape(shown)}"]
        lines += _properties(published, definition, record.values, context)
        lines.append("END:VCARD")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _properties(
    published: PublishedModel, module: ModuleDef, values: Mapping[str, Any], context: ShowContext
) -> Iterator[str]:
    for name, value in values.items():
        place = _place(module, name)
        if place == "N":
            parts = value or {}
            ordered = (parts.get("last_name"), parts.get("first_name"), "", parts.get("salutation"), "")
            yield f"N:{';'.join(_escape(part or '') for part in ordered)}"
        elif value is None or value == "" or not place:
            continue
        elif place == "ADR":
            places = (value.get(part) for part in ("street", "city", "state", "postal_code", "country"))
            yield f"ADR:;;{';'.join(_escape(part or '') for part in places)}"
        else:
            field = module.fields[name]
            text = published.model.field_types[field.type].export(field, value, context)
            kind = ";TYPE=CELL" if name == "mobile" else ""
            if text:
                yield f"{place}{kind}:{_escape(text)}"


def _escape(text: str) -> str:
    found = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return found.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, none cut within a character."""
    found, width = [], 0
    for char in line:
        size = len(char.encode())
        if width + size > _WIDTH:
            found.append("\r\n ")
            width = 1
        found.append(char)
        width += size
    return "".join(found)
