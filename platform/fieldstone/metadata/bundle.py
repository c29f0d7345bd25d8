"""Documents as one file, a zip, for taking them to another site; and documents out of what somebody sends.

What is sent may be made to do harm: nothing of it is written to a disk, no name in it is used as a path before it is
known to be that of a document, and no part is trusted to be as long as it says.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.documents import find_kind
from fieldstone.metadata.layers import FOLDERS
from fieldstone.metadata.loader import MAX_BYTES

NO_BUNDLE = declare(
    "bundle.E001", "{file} is no zip that can be read.", "Send a zip of YAML documents, or the YAML files of a folder."
)
TOO_MANY = declare("bundle.E002", "{file} holds more than {limit} files.", "Send documents only, in several parts.")
TOO_LARGE = declare("bundle.E006", "{file} holds more than {limit} bytes.", "Send documents only, in several parts.")
STRANGE_PATH = declare(
    "bundle.E003", "{path} in {file} is no path of a document.", "Names lie below the folder: modules/lead.yaml."
)
NO_DOCUMENTS = declare(
    "bundle.E004", "There is no document in {file}.", "Documents lie in the folders {folders}, and end in .yaml."
)
TWICE = declare("bundle.E005", "{path} comes twice in {file}.", "Send one of them.")

MAX_FILES = 5_000
MAX_UNPACKED = 20_000_000
"""Bytes of all documents together."""

_PIECE = 65_536
_LINK, _KIND_OF_FILE = 0o120000, 0o170000
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a bundle, so that the same documents are the same bytes."""


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """`documents`: path in the layer → text. `left`: files that are no documents, and were not read."""

    documents: Mapping[str, str]
    left: tuple[str, ...]


def pack_documents(documents: Mapping[str, str]) -> bytes:
    """A zip of the documents (path → text), always the same for the same ones."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path, text in sorted(documents.items()):
            info = zipfile.ZipInfo(path, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            bundle.writestr(info, text.encode("utf-8", errors="surrogateescape"))
    return content.getvalue()


def unpack_documents(content: bytes, file: str) -> Unpacked:
    """The documents in a zip called `file`. Raises InvalidInputError bundle.E001 to E006."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            infos = bundle.infolist()
            if len(infos) > MAX_FILES:
                raise InvalidInputError(TOO_MANY, file=file, limit=MAX_FILES)
            return gather_documents(_parts(bundle, infos), file)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise InvalidInputError(NO_BUNDLE, file=file) from None


def gather_documents(parts: Iterable[tuple[str, Iterable[bytes]]], file: str) -> Unpacked:
    """The documents among the (name, content in pieces) of a folder or a zip called `file`. They may lie in a folder
    of their own, all in the same one. Raises InvalidInputError bundle.E002 to E006."""
    documents: dict[str, str] = {}
    left: list[str] = []
    folders: set[str] = set()
    total = 0
    for number, (name, pieces) in enumerate(parts):
        if number >= MAX_FILES:
            raise InvalidInputError(TOO_MANY, file=file, limit=MAX_FILES)
        folder, path = _placed(name, file)
        if not path:
            left.append(name[:200])
            continue
        if path in documents:
            raise InvalidInputError(TWICE, file=file, path=path)
        folders.add(folder)
        if len(folders) > 1:
            raise InvalidInputError(STRANGE_PATH, file=file, path=name[:200])
        read = bytearray()
        for piece in pieces:
            read += piece
            total += len(piece)
            if len(read) > MAX_BYTES:
                raise InvalidInputError(TOO_LARGE, file=path, limit=MAX_BYTES)
            if total > MAX_UNPACKED:
                raise InvalidInputError(TOO_LARGE, file=file, limit=MAX_UNPACKED)
        documents[path] = bytes(read).decode("utf-8", errors="surrogateescape")  # the loader names bad bytes
    if not documents:
        raise InvalidInputError(NO_DOCUMENTS, file=file, folders=", ".join(f"{each}/" for each in FOLDERS))
    return Unpacked(documents=dict(sorted(documents.items())), left=tuple(left))


def _parts(bundle: zipfile.ZipFile, infos: Iterable[zipfile.ZipInfo]) -> Iterator[tuple[str, Iterable[bytes]]]:
    for info in infos:
        if info.is_dir():
            continue
        if info.external_attr >> 16 & _KIND_OF_FILE == _LINK:
            raise ValueError("a link")
        yield info.filename, _pieces(bundle, info)


def _pieces(bundle: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with bundle.open(info) as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _placed(name: str, file: str) -> tuple[str, str]:
    """(the folder around, the path in the layer), ("", "") for a file that is no document. Raises InvalidInputError
    bundle.E003 for a document that lies where none may, or whose name leads elsewhere."""
    steps = name.split("/")
    if "\\" in name or "\0" in name or name.startswith("/") or ".." in steps or ":" in steps[0]:
        raise InvalidInputError(STRANGE_PATH, file=file, path=name[:200])
    start = next((place for place, step in enumerate(steps[:-1]) if step in FOLDERS), None)
    if start is None or steps[-1].startswith(".") or not steps[-1].endswith((".yaml", ".yml")):
        return "", ""
    path = "/".join(steps[start:])
    if find_kind(path) is None:
        raise InvalidInputError(STRANGE_PATH, file=file, path=name[:200])
    return "/".join(steps[:start]), path
