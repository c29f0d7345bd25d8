"""A file of people, their managers and the managers' offices, as sales teams are handed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.folding import fold
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.users import MAX_LABEL, read_email, read_username
from fieldstone.records.imports.csv_file import CsvFile

MAX_ROWS = 10_000

KNOWN_COLUMNS = {
    "name": ("sales agent", "agent", "name", "full name", "user", "employee", "sales rep", "姓名", "销售代表", "员工"),
    "manager": ("manager", "reports to", "supervisor", "经理", "主管", "上级"),
    "team": ("regional office", "office", "region", "team", "department", "团队", "区域", "办事处", "部门"),
    "email": ("email", "e mail", "email address", "mail", "邮箱", "电子邮箱"),
    "username": ("username", "user name", "login", "用户名", "账号"),
}
"""What a column can become, and the headings that are recognised."""


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    number: int
    name: str
    manager: str
    team: str
    email: str
    username: str


@dataclass(frozen=True, kw_only=True)
class PeopleFile:
    """Rows that can be used, and what is wrong with the others, in words."""

    rows: tuple[PersonRow, ...]
    problems: tuple[str, ...]


def read_people(path: Path, mapping: Mapping[str, str]) -> PeopleFile:
    """`mapping` says what columns are (column → name, manager, team, email, username or "" for ignore);
    the others are recognised by their headings. Raises InvalidInputError account.E021, E022, E025."""
    file = CsvFile(path)
    places = _places(file.header, mapping, path.name)
    rows: list[PersonRow] = []
    problems: list[str] = []
    for row in file.rows():
        if len(rows) >= MAX_ROWS:
            raise InvalidInputError(codes.TOO_MANY_PEOPLE, file=path.name, limit=MAX_ROWS)
        cells = {
            what: " ".join(row.cells[place].split()) if place < len(row.cells) else "" for what, place in places.items()
        }
        person = PersonRow(number=row.number, **{what: cells.get(what, "") for what in KNOWN_COLUMNS})
        problem = _problem(person)
        if problem:
            problems.append(f"Row {row.number}: {problem}")
        else:
            rows.append(person)
    return PeopleFile(rows=tuple(rows), problems=tuple(problems))


def _places(header: list[str], mapping: Mapping[str, str], file: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for column, what in mapping.items():
        if column not in header or what not in (*KNOWN_COLUMNS, ""):
            choices = ", ".join(KNOWN_COLUMNS if column in header else header)
            raise InvalidInputError(codes.BAD_MAPPING, column=column[:60], what=what[:60], choices=choices)
        if what:
            places[what] = header.index(column)
    for what, headings in KNOWN_COLUMNS.items():
        for place, column in enumerate(header):
            if (
                what not in places
                and column not in mapping
                and re.sub(r"[\W_]+", " ", fold(column)).strip() in headings
            ):
                places[what] = place
    if "name" not in places:
        raise InvalidInputError(codes.NO_NAME_COLUMN, file=file)
    return places


def _problem(person: PersonRow) -> str:
    if not person.name:
        return "no name."
    for text in (person.name, person.manager, person.team):
        if len(text) > MAX_LABEL - 10 or not text.isprintable():
            return f"“{text[:60]}” cannot be shown as a name."
    try:
        read_email(person.email)
        if person.username:
            read_username(person.username)
    except InvalidInputError as error:
        return error.message
    return ""
