"""Imports as they are kept in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records.imports.csv_file import CsvFormat
from fieldstone.records.imports.options import ImportOptions
from fieldstone.records.imports.problems import RowProblem, group_problems
from fieldstone.records.imports.report import ImportReport, ReportLine
from fieldstone.records.imports.tables import fs_import, fs_import_problem

NO_IMPORT = declare("import.E030", "There is no import {id}.", "`fieldstone imports list` shows those there are.")

COUNTS = ("created", "updated", "unchanged", "skipped", "failed")


@dataclass(frozen=True, kw_only=True)
class StoredImport:
    """One import. `row` is the last row committed; `guess` the mapping proposed from the header. `acted_by` is the
    administrator who acts in the name of `created_by`. `sheet` is the one of `sheets` that is imported ("" and () for a
    file that has none). `map` names the saved map that was taken."""

    id: int
    module: str
    file_name: str
    path: Path
    format: CsvFormat
    state: str
    phase: str
    options: ImportOptions
    row: int
    report: ImportReport
    created_by: int | None
    acted_by: int | None
    created_at: str
    guess: dict[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    map: str = ""

    @property
    def kept(self) -> dict[str, Any]:
        """What is kept beside the choices of the person."""
        return {"guess": self.guess, "sheets": list(self.sheets), "sheet": self.sheet, "map": self.map}

    @property
    def via(self) -> str:
        """How the history names what this import did."""
        return f"import:{self.id}"


def insert_import(conn: sa.Connection, **values: Any) -> int:
    result = conn.execute(sa.insert(fs_import).values(**values).returning(fs_import.c.id))
    return int(result.scalar_one())


def update_import(conn: sa.Connection, import_id: int, **values: Any) -> None:
    conn.execute(sa.update(fs_import).where(fs_import.c.id == import_id).values(**values))


def delete_import(conn: sa.Connection, import_id: int) -> None:
    conn.execute(sa.delete(fs_import).where(fs_import.c.id == import_id))


def count_rows(conn: sa.Connection, import_id: int, *, row: int, **counts: int) -> None:
    """Add to the counts and note the last row done, in the transaction that saved the rows."""
    values: dict[str, Any] = {name: fs_import.c[name] + number for name, number in counts.items() if number}
    conn.execute(sa.update(fs_import).where(fs_import.c.id == import_id).values(row=row, **values))


def add_problems(conn: sa.Connection, import_id: int, problems: Sequence[RowProblem]) -> None:
    if problems:
        conn.execute(
            sa.insert(fs_import_problem),
            [
                {
                    "import_id": import_id,
                    "row": each.row,
                    "field": each.field,
                    "value": each.value,
                    "code": each.code,
                    "params": json.dumps(each.params, ensure_ascii=False, default=str),
                    "message": each.message,
                }
                for each in problems
            ],
        )


def get_import(conn: sa.Connection, import_id: int) -> StoredImport:
    """Raises NotFoundError import.E030."""
    row = conn.execute(sa.select(*fs_import.c).where(fs_import.c.id == import_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(NO_IMPORT, id=import_id)
    return _stored(row, load_problems(conn, import_id))


def list_imports(conn: sa.Connection, limit: int = 100) -> list[StoredImport]:
    """Newest first, without their problems."""
    rows = conn.execute(sa.select(*fs_import.c).order_by(fs_import.c.id.desc()).limit(limit)).mappings()
    return [_stored(row, []) for row in rows]


def load_problems(conn: sa.Connection, import_id: int) -> list[RowProblem]:
    columns = fs_import_problem.c
    rows = conn.execute(
        sa.select(columns.row, columns.field, columns.value, columns.code, columns.params, columns.message)
        .where(columns.import_id == import_id)
        .order_by(columns.row, columns.id)
    )
    return [
        RowProblem(row=row, field=name, value=value, code=code, params=json.loads(params), message=message)
        for row, name, value, code, params, message in rows
    ]


def make_report(
    import_id: int,
    state: str,
    total: int,
    counts: dict[str, int],
    problems: list[RowProblem],
    message: str = "",
    *,
    mapping: Mapping[str, str],
    sheet: str,
) -> ImportReport:
    """`mapping` says which column a problem of a field stands in."""
    columns = {name: column for column, name in mapping.items() if name}
    lines = [ReportLine(group=group, column=columns.get(group.field, "")) for group in group_problems(problems)]
    return ImportReport(
        id=import_id,
        state=state,
        total=total,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        skipped=counts["skipped"],
        failed=counts["failed"],
        problems=lines,
        message=message,
        sheet=sheet,
    )


def _stored(row: sa.RowMapping, problems: list[RowProblem]) -> StoredImport:
    options = json.loads(row["options"])
    guess = options.pop("guess", {})
    sheets, sheet = tuple(options.pop("sheets", ())), options.pop("sheet", "")
    used_map = options.pop("map", "")
    choices = ImportOptions.from_json(options)
    return StoredImport(
        id=row["id"],
        module=row["module"],
        file_name=row["file_name"],
        path=Path(row["path"]),
        format=CsvFormat(encoding=row["encoding"], delimiter=row["delimiter"]),
        state=row["state"],
        phase=row["phase"],
        options=choices,
        row=row["row"],
        report=make_report(
            row["id"],
            row["state"],
            row["total"],
            {name: row[name] for name in COUNTS},
            problems,
            row["message"],
            mapping=choices.mapping,
            sheet=sheet,
        ),
        created_by=row["created_by"],
        acted_by=row["acted_by"],
        created_at=row["created_at"],
        guess=guess,
        sheets=sheets,
        sheet=sheet,
        map=used_map,
    )
