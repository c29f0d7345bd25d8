"""Reading address books (vCard 2.1, 3.0 and 4.0): each person is a row, each kind of number or address a column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import vobject

from fieldstone.fields.part_text import join_parts
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.imports.csv_file import MALFORMED
from fieldstone.records.imports.sheet import Sheet, lay_out

_SCHEME = re.compile(r"(?:tel|mailto):", re.IGNORECASE)
_KINDS = ("work", "home", "cell", "fax", "pager", "car", "other")
_ORDER = ("Name", "Job title", "Organization", "Department", "E-mail", "Phone", "Mobile", "Address", "Birthday")
_YEARLESS = "Birthday without a year"


def read_vcards(text: str, name: str) -> list[Sheet]:
    """Raises InvalidInputError import.E004 with the row of a card that is broken."""
    entries: list[dict[str, str]] = []
    for row, source in enumerate(_cards(text, name), 2):
        try:
            entries.append(_entry(vobject.readOne(source, allowQP=True)))
        except Exception as error:  # the library raises whatever its parts do
            reason = str(error)[:200] or type(error).__name__
            raise InvalidInputError(MALFORMED, file=name, row=row, reason=reason) from None
    return [lay_out("Contacts", entries, _ORDER)]


def _cards(text: str, name: str) -> Iterator[str]:
    """The text of each card. One inside another, or without an end, is refused."""
    lines: list[str] = []
    row = 1
    for line in text.splitlines(keepends=True):
        word = line.strip().upper()
        if word == "BEGIN:VCARD":
            if lines:
                raise InvalidInputError(MALFORMED, file=name, row=row, reason="a card without an end")
            row += 1
        elif not lines:
            continue
        lines.append(line)
        if word == "END:VCARD":
            yield "".join(lines)
            lines = []
    if lines:
        raise InvalidInputError(MALFORMED, file=name, row=row, reason="a card without an end")


def _entry(card: Any) -> dict[str, str]:
    entry = {"Name": _name(card)}
    organization = [str(part).strip() for part in _first(card, "org", [])]
    entry["Organization"] = organization[0] if organization else ""
    entry["Department"] = ", ".join(filter(None, organization[1:]))
    entry["Job title"] = _first(card, "title", "")
    phones = list(_typed(card, "tel"))
    mobile = next((each for each in phones if "cell" in each[0]), None)
    if mobile is not None:
        phones.remove(mobile)
        entry["Mobile"] = mobile[1]
    _spread(entry, "Phone", phones)
    _spread(entry, "E-mail", list(_typed(card, "email")))
    _spread(entry, "Address", list(_typed(card, "adr")))
    _spread(entry, "Website", list(_typed(card, "url")))
    _add_birthday(entry, _first(card, "bday", ""))
    entry["Tags"] = ", ".join(str(each) for line in card.contents.get("categories", []) for each in line.value)
    entry["Description"] = "\n".join(str(line.value) for line in card.contents.get("note", []))
    return {column: value.strip() for column, value in entry.items()}


def _name(card: Any) -> str:
    """In parts where the card has them."""
    parts = _first(card, "n", None)
    if parts is not None:
        first = " ".join(filter(None, (_line(parts.given), _line(parts.additional))))
        last, before = _line(parts.family), _line(parts.prefix)
        if _line(parts.suffix):
            last = f"{last}, {_line(parts.suffix)}"
        if first or before:
            return join_parts((last, first, before), ",")
        if last:
            return join_parts((last, ""), ",")
    return str(_first(card, "fn", ""))


def _typed(card: Any, what: str) -> Iterator[tuple[set[str], str]]:
    """What it is for, and the text; the preferred one first."""
    found = []
    for line in card.contents.get(what, []):
        kinds = {str(each).lower() for each in line.params.get("TYPE", [])}
        kinds |= {each.lower() for each in getattr(line, "singletonparams", ())}
        preferred = "pref" in kinds or "PREF" in line.params
        text = _address(line.value) if what == "adr" else _SCHEME.sub("", str(line.value), count=1)
        if text.strip():
            found.append((not preferred, kinds, text))
    found.sort(key=lambda each: each[0])
    for _, kinds, text in found:
        yield kinds, text


def _spread(entry: dict[str, str], column: str, found: list[tuple[set[str], str]]) -> None:
    """The first into the column, the others into one that says what they are for."""
    for place, (kinds, text) in enumerate(found):
        kind = next((each for each in _KINDS if each in kinds), "other")
        wanted = f"{column} ({kind})" if place else column
        number = 2
        while wanted in entry:
            wanted, number = f"{column} ({kind} {number})", number + 1
        entry[wanted] = text


def _address(value: Any) -> str:
    street = "\n".join(filter(None, (_line(value.box), _line(value.street), _line(value.extended))))
    parts = (street, _line(value.city), _line(value.region), _line(value.code), _line(value.country))
    return join_parts(parts, ";") if any(parts) else ""


def _add_birthday(entry: dict[str, str], text: str) -> None:
    day = str(text)[:10]
    if re.fullmatch(r"\d{8}", day[:8]):
        day = f"{day[:4]}-{day[4:6]}-{day[6:8]}"
    try:
        entry["Birthday"] = date.fromisoformat(day).isoformat()
    except ValueError:
        entry[_YEARLESS] = str(text)


def _first(card: Any, what: str, otherwise: Any) -> Any:
    lines = card.contents.get(what)
    return lines[0].value if lines else otherwise


def _line(part: Any) -> str:
    return " ".join(str(each) for each in part).strip() if isinstance(part, list) else str(part or "").strip()
