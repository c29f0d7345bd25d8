"""The process that reads one file and ends: `python -m fieldstone.records.imports.convert_file KIND FILE FOLDER NAME`.

Prints the sheets as JSON, or the code of what is wrong with the file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.imports.convert import MAX_MEMORY, MAX_SECONDS
from fieldstone.records.imports.csv_file import detect_format
from fieldstone.records.imports.sheet import Sheet, write_sheet


def main(kind: str, source: Path, folder: Path, name: str) -> dict[str, Any]:
    """What is printed."""
    sheets = []
    try:
        for number, sheet in enumerate(_read(kind, source, name)):
            file = f"{number}.csv"
            if write_sheet(sheet, folder / file):
                sheets.append({"name": sheet.name, "file": file})
    except InvalidInputError as error:
        return {"code": error.code, "params": {key: str(value) for key, value in error.params.items()}}
    return {"sheets": sheets}


def _read(kind: str, source: Path, name: str) -> list[Sheet]:
    # Each library is loaded only by the process that needs it.
    if kind == "xlsx":
        from fieldstone.records.imports.xlsx_file import read_xlsx

        return read_xlsx(source, name)
    text = source.read_text(encoding=detect_format(source).encoding, errors="replace")
    if kind == "vcard":
        from fieldstone.records.imports.vcard_file import read_vcards

        return read_vcards(text, name)
    from fieldstone.records.imports.icalendar_file import read_calendars

    return read_calendars(text, name)


def limit_process() -> None:
    """Where the system has limits for a process."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit_process()
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])))
