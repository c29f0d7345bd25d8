"""Workbooks, address books and calendars become tables: every value as what it is, told by content."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import xlsxwriter

from fieldstone.records.imports.convert_file import main
from fieldstone.records.imports.file_kind import tell_kind

CARDS = """BEGIN:VCARD
VERSION:3.0
N:Snelling;Anna;;Dr;
FN:Dr Anna Snelling
ORG:Acme;Sales
TITLE:Buyer
TEL;TYPE=WORK,VOICE:+1 555 0100
TEL;TYPE=CELL:+1 555 0101
TEL;TYPE=HOME:+1 555 0102
EMAIL;TYPE=HOME:anna@home.example
EMAIL;TYPE=WORK;TYPE=pref:anna@acme.example
ADR;TYPE=WORK:;;1 Main St;Springfield;IL;62701;US
BDAY:19800412
CATEGORIES:vip,buyer
NOTE:First\\nsecond
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:王小明
TEL;VALUE=uri;TYPE="voice,home":tel:+86-10-1234
BDAY:--0412
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg
EMAIL;INTERNET:j@one.example
EMAIL;INTERNET:j@two.example
END:VCARD
"""

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Berlin:20260304T100000
DURATION:PT90M
SUMMARY:Visit\\, first
LOCATION:Berlin
RRULE:FREQ=WEEKLY;UNTIL=20260331T223000Z
EXDATE;TZID=Europe/Berlin:20260311T100000
CATEGORIES:a,b
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20260305
SUMMARY:Fair
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID;TZID=Europe/Berlin:20260318T100000
DTSTART;TZID=Europe/Berlin:20260319T110000
SUMMARY:Visit\\, moved
END:VEVENT
BEGIN:VTODO
UID:3
SUMMARY:Call
DUE:20260306T080000Z
PRIORITY:1
STATUS:IN-PROCESS
END:VTODO
END:VCALENDAR
"""


def write_workbook(path: Path) -> None:
    """Three sheets: accounts that begin in the third row, one hidden, one empty."""
    book = xlsxwriter.Workbook(str(path))
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("Accounts")
    sheet.write_row(2, 1, ["Name", "Employees", "Quota", "Since", "Seen", "Active"])
    sheet.write_row(4, 1, ["Acme, Ltd", 123456789012, 0.1 + 0.2])
    sheet.write_datetime(4, 4, datetime.datetime(2026, 3, 4), day)
    sheet.write_datetime(4, 5, datetime.datetime(2026, 3, 4, 5, 6), moment)
    sheet.write_boolean(4, 6, True)
    sheet.write_string(5, 1, "007")
    book.add_worksheet("Empty")
    book.add_worksheet("Hidden").write(0, 0, "x")
    book.get_worksheet_by_name("Hidden").hide()
    book.add_worksheet("Cities").write_column(0, 0, ["City", "Berlin"])
    book.close()


def _tables(path: Path, name: str) -> dict[str, list[list[str]]]:
    kind = tell_kind(path, name)
    folder = path.parent / f"{path.name}.tables"
    folder.mkdir()
    answer = main(kind, path, folder, name)
    tables = {}
    for sheet in answer["sheets"]:
        with (folder / sheet["file"]).open(encoding="utf-8", newline="") as stream:
            tables[sheet["name"]] = list(csv.reader(stream))
    return tables


def test_cells_of_a_workbook_arrive_as_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    write_workbook(path)
    tables = _tables(path, path.name)
    assert list(tables) == ["Accounts", "Cities"]
    rows = tables["Accounts"]
    assert rows[2] == ["", "Name", "Employees", "Quota", "Since", "Seen", "Active"]
    assert rows[4] == ["", "Acme, Ltd", "123456789012", "0.3", "2026-03-04", "2026-03-04 05:06:00", "yes"]
    assert rows[5][1] == "007"


def test_cards_keep_what_people_have_several_of(tmp_path: Path) -> None:
    path = tmp_path / "contacts"
    path.write_text(CARDS, newline="\r\n")
    header, *rows = _tables(path, "contacts")["Contacts"]
    anna, wang, joerg = (dict(zip(header, row, strict=True)) for row in rows)
    assert {key: value for key, value in anna.items() if value} == {
        "Name": "Snelling, Anna, Dr",
        "Job title": "Buyer",
        "Organization": "Acme",
        "Department": "Sales",
        "E-mail": "anna@acme.example",
        "E-mail (home)": "anna@home.example",
        "Phone": "+1 555 0100",
        "Phone (home)": "+1 555 0102",
        "Mobile": "+1 555 0101",
        "Address": "1 Main St; Springfield; IL; 62701; US",
        "Birthday": "1980-04-12",
        "Tags": "vip, buyer",
        "Description": "First\nsecond",
    }
    assert (wang["Name"], wang["Phone"], wang["Birthday"]) == ("王小明", "+86-10-1234", "")
    assert wang["Birthday without a year"] == "--0412"
    assert (joerg["Name"], joerg["E-mail"]) == ("Müller, Jörg,", "j@one.example")
    assert joerg["E-mail (other)"] == "j@two.example"


def test_appointments_and_things_to_do_are_sheets_of_a_calendar(tmp_path: Path) -> None:
    path = tmp_path / "calendar.txt"
    path.write_text(CALENDAR, newline="\r\n")
    tables = _tables(path, path.name)
    header, visit, fair, moved = tables["Events"]
    assert header == ["Subject", "Starts", "Ends", "All day", "Location", "Time zone", "Tags", "Repeats", "UID"]
    assert visit[:5] == ["Visit, first", "2026-03-04T10:00:00+01:00", "2026-03-04T11:30:00+01:00", "no", "Berlin"]
    assert visit[5:8] == ["Europe/Berlin", "a, b", "FREQ=WEEKLY;UNTIL=20260401\nEXDATE:20260311,20260318"]
    assert (moved[1], moved[7]) == ("2026-03-19T11:00:00+01:00", "")
    assert fair[:4] == ["Fair", "2026-03-05", "2026-03-06", "yes"]
    assert tables["Tasks"][1] == ["Call", "in_progress", "high", "2026-03-06", "3"]
