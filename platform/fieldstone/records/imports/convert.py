"""A file that is no CSV file, as one CSV file for each of its sheets. It is read in a process of its own, which has
little memory and time: whatever a file is made to do, the site goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import fieldstone
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.imports.csv_file import EMPTY
from fieldstone.records.imports.file_kind import FileKind

TOO_HEAVY = declare(
    "import.E043",
    "{file} needs more memory or time to be read than a file may take.",
    "Divide it into smaller files, or save it as CSV.",
)

MAX_SECONDS = 60
MAX_MEMORY = 2 * 1024**3
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TZ", "PYTHONPATH")


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A sheet and the CSV file that it became."""

    sheet: str
    path: Path


def convert(source: Path, name: str, kind: FileKind, folder: Path) -> list[Converted]:
    """The sheets that hold something, in order, each a file of its own in `folder`. Raises InvalidInputError for a
    file that is broken, harmful, empty or too much."""
    environment = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
    own = str(Path(fieldstone.__file__).parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (own, environment.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "fieldstone.records.imports.convert_file", kind, str(source), str(folder), name]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise InvalidInputError(TOO_HEAVY, file=name) from None
    if done.returncode != 0:
        raise InvalidInputError(TOO_HEAVY, file=name)
    answer = json.loads(done.stdout)
    if "code" in answer:
        raise InvalidInputError(answer["code"], **answer["params"])
    if not answer["sheets"]:
        raise InvalidInputError(EMPTY, file=name)
    return [Converted(sheet=each["name"], path=folder / each["file"]) for each in answer["sheets"]]
