"""What a backup says of itself: where it comes from, and of everything in it how much it is and what its digest is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from fieldstone.storage.backup.stored import KIND, StoredColumn, StoredTable

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, FILES = "tables/", "files/"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class TableEntry:
    """`rows` lines, whose digest is `sha256`."""

    table: StoredTable
    rows: int
    sha256: str

    @property
    def entry(self) -> str:
        return f"{TABLES}{self.table.name}.jsonl"


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """A file of the site's folder; `name` is its path in there, with slashes."""

    name: str
    size: int
    sha256: str

    @property
    def entry(self) -> str:
        return FILES + self.name


@dataclass(frozen=True, kw_only=True)
class Origin:
    """`fieldstone`: the version that made it; `schema`: that of the system tables; `database`: sqlite or postgresql;
    `made_by`: a name, "" for the command line or a schedule; `revision`: the model in force, 0 for none."""

    fieldstone: str
    schema: int
    database: str
    made_at: datetime
    made_by: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """`series`: running numbers and the last that each has given. `left_out`: columns made by hand whose values
    Fieldstone cannot read."""

    origin: Origin
    tables: tuple[TableEntry, ...]
    files: tuple[FileEntry, ...]
    series: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def contents(self) -> tuple[TableEntry | FileEntry, ...]:
        return (*self.tables, *self.files)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables)

    def to_bytes(self) -> bytes:
        tables = [
            {"name": each.table.name, "key": each.table.key, "rows": each.rows, "sha256": each.sha256}
            | {"columns": [asdict(column) for column in each.table.columns]}
            for each in self.tables
        ]
        whole = {"format": FORMAT, **asdict(self.origin), "made_at": self.origin.made_at.isoformat(), "tables": tables}
        whole |= {"files": [asdict(each) for each in self.files], "series": dict(self.series)}
        return json.dumps(whole | {"left_out": self.left_out}, ensure_ascii=False, indent=1).encode()


def read_manifest(content: bytes) -> Manifest:
    """Raises ValueError, worded for people, for anything that no backup of this format says. What it names may be used
    as a name of a table or a column, or as a path below the folder of a site."""
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise ValueError(f"its format is {said['format']!r}, this Fieldstone reads {FORMAT}")
        manifest = Manifest(
            origin=_origin(said),
            tables=tuple(_table(each) for each in said["tables"]),
            files=tuple(_file(each) for each in said["files"]),
            series={_text(key): _count(value) for key, value in said["series"].items()},
            left_out=tuple(map(_text, said["left_out"])),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("its manifest is incomplete") from error
    names = [each.entry for each in manifest.contents]
    if len(names) != len(set(names)):
        raise ValueError("its manifest names something twice")
    return manifest


def _origin(said: Mapping[str, Any]) -> Origin:
    if said["database"] not in ("sqlite", "postgresql"):
        raise ValueError("it comes from an unknown database")
    made_at = datetime.fromisoformat(_text(said["made_at"]))
    if made_at.tzinfo is None:
        raise ValueError("its time has no zone")
    return Origin(
        fieldstone=_text(said["fieldstone"]),
        schema=_count(said["schema"]),
        database=said["database"],
        made_at=made_at,
        made_by=_text(said["made_by"]),
        revision=_count(said["revision"]),
    )


def _table(said: Mapping[str, Any]) -> TableEntry:
    columns = tuple(
        StoredColumn(
            name=_name(each["name"]),
            kind=_kind(each["kind"]),
            references=_name(each["references"]) if each["references"] else "",
            required=bool(each["required"]),
        )
        for each in said["columns"]
    )
    table = StoredTable(name=_name(said["name"]), columns=columns, key=tuple(map(_name, said["key"])))
    names = {column.name for column in columns}
    if len(names) != len(columns) or not names.issuperset(table.key):
        raise ValueError(f"the columns of {table.name} are not in order")
    return TableEntry(table=table, rows=_count(said["rows"]), sha256=_digest(said["sha256"]))


def _file(said: Mapping[str, Any]) -> FileEntry:
    name = _text(said["name"])
    if not is_plain_path(name):
        raise ValueError(f"it holds a file at {name!r}, which is no path in the folder of a site")
    return FileEntry(name=name, size=_count(said["size"]), sha256=_digest(said["sha256"]))


def is_plain_path(name: str) -> bool:
    """Whether a path with slashes stays below the folder it is put in, on any system."""
    parts = name.split("/")
    if PurePosixPath(name).is_absolute() or any(char in name for char in '\\:\0*?"<>|'):
        return False
    return all(part not in ("", ".", "..") and part.isprintable() for part in parts) and len(name.encode()) <= 1000


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} is no name of a table or a column")
    return value


def _kind(value: object) -> str:
    if not isinstance(value, str) or not KIND.fullmatch(value):
        raise ValueError(f"{value!r} is no kind of column")
    return value


def _digest(value: object) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise TypeError
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value
