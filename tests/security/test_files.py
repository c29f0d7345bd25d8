"""8, 12: files made to do harm are refused with a reason, and soon; the site is not what reads them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.bundle import unpack_documents
from fieldstone.records.imports import convert
from fieldstone.records.imports.file_kind import tell_kind
from fieldstone.records.imports.kept_file import keep_file

_MEGABYTE = 1024 * 1024
_SHEET = "xl/worksheets/sheet1.xml"


def _book() -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    book.add_worksheet().write_column(0, 0, ["Name", "Acme"])
    book.close()
    return content.getvalue()


def _changed(change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_book())) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(part, old.read(part)))
        for name, text in more.items():
            new.writestr(f"xl/{name}.xml", text)
    return content.getvalue()


def _cell(reference: bytes) -> bytes:
    return _changed(lambda part, text: text.replace(b'r="A2"', reference) if part == _SHEET else text)


def _inner() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("0", b"0" * (30 * _MEGABYTE))
    return inner.getvalue() * 50  # a bomb of bombs packs well, too


def _lying() -> bytes:
    """Its catalogue says that a part is short."""
    long = b"<worksheet>" + b" " * 3000
    data = _changed(lambda part, text: long if part == _SHEET else text)
    return data.replace(len(long).to_bytes(4, "little"), (64).to_bytes(4, "little"))


_ENTITIES = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'

HARMFUL = {
    "a bomb": (lambda: _changed(lambda part, text: text, bomb=b"0" * (300 * _MEGABYTE // 10)), "import.E042"),
    "nested bombs": (lambda: _changed(lambda part, text: text, inner=_inner()), "import.E042"),
    "entities": (lambda: _changed(lambda part, text: text, more=_ENTITIES), "import.E042"),
    "a size that lies": (_lying, "import.E042"),
    "a cell at the end of the world": (lambda: _cell(b'r="XFD1048576"'), "import.E041"),
    "the same in other writing": (lambda: _cell(b"r = 'xfd1048576'"), "import.E041"),
    "many parts": (lambda: _changed(lambda p, t: t, **{f"p{n}": b"" for n in range(2_001)}), "import.E041"),
    "no workbook": (lambda: b"PK\x03\x04" + b"\x00" * 100, "import.E003"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "import.E040"),
    "cards within cards": (lambda: b"BEGIN:VCARD\r\n" * 200_000, "import.E004"),
    "calendars within calendars": (lambda: b"BEGIN:VCALENDAR\r\n" * 50_000, "import.E001"),
    "a calendar of nothing": (lambda: b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nDTSTART:x\r\n", "import.E004"),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_a_file_made_to_do_harm_is_refused(what: str, tmp_path: Path) -> None:
    make, code = HARMFUL[what]
    path = tmp_path / "upload"
    path.write_bytes(make())
    with pytest.raises(InvalidInputError) as caught:
        keep_file(path, "contacts.xlsx", tmp_path / "kept")
    assert caught.value.code == code, caught.value
    assert not (tmp_path / "kept").exists()


def _bundle(*parts: tuple[str, bytes], link: bool = False) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o120777 if link else 0o644) << 16
            bundle.writestr(info, text)
    return content.getvalue()


_LEAD = ("modules/lead.yaml", b"module: lead\n")
_LONG = b"# " + b"0" * 3_000 + b"\n"

BUNDLES = {
    "up and out": (lambda: _bundle(("../modules/lead.yaml", b"")), "bundle.E003"),
    "out through a folder": (lambda: _bundle(("modules/../../../etc/modules/x.yaml", b"")), "bundle.E003"),
    "from the root": (lambda: _bundle(("/modules/lead.yaml", b"")), "bundle.E003"),
    "another drive": (lambda: _bundle(("C:/modules/lead.yaml", b"")), "bundle.E003"),
    "the other slash": (lambda: _bundle(("modules\\lead.yaml", b"")), "bundle.E003"),
    "where no document lies": (lambda: _bundle(("modules/deep/lead.yaml", b"")), "bundle.E003"),
    "of two folders": (lambda: _bundle(("a/" + _LEAD[0], b""), ("b/layouts/lead.yaml", b"")), "bundle.E003"),
    "code": (lambda: _bundle(("plugins/evil/__init__.py", b"import os")), "bundle.E004"),
    "twice": (lambda: _bundle(("a/" + _LEAD[0], b""), _LEAD), "bundle.E005"),
    "a link": (lambda: _bundle(("modules/lead.yaml", b"/etc/passwd"), link=True), "bundle.E001"),
    "a bomb": (lambda: _bundle(("modules/lead.yaml", b"0" * (30 * _MEGABYTE))), "bundle.E006"),
    "many bombs": (lambda: _bundle(*((f"modules/m{n}.yaml", b"0" * 990_000) for n in range(30))), "bundle.E006"),
    "many files": (lambda: _bundle(*((f"f{n}", b"") for n in range(5_001))), "bundle.E002"),
    "a size that lies": (
        lambda: _bundle((_LEAD[0], _LONG)).replace(len(_LONG).to_bytes(4, "little"), (64).to_bytes(4, "little")),
        "bundle.E001",
    ),
    "half of one": (lambda: _bundle(_LEAD)[:60], "bundle.E001"),
    "no zip": (lambda: b"PK\x03\x04" + b"\0" * 100, "bundle.E001"),
}


@pytest.mark.parametrize("what", BUNDLES)
def test_a_bundle_made_to_do_harm_is_refused(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, code = BUNDLES[what]
    content = make()
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("written"))
    with pytest.raises(InvalidInputError) as caught:
        unpack_documents(content, "bundle.zip")
    assert caught.value.code == code, caught.value


def test_what_takes_too_much_memory_takes_only_itself(tmp_path: Path) -> None:
    """One long text in very many cells: each gets a copy of its own. Whatever gets by is stopped by the system."""
    long, cells = b"x" * 900_000, b"".join(b'<c r="A%d" t="s"><v>0</v></c>' % row for row in range(1, 3_001))

    def change(part: str, text: bytes) -> bytes:
        if part.endswith("sharedStrings.xml"):
            return text.replace(b"Name", long)
        return text.replace(b"</sheetData>", b'<row r="1">' + cells + b"</row></sheetData>") if part == _SHEET else text

    path = tmp_path / "upload"
    path.write_bytes(_changed(change))
    with pytest.raises(InvalidInputError) as caught:
        convert.convert(path, "contacts.xlsx", tell_kind(path, "contacts.xlsx"), tmp_path)
    assert caught.value.code == convert.TOO_HEAVY
