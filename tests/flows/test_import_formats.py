"""A workbook, an address book and a calendar go into a site, say what is wrong where, and are taken back."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from flows.command import Command
from flows.site_dump import COUNTERS, dump_site
from records.imports.test_formats import CALENDAR, CARDS


def _workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("About").write(0, 0, "Made for you")
    sheet = book.add_worksheet("Accounts")
    sheet.write_row(1, 0, ["Name", "Employees", "Industry"])
    sheet.write_row(2, 0, ["Acme", 12, "Technology"])
    sheet.write_row(4, 0, ["Bolt", "many", "Retail"])
    sheet.write_row(5, 0, ["Crane", 7, "Retail"])
    book.close()
    return path


def _exported(command: Command, module: str, fields: str) -> list[str]:
    lines = command("export", module, "--fields", fields, "--sort", "id").output.splitlines()
    return [line.strip("\ufeff") for line in lines[1:]]


def test_every_format_goes_in_and_comes_out_again(command: Command, tmp_path: Path) -> None:
    book = _workbook(tmp_path / "accounts.csv")  # whatever it is called
    before = dump_site(command.site)
    refused = command("import", "organization", book, "--sheet", "Acounts", exit_code=1)
    assert "Its sheets are: About, Accounts." in refused.errors
    tried = command("import", "organization", book, "--dry-run", exit_code=1)
    assert "sheet Accounts, row 5, employees (column Employees):" in tried.errors
    assert not any((command.site / "imports").iterdir())
    assert dump_site(command.site, without=COUNTERS) == {k: v for k, v in before.items() if k not in COUNTERS}
    report = command("import", "organization", book, "--json", exit_code=1).json
    assert (report["created"], report["failed"]) == (2, 1)
    assert _exported(command, "organization", "name,employees") == ["Acme,12", "Crane,7"]

    cards = tmp_path / "people.vcf"
    cards.write_text(CARDS, newline="\r\n")
    assert command("import", "contact", cards, "--json").json["created"] == 3
    names = _exported(command, "contact", "name,organization.name,email,birthday")
    assert names == [
        "Dr Anna Snelling,Acme,anna@acme.example,1980-04-12",
        "王小明,,,",
        "Jörg Müller,,j@one.example,",
    ]

    calendar = tmp_path / "calendar.ics"
    calendar.write_text(CALENDAR, newline="\r\n")
    assert command("import", "event", calendar, "--json").json["created"] == 3
    events = _exported(command, "event", "subject,starts_at,all_day,zone,repeat")
    assert events[0].startswith('"Visit, first",2026-03-04 09:00:00')
    assert events[0].endswith(',no,Europe/Berlin,"FREQ=WEEKLY;UNTIL=20260401')  # and its exceptions
    assert events[2].endswith(",yes,UTC,")
    last = command("import", "task", calendar, "--json").json
    assert _exported(command, "task", "subject,status,due_date") == ["Call,In progress,2026-03-06"]

    for number in range(last["import"], last["import"] - 4, -1):
        command("imports", "undo", str(number))
    assert [_exported(command, module, "id") for module in ("organization", "contact", "event", "task")] == [[]] * 4
