"""A folder as the exact image of a set of documents, for git: only what differs is touched."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fieldstone.metadata.canonical import is_canonical
from fieldstone.metadata.documents import find_kind
from fieldstone.metadata.layers import FOLDERS
from fieldstone.metadata.loader import MAX_BYTES


@dataclass(frozen=True, kw_only=True)
class WrittenImage:
    """What became of each file, by its path in the folder. `left`: YAML in the data folders that is not of
    the image and was not removed."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    left: tuple[str, ...]


def write_image(folder: Path, documents: Mapping[str, str], *, keep: bool = False) -> WrittenImage:
    """Write the documents (path → text) below `folder`, each as a whole or not at all, and only when it differs.

    A file in the data folders that is no document of the image goes when an earlier image could have held it:
    it lies where a document may lie and has the canonical form. `keep` leaves it. All else in the folder is
    left alone. Raises OSError.
    """
    (folder / FOLDERS[0]).mkdir(parents=True, exist_ok=True)  # a folder without any would not be taken for documents
    written, unchanged = [], []
    for path, text in sorted(documents.items()):
        content = text.encode()
        if _holds(folder / path, content):
            unchanged.append(path)
        else:
            _replace(folder / path, content)
            written.append(path)
    removed, left = [], []
    for path in _present(folder):
        if path in documents:
            continue
        if keep or not _could_be_written(folder, path):
            left.append(path)
        else:
            (folder / path).unlink()
            removed.append(path)
    return WrittenImage(written=tuple(written), unchanged=tuple(unchanged), removed=tuple(removed), left=tuple(left))


def _present(folder: Path) -> Iterator[str]:
    for name in FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.suffix in (".yaml", ".yml") and path.is_file():
                yield path.relative_to(folder).as_posix()


def _could_be_written(folder: Path, path: str) -> bool:
    file = folder / path
    if find_kind(path) is None or file.is_symlink() or file.stat().st_size > MAX_BYTES:
        return False
    try:
        return is_canonical(file.read_bytes().decode())
    except UnicodeDecodeError:
        return False


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.stat().st_size == len(content) and file.read_bytes() == content


def _replace(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            stream.write(content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
