"""Writing a backup: one snapshot of the database, table by table, then files, in one zip with a manifest.

It is written beside its place under another name, read back, and given its name at the end: a file with the name of a
backup is whole. Its last 64 bytes are the digest of all before them.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from fieldstone.kernel.errors import ConflictError, SiteError
from fieldstone.storage.backup import codes
from fieldstone.storage.backup.manifest import MANIFEST, FileEntry, Manifest, Origin, TableEntry
from fieldstone.storage.backup.rows import write_row
from fieldstone.storage.backup.series import read_series
from fieldstone.storage.backup.stored import StoredTable, find_tables
from fieldstone.storage.database import Database

Progress = Callable[[int, int], None]
"""Told how many of how many rows are done, now and then. What it raises stops the work."""

COMMENT = b"fieldstone-backup-sha256:"
DIGEST_LENGTH = 64
BATCH = 1_000
_PIECE = 1 << 20
_MADE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class SiteFile:
    """A file for a backup: what lies at `path`, or `content`."""

    name: str
    path: Path | None = None
    content: bytes = b""


def write_backup(
    database: Database,
    file: Path,
    *,
    origin: Callable[[sa.Connection], Origin],
    files: Callable[[], Iterable[SiteFile]],
    progress: Progress,
    verify: Callable[[Path], object],
) -> Manifest:
    """Write the backup `file`, for this account only. `origin` is asked in the snapshot, `files` after it; `verify`
    reads what was written and raises what is wrong with it.

    Raises ConflictError backup.E001 (the file is there), SiteError backup.E002 (no room, no right), and what
    `progress` raises; then nothing is left.
    """
    if file.exists():
        raise ConflictError(codes.EXISTS, file=file)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.comment = COMMENT + b"0" * DIGEST_LENGTH
                manifest = _fill(archive, database, origin, files, progress)
            _seal(raw)
        verify(draft)
        os.rename(draft, file)
        _keep(file.parent)
    except OSError as error:
        raise SiteError(codes.NOT_WRITTEN, file=file, reason=f"{error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _fill(
    archive: zipfile.ZipFile,
    database: Database,
    origin: Callable[[sa.Connection], Origin],
    files: Callable[[], Iterable[SiteFile]],
    progress: Progress,
) -> Manifest:
    with database.read_apart() as conn:
        said = origin(conn)
        tables, left_out = find_tables(conn)
        counts = [conn.execute(sa.select(sa.func.count()).select_from(each.twin())).scalar_one() for each in tables]
        total, before = sum(counts), 0
        entries = []
        for table, count in zip(tables, counts, strict=True):
            entries.append(_write_table(archive, conn, table, lambda done, base=before: progress(base + done, total)))  # type: ignore[misc]
            before += count
        series = read_series(conn)
    kept = [entry for each in files() if (entry := _write_file(archive, each)) is not None]
    manifest = Manifest(origin=said, tables=tuple(entries), files=tuple(kept), series=series, left_out=tuple(left_out))
    with _entry(archive, MANIFEST) as target:
        target.write(manifest.to_bytes())
    return manifest


def _write_table(
    archive: zipfile.ZipFile, conn: sa.Connection, table: StoredTable, progress: Callable[[int], None]
) -> TableEntry:
    digest, rows = hashlib.sha256(), 0
    twin = table.twin()
    query = sa.select(*twin.c).order_by(*(twin.c[name] for name in table.key))
    with _entry(archive, f"tables/{table.name}.jsonl") as target:
        for batch in conn.execute(query, execution_options={"yield_per": BATCH}).partitions():
            content = b"".join(map(write_row, batch))
            digest.update(content)
            target.write(content)
            rows += len(batch)
            progress(rows)
    return TableEntry(table=table, rows=rows, sha256=digest.hexdigest())


def _write_file(archive: zipfile.ZipFile, file: SiteFile) -> FileEntry | None:
    """None for one that has gone meanwhile."""
    digest, size = hashlib.sha256(), 0
    try:
        pieces = iter([file.content]) if file.path is None else _pieces(file.path)
        first = next(pieces, b"")
    except FileNotFoundError:
        return None
    with _entry(archive, f"files/{file.name}") as target:
        while first:
            digest.update(first)
            target.write(first)
            size += len(first)
            first = next(pieces, b"")
    return FileEntry(name=file.name, size=size, sha256=digest.hexdigest())


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece


@contextmanager
def _entry(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    info = zipfile.ZipInfo(name, _MADE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as target:
        yield target


def _seal(raw: IO[bytes]) -> None:
    """Put the digest of the file at its end, and have it on the disk."""
    raw.flush()
    end = raw.seek(0, os.SEEK_END) - DIGEST_LENGTH
    raw.seek(0)
    digest = hashlib.sha256()
    while end > raw.tell():
        digest.update(raw.read(min(_PIECE, end - raw.tell())))
    raw.seek(end)
    raw.write(digest.hexdigest().encode())
    raw.flush()
    os.fsync(raw.fileno())


def _keep(folder: Path) -> None:
    with suppress(OSError):  # not every system lets a folder be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
