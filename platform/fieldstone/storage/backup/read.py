"""Reading a backup: all of it is verified before any of it is used."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fieldstone.kernel.errors import SiteError
from fieldstone.storage.backup import codes
from fieldstone.storage.backup.manifest import MANIFEST, FileEntry, Manifest, TableEntry, read_manifest
from fieldstone.storage.backup.write import COMMENT, DIGEST_LENGTH
from fieldstone.storage.system import SCHEMA

_PIECE = 1 << 20
_LONGEST_MANIFEST = 64 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError)


class OpenBackup:
    """A backup that was found whole. `manifest` says what it holds."""

    def __init__(self, file: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.file = file
        self.manifest = manifest
        self._archive = archive

    def lines(self, entry: TableEntry) -> Iterator[bytes]:
        with self._archive.open(entry.entry) as source:
            yield from source

    @contextmanager
    def content(self, entry: FileEntry) -> Iterator[IO[bytes]]:
        with self._archive.open(entry.entry) as source:
            yield source


@contextmanager
def open_backup(file: Path, *, progress: Callable[[], None] = lambda: None) -> Iterator[OpenBackup]:
    """The backup in a file, once every digest, count and name in it was found right; nothing is written for that.

    Raises SiteError backup.E003 (damaged, or no backup), backup.E004 (of a newer Fieldstone). `progress` is called
    now and then; what it raises stops the work.
    """
    try:
        with file.open("rb") as raw:
            _require_digest(file, raw, progress)
            with zipfile.ZipFile(raw) as archive:
                opened = OpenBackup(file, archive, _manifest(file, archive))
                _require_entries(file, archive, opened.manifest)
                for entry in opened.manifest.contents:
                    _require_content(file, archive, entry, progress)
                yield opened
    except OSError as error:
        if error.filename is None or Path(str(error.filename)) != file:
            raise
        raise SiteError(codes.UNUSABLE, file=file, reason=f"{error.strerror}.") from error
    except _BROKEN as error:
        raise _unusable(file, "it is damaged") from error


def glance_at(file: Path) -> Manifest:
    """What a backup says of itself, without reading the rest. Raises SiteError backup.E003."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _manifest(file, archive)
    except (OSError, *_BROKEN) as error:
        raise _unusable(file, "it is damaged") from error


def _require_digest(file: Path, raw: IO[bytes], progress: Callable[[], None]) -> None:
    end = raw.seek(0, os.SEEK_END) - DIGEST_LENGTH
    tail = len(COMMENT)
    if end < tail:
        raise _unusable(file, "it is too short")
    raw.seek(end - tail)
    if raw.read(tail) != COMMENT:
        raise _unusable(file, "it is no backup of Fieldstone, or its end is missing")
    said = raw.read(DIGEST_LENGTH)
    raw.seek(0)
    digest = hashlib.sha256()
    while raw.tell() < end:
        digest.update(raw.read(min(_PIECE, end - raw.tell())))
        progress()
    if digest.hexdigest().encode() != said:
        raise _unusable(file, "it was changed or damaged since it was made")


def _manifest(file: Path, archive: zipfile.ZipFile) -> Manifest:
    info = archive.NameToInfo.get(MANIFEST)
    if info is None or info.file_size > _LONGEST_MANIFEST:
        raise _unusable(file, "it has no manifest")
    try:
        manifest = read_manifest(archive.read(info))
    except ValueError as error:
        raise _unusable(file, str(error)) from error
    if manifest.origin.schema > SCHEMA:
        raise SiteError(codes.NEWER, file=file, version=manifest.origin.fieldstone)
    return manifest


def _require_entries(file: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """What is in it is what the manifest names, and nothing else."""
    present = sorted(info.filename for info in archive.infolist())
    if present != sorted([MANIFEST, *(each.entry for each in manifest.contents)]):
        raise _unusable(file, "what it holds is not what its manifest says")
    for info in archive.infolist():
        mode = info.external_attr >> 16
        if info.is_dir() or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
            raise _unusable(file, f"{info.filename} in it is no file")


def _require_content(
    file: Path, archive: zipfile.ZipFile, entry: TableEntry | FileEntry, progress: Callable[[], None]
) -> None:
    digest, size, lines = hashlib.sha256(), 0, 0
    with archive.open(entry.entry) as source:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            lines += piece.count(b"\n")
            progress()
    right = lines == entry.rows if isinstance(entry, TableEntry) else size == entry.size
    if not right or digest.hexdigest() != entry.sha256:
        raise _unusable(file, f"{entry.entry} in it is damaged")


def _unusable(file: Path, reason: str) -> SiteError:
    return SiteError(codes.UNUSABLE, file=file, reason=f"{reason}.")
