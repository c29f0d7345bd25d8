"""What an import would do: every row through the whole pipeline, and nothing kept."""

from __future__ import annotations

from itertools import islice

import sqlalchemy as sa

from fieldstone.records.changes import SaveResult
from fieldstone.records.imports.csv_file import CsvFile
from fieldstone.records.imports.problems import RowProblem
from fieldstone.records.imports.report import ImportReport
from fieldstone.records.imports.run import ImportRun, count_outcomes, make_preparer, save_options, save_problems
from fieldstone.records.imports.store import COUNTS, make_report
from fieldstone.storage.published import PublishedModel

_CHUNK = 200


class _Undone(Exception):
    """Carries the result out of a transaction that must not be kept."""

    def __init__(self, result: SaveResult) -> None:
        self.result = result


def preview_import(run: ImportRun) -> ImportReport:
    """The report the import would end with. Each chunk is saved and rolled back; mail and jobs of the rows go
    with it. Rows that are only twins of one another within the file are counted as created."""
    stored = run.stored
    file = CsvFile(stored.path, stored.file_name, stored.format)
    preparer = make_preparer(run.models.current, stored, run.actor, file)
    options = save_options(preparer)
    counts = dict.fromkeys(COUNTS, 0)
    problems: list[RowProblem] = []
    done, source = 0, file.rows()
    while chunk := list(islice(source, _CHUNK)):
        with run.models.read() as (conn, _):
            prepared = preparer.prepare(conn, chunk)

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            raise _Undone(run.records.save_in(conn, published, run.actor, prepared.changes, options=options))  # noqa: B023

        try:
            run.models.write(work)
        except _Undone as undone:
            result = undone.result
        for name, number in count_outcomes(prepared, result).items():
            counts[name] += number
        problems += [*prepared.problems, *save_problems(prepared, result)]
        if prepared.cut is not None:
            cut = prepared.cut
            done += sum(1 for row in chunk if row.number < cut)
            source = file.rows(after=cut - 1)
        else:
            done += len(chunk)
        run.on_progress(done, stored.report.total)
    return make_report(stored.id, stored.state, stored.report.total, counts, problems)
