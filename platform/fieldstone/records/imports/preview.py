"""What an import would do: every row through the whole pipeline, and nothing kept."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.records.changes import SaveResult
from fieldstone.records.imports.csv_file import CsvFile
from fieldstone.records.imports.problems import RowProblem
from fieldstone.records.imports.report import ImportReport
from fieldstone.records.imports.row_source import RowSource
from fieldstone.records.imports.run import ImportRun, count_outcomes, make_preparer, save_options, save_problems
from fieldstone.records.imports.store import COUNTS, make_report
from fieldstone.storage.published import PublishedModel

_CHUNK, _LEAST = 200, 20


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
    done, source, wanted = 0, RowSource(file.rows()), _CHUNK
    while chunk := source.take(wanted):
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
        cut = prepared.cut
        used = len(chunk) if cut is None else sum(row.number < cut for row in chunk)
        source.give_back(chunk[used:])
        wanted = min(_CHUNK, max(_LEAST, 2 * used))  # little is prepared in vain
        done += used
        run.on_progress(done, stored.report.total)
    return make_report(
        stored.id,
        stored.state,
        stored.report.total,
        counts,
        problems,
        mapping=stored.options.mapping,
        sheet=stored.sheet,
    )
