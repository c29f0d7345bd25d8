"""What a file is, told by what stands in it; its name says nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError

OLD_WORKBOOK = declare(
    "import.E040",
    "{file} is a workbook of an old kind, or one with a password.",
    "Save it as XLSX without a password, or as CSV, and choose it again.",
)

FileKind = Literal["text", "xlsx", "vcard", "icalendar"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def tell_kind(path: Path, name: str) -> FileKind:
    """What it begins as. "text" is whatever is none of the others: a CSV file, or nothing that can be read. Raises
    InvalidInputError import.E040."""
    with path.open("rb") as stream:
        start = stream.read(256)
    if start.startswith(_OLE):
        raise InvalidInputError(OLD_WORKBOOK, file=name)
    if start.startswith(_ZIP):
        return "xlsx"
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    first = start.decode(encoding, errors="ignore").lstrip().upper()
    if first.startswith("BEGIN:VCARD"):
        return "vcard"
    return "icalendar" if first.startswith("BEGIN:VCALENDAR") else "text"
