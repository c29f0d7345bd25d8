"""What a good programmer would write instead of a platform: one loop, plain drivers, the same work.

It reads the same file, checks the same things, looks names up, finds twins, keeps what is unique, asks the five
conditions, and writes the same rows, history and search tokens into the same tables, in transactions as short."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import deals
from benchmarks.stage import Stage

_CHUNK = 150
_WORD = re.compile(r"\w+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+")
_PHONE = re.compile(r"\+?[0-9 ()-]{3,50}")
_YES = {"yes": True, "no": False}
_PRIORITIES = ("low", "normal", "high")
_SYSTEM = ("id", "version", "owner_id", "created_at", "created_by", "modified_at", "modified_by", "record_number")
_FOLDED = ("name", "external_id", "email", "phone", "website", "city", "postal_code", "next_step", "description")
_COLUMNS = (*_SYSTEM, *deals.FIELDS, "net", *(f"{name}__key" for name in _FOLDED), "name__sort")
_HISTORY = ("module", "record_id", "version", "at", '"by"', "via", "kind", "changes")


class _Database:
    """The little that differs between the two drivers."""

    def __init__(self, site: Stage) -> None:
        self.sqlite = site.dialect == "sqlite"
        if self.sqlite:
            self.connection: Any = sqlite3.connect(site.site.database.url.database or "", isolation_level=None)
            self.connection.execute("PRAGMA foreign_keys = ON")
            self.connection.execute("PRAGMA synchronous = FULL")
        else:
            self.connection = psycopg.connect(site.database_url, autocommit=True)
        self.cursor = self.connection.cursor()
        self.mark = "?" if self.sqlite else "%s"

    def begin(self) -> None:
        self.cursor.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")

    def commit(self) -> None:
        self.cursor.execute("COMMIT")

    def ask(self, query: str, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
        """`query` has one `{}` where the list of keys goes."""
        marks = ", ".join([self.mark] * len(keys))
        return list(self.cursor.execute(query.format(marks), keys).fetchall())

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        marks = ", ".join([self.mark] * len(columns))
        self.cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def money(self, value: Decimal) -> Any:
        return int(value.scaleb(4)) if self.sqlite else value

    def time(self, value: datetime) -> Any:
        return value.strftime("%Y-%m-%d %H:%M:%S.%f") if self.sqlite else value

    def day(self, value: date) -> Any:
        return value.isoformat() if self.sqlite else value


def run(site: Stage, file: Path) -> None:
    database = _Database(site)
    user_id, module = site.actor.user_id, site.site.models.current.model.modules["deal"].identity
    organizations = _names(database, "organization")
    contacts = _names(database, "contact")
    next_id = 1
    with file.open(encoding="utf-8", newline="") as source:
        reader = csv.reader(source)
        next(reader)
        while chunk := list(islice(reader, _CHUNK)):
            rows = [_read(cells, organizations, contacts) for cells in chunk]
            database.begin()
            _refuse_taken(database, rows)
            now = database.time(datetime.now(UTC))
            stored, history, search = [], [], []
            for row in rows:
                number = f"D-{next_id:07d}"
                _conditions(row)
                stored.append(_stored(database, row, next_id, user_id, now, number))
                history.append((module, next_id, 1, now, user_id, "", "created", "{}"))
                search.append((module, next_id, _tokens(module, user_id, number, row)))
                next_id += 1
            database.insert("deal", _COLUMNS, stored)
            database.insert("fs_history", _HISTORY, history)
            database.insert("fs_search", ("module", "record_id", "tokens"), search)
            database.commit()
    database.connection.close()


def _names(database: _Database, table: str) -> dict[str, int]:
    return dict(database.cursor.execute(f"SELECT name__key, id FROM {table}").fetchall())


def _read(cells: Sequence[str], organizations: dict[str, int], contacts: dict[str, int]) -> dict[str, Any]:
    """Raises ValueError or KeyError for what cannot be taken."""
    row: dict[str, Any] = {name: text.strip() or None for name, text in zip(deals.FIELDS, cells, strict=True)}
    row["organization"] = organizations[row["organization"].lower()]
    row["contact"] = contacts[row["contact"].lower()]
    row["amount"] = Decimal(row["amount"])
    row["quantity"] = int(row["quantity"])
    row["discount"] = Decimal(row["discount"])
    row["close_date"] = date.fromisoformat(row["close_date"])
    row["start_date"] = date.fromisoformat(row["start_date"])
    row["renewal"] = _YES[row["renewal"]]
    row["net"] = (row["amount"] * (100 - row["discount"]) / 100).quantize(Decimal("0.0001"))
    if not row["name"] or len(row["name"]) > 200 or row["amount"] < 0 or not 0 <= row["discount"] <= 100:
        raise ValueError(row)
    if row["stage"] not in deals.STAGES or row["source"] not in deals.SOURCES or row["priority"] not in _PRIORITIES:
        raise ValueError(row)
    if not _EMAIL.fullmatch(row["email"]) or not _PHONE.fullmatch(row["phone"]):
        raise ValueError(row)
    if (row["stage"] == "won" and row["amount"] is None) or row["close_date"] < row["start_date"]:
        raise ValueError(row)
    return row


def _refuse_taken(database: _Database, rows: Sequence[dict[str, Any]]) -> None:
    """Nobody has the external id yet, nobody the name in that organization."""
    keys = [row["external_id"].lower() for row in rows]
    if len(set(keys)) < len(keys) or database.ask("SELECT id FROM deal WHERE external_id__key IN ({})", keys):
        raise ValueError("external_id")
    names = {(row["name"].lower(), row["organization"]) for row in rows}
    alike = database.ask("SELECT name__key, organization FROM deal WHERE name__key IN ({})", [key for key, _ in names])
    if names.intersection(alike):
        raise ValueError("name")


def _conditions(row: dict[str, Any]) -> int:
    """The five workflows, none of which has anything to do here."""
    met = 0
    if row["renewal"] and row["amount"] > 99000 and row["priority"] == "low":
        row["priority"] = "high"
    met += row["amount"] > 99900 and row["stage"] not in ("won", "lost")
    met += row["next_step"] is None and row["stage"] == "negotiation"
    met += row["discount"] > 49 and row["amount"] * row["discount"] / 100 > 48000
    met += row["stage"] in ("prospecting", "qualification") and (row["close_date"] - row["start_date"]).days > 399
    return met


def _stored(
    database: _Database, row: dict[str, Any], record_id: int, user_id: int | None, now: Any, number: str
) -> list[Any]:
    values = [record_id, 1, user_id, now, user_id, now, user_id, number]
    for name in deals.FIELDS:
        value = row[name]
        if name in ("amount", "discount"):
            value = database.money(value)
        elif name in ("close_date", "start_date"):
            value = database.day(value)
        values.append(value)
    values.append(database.money(row["net"]))
    values += [None if row[name] is None else row[name].lower() for name in _FOLDED]
    values.append(row["name"].lower())
    return values


def _tokens(module: str, user_id: int | None, number: str, row: dict[str, Any]) -> str:
    texts: Iterable[str] = (number, *(row[name] or "" for name in _FOLDED))
    words = dict.fromkeys(word for text in texts for word in _WORD.findall(text.lower()))
    return " ".join((f"§{module}", f"¤{user_id}", *words))
