"""The file of an import as it is kept until the import ends: CSV, one file for each sheet."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fieldstone.records.imports.convert import convert
from fieldstone.records.imports.csv_file import CsvFile, CsvFormat
from fieldstone.records.imports.file_kind import tell_kind
from fieldstone.records.imports.sheet import KEPT_FORMAT


@dataclass(frozen=True, kw_only=True)
class KeptSheet:
    """`name` is "" for a file that has no sheets."""

    name: str
    path: Path
    format: CsvFormat


def keep_file(source: Path, name: str, folder: Path) -> list[KeptSheet]:
    """Copies in `folder`, readable by the site alone. Raises InvalidInputError for a file that cannot be read, and
    keeps nothing of it."""
    stem = secrets.token_hex(8)
    kind = tell_kind(source, name)
    if kind == "text":
        form = CsvFile(source, name).format
        folder.mkdir(parents=True, exist_ok=True)
        return [KeptSheet(name="", path=_keep(source, folder / f"{stem}.csv"), format=form)]
    with tempfile.TemporaryDirectory() as place:
        converted = convert(source, name, kind, Path(place))
        folder.mkdir(parents=True, exist_ok=True)
        return [
            KeptSheet(name=each.sheet, path=_keep(each.path, folder / f"{stem}.{number}.csv"), format=KEPT_FORMAT)
            for number, each in enumerate(converted)
        ]


def _keep(source: Path, path: Path) -> Path:
    path.touch(mode=0o600)
    try:
        shutil.copyfile(source, path)
    except BaseException:
        path.unlink()
        raise
    return path


def sheet_path(path: Path, number: int) -> Path:
    """Where another sheet of the same file is kept."""
    return path.with_name(f"{path.name.split('.')[0]}.{number}.csv")
