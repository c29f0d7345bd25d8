"""Imports of a site: started with a file, mapped, previewed, run as a job or at once, reported, undone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import Actor, via_impersonator
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, FieldstoneError, InvalidInputError, NotFoundError
from fieldstone.records.access import require
from fieldstone.records.imports.csv_file import CsvFile
from fieldstone.records.imports.kept_file import KeptSheet, keep_file, sheet_path
from fieldstone.records.imports.mapping import check_mapping, check_values, fields_for, guess_mapping
from fieldstone.records.imports.maps import ImportMap, ImportMaps, apply_map
from fieldstone.records.imports.options import ImportOptions
from fieldstone.records.imports.preview import preview_import
from fieldstone.records.imports.report import ImportReport
from fieldstone.records.imports.run import Cancelled, ImportRun, OnProgress
from fieldstone.records.imports.store import (
    NO_IMPORT,
    StoredImport,
    delete_import,
    get_import,
    insert_import,
    list_imports,
    update_import,
)
from fieldstone.records.imports.undo import Undone, undo_import
from fieldstone.records.service import Records
from fieldstone.storage.published import ModelSource

NOT_DRAFT = declare(
    "import.E032", "Import {id} is {state}; its choices cannot be changed any more.", "Start a new import."
)
NOT_CHOSEN = declare(
    "import.E035", "Import {id} never began: what to do with its columns was not chosen.", "Start a new import."
)
NOT_RUNNABLE = declare("import.E033", "Import {id} is {state} and cannot be run.", "Start a new import.")
NOT_UNDOABLE = declare("import.E034", "Import {id} is {state} and cannot be undone.", "Only a finished one can.")
NO_SHEET = declare("import.E044", "The file has no sheet {sheet}.", "Its sheets are: {sheets}.")

_OPEN = ("draft", "queued", "running", "paused", "failed")
_UNDOABLE = ("done", "paused", "failed")


def _is_theirs(stored: StoredImport, actor: Actor) -> bool:
    """A file may hold what only its sender should know, and runs with the sender's rights."""
    return actor.is_admin or actor.kind == "system" or stored.created_by == actor.user_id


def _no_progress(done: int, total: int) -> None:
    pass


def _number(sheets: Sequence[str], sheet: str) -> int:
    if sheet not in sheets:
        raise InvalidInputError(NO_SHEET, sheet=sheet, sheets=", ".join(sheets) or "-")
    return sheets.index(sheet)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """A sheet with what is guessed of it."""

    kept: KeptSheet
    file: CsvFile
    guess: dict[str, str]

    @property
    def fitting(self) -> int:
        """How many of its columns found a field."""
        return sum(map(bool, self.guess.values()))

    def columns(self, sheets: Sequence[str]) -> dict[str, Any]:
        """Of the table of imports."""
        more = {"guess": self.guess, "sheets": list(sheets), "sheet": self.kept.name}
        return {
            "path": str(self.kept.path),
            "encoding": self.kept.format.encoding,
            "delimiter": self.kept.format.delimiter,
            "total": self.file.count(),
            "options": json.dumps({**ImportOptions(mapping=self.guess).to_json(), **more}, ensure_ascii=False),
        }


class Imports:
    """Kept on the site. `folder` is where the files are kept; `actor_of(user_id)` gives the actor of a user."""

    def __init__(
        self,
        *,
        models: ModelSource,
        records: Records,
        jobs: JobQueue,
        folder: Path,
        clock: Callable[[], datetime],
        actor_of: Callable[[int | None], Actor],
    ) -> None:
        self._models, self._records, self._jobs = models, records, jobs
        self._folder, self._clock, self._actor_of = folder, clock, actor_of
        self.maps = ImportMaps(models)

    def start(self, actor: Actor, module: str, source: Path, name: str = "", sheet: str = "") -> StoredImport:
        """Keep a copy of the file and guess where its columns go; of several sheets take `sheet`, or the one that fits
        the module best. Raises InvalidInputError for a file that cannot be read or has no such sheet, ForbiddenError
        without the right to import."""
        published = self._models.refresh()
        require(published, actor, module, "import")

        # The file first: an import is never without it, wherever this is killed.
        kept = keep_file(source, name or source.name, self._folder)
        try:
            sheets = tuple(each.name for each in kept if each.name)
            found = [self._look_at(actor, module, each, name or source.name) for each in kept]
            chosen = found[_number(sheets, sheet)] if sheet else max(found, key=lambda each: each.fitting)
            import_id = self._models.database.transact(
                lambda conn: insert_import(
                    conn,
                    module=module,
                    file_name=chosen.file.name,
                    state="draft",
                    **chosen.columns(sheets),
                    created_by=actor.user_id,
                    acted_by=actor.impersonator,
                    created_at=self._clock().isoformat(timespec="seconds"),
                )
            )
        except BaseException:
            for each in kept:
                each.path.unlink(missing_ok=True)
            raise
        return self.get(actor, import_id)

    def choose_sheet(self, actor: Actor, import_id: int, sheet: str) -> StoredImport:
        """Take another sheet of the file; the columns are guessed anew. Raises InvalidInputError import.E044,
        ConflictError when it was begun already."""
        stored = self.get(actor, import_id)
        if stored.state != "draft":
            raise ConflictError(NOT_DRAFT, id=import_id, state=stored.state)
        path = sheet_path(stored.path, _number(stored.sheets, sheet))
        kept = KeptSheet(name=sheet, path=path, format=stored.format)
        values = self._look_at(actor, stored.module, kept, stored.file_name).columns(stored.sheets)
        self._models.database.transact(lambda conn: update_import(conn, import_id, **values))
        return self.get(actor, import_id)

    def use_map(self, actor: Actor, import_id: int, chosen: ImportMap | None) -> StoredImport:
        """Take the choices of a saved map, or None: what is guessed. Raises ConflictError when it was begun already."""
        stored = self.get(actor, import_id)
        header, _rows = self.header(stored, 0)
        options = ImportOptions(mapping=stored.guess, zone=actor.zone)
        if chosen is not None:
            published = self._models.current
            fields = fields_for(published, actor, published.model.modules[stored.module])
            options = replace(apply_map(chosen, header, stored.guess, fields), zone=actor.zone)

        def work(conn: sa.Connection) -> None:
            state = get_import(conn, import_id).state
            if state != "draft":
                raise ConflictError(NOT_DRAFT, id=import_id, state=state)
            kept = {**stored.kept, "map": "" if chosen is None else chosen.label}
            update_import(conn, import_id, options=json.dumps({**options.to_json(), **kept}, ensure_ascii=False))

        self._models.database.transact(work)
        return self.get(actor, import_id)

    def propose_map(self, actor: Actor, stored: StoredImport) -> StoredImport:
        """With the choices of the map that was saved for a file of these columns, where there is one."""
        header, _rows = self.header(stored, 0)
        proposed = self.maps.proposed(actor, stored.module, header)
        return stored if proposed is None else self.use_map(actor, stored.id, proposed)

    def _look_at(self, actor: Actor, module: str, kept: KeptSheet, name: str) -> _Look:
        published = self._models.current
        file = CsvFile(kept.path, name, kept.format)
        guess = guess_mapping(published, actor, published.model.modules[module], file.header)
        return _Look(kept=kept, file=file, guess=guess)

    def discard(self, import_id: int) -> None:
        """Forget an import that was not begun. Raises ConflictError for another."""
        stored = self._load(import_id)
        if stored.state != "draft":
            raise ConflictError(NOT_DRAFT, id=import_id, state=stored.state)
        self._models.database.transact(lambda conn: delete_import(conn, import_id))
        for number in range(max(1, len(stored.sheets))):
            (sheet_path(stored.path, number) if stored.sheets else stored.path).unlink(missing_ok=True)

    def require_chosen(self, import_id: int) -> None:
        """Raises ConflictError for an import that was killed before its choices were made."""
        if self._load(import_id).state == "draft":
            raise ConflictError(NOT_CHOSEN, id=import_id)

    def header(self, stored: StoredImport, sample_rows: int = 3) -> tuple[list[str], list[list[str]]]:
        """The columns of the file and its first rows."""
        file = CsvFile(stored.path, stored.file_name, stored.format)
        rows = file.rows()
        return file.header, [next(rows).cells for _ in range(min(sample_rows, stored.report.total))]

    def choose(self, import_id: int, options: ImportOptions) -> StoredImport:
        """Note what a person decided. Raises InvalidInputError when it does not fit the file or the module,
        ForbiddenError for a field that whoever sent the file may not change."""

        def work(conn: sa.Connection) -> StoredImport:
            stored = get_import(conn, import_id)
            if stored.state != "draft":
                raise ConflictError(NOT_DRAFT, id=import_id, state=stored.state)
            file = CsvFile(stored.path, stored.file_name, stored.format)
            published = self._models.current
            module = published.model.modules[stored.module]
            actor = self._actor_of(stored.created_by)
            used = check_mapping(published, actor, module, file.header, options.mapping, options.key)
            check_values(published.model, module, used, options.values)
            kept = json.dumps({**options.to_json(), **stored.kept}, ensure_ascii=False)
            update_import(conn, import_id, options=kept)
            return replace(stored, options=options)

        return self._models.database.transact(work)

    def preview(self, actor: Actor, import_id: int, on_progress: OnProgress = _no_progress) -> ImportReport:
        """What `run` would report, with nothing written."""
        return preview_import(self._run_of(self.get(actor, import_id), actor, on_progress, lambda: False))

    def enqueue(self, actor: Actor, import_id: int) -> None:
        """Have a worker run it. Raises ConflictError when it was run already."""
        self.get(actor, import_id)

        def work(conn: sa.Connection) -> None:
            stored = get_import(conn, import_id)
            if stored.state not in _OPEN:
                raise ConflictError(NOT_RUNNABLE, id=import_id, state=stored.state)
            update_import(conn, import_id, state="queued", acted_by=actor.impersonator)
            self._jobs.enqueue(conn, "import.run", {"import": import_id}, key=f"import:{import_id}")

        self._models.database.transact(work)

    def run(
        self,
        import_id: int,
        on_progress: OnProgress = _no_progress,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ImportReport:
        """Run or go on with an import in this thread; no row is done twice. A broken file or a mapping that fits
        no more makes it `failed` and is raised; cancelled, it is `paused`."""
        stored = self._load(import_id)
        if stored.state not in _OPEN:
            raise ConflictError(NOT_RUNNABLE, id=import_id, state=stored.state)
        self._set(import_id, state="running", message="")
        run = self._run_of(stored, self._actor_of(stored.created_by), on_progress, cancelled)
        try:
            run.rows()
            run.links()
        except Cancelled:
            self._set(import_id, state="paused")
        except FieldstoneError as error:
            self._set(import_id, state="failed", message=error.message)
            raise
        else:
            self._set(import_id, state="done", finished_at=self._clock().isoformat(timespec="seconds"))
        return self._load(import_id).report

    def undo(self, actor: Actor, import_id: int) -> Undone:
        """Put everything back as it was before. Raises ConflictError when records were edited since."""
        stored = self.get(actor, import_id)
        if stored.state not in _UNDOABLE:
            raise ConflictError(NOT_UNDOABLE, id=import_id, state=stored.state)
        undone = undo_import(self._records, actor, stored)
        self._set(import_id, state="undone")
        return undone

    def get(self, actor: Actor, import_id: int) -> StoredImport:
        """Raises NotFoundError import.E030 also for the import of somebody else (an administrator may see all),
        ForbiddenError without the right to import into its module."""
        stored = self._load(import_id)
        if not _is_theirs(stored, actor):
            raise NotFoundError(NO_IMPORT, id=import_id)
        require(self._models.current, actor, stored.module, "import")
        return stored

    def list(self, actor: Actor, module: str = "") -> Sequence[StoredImport]:
        """Newest first; an administrator sees all, others their own."""
        with self._models.database.read() as conn:
            found = list_imports(conn)
        return [each for each in found if module in ("", each.module) and _is_theirs(each, actor)]

    def _load(self, import_id: int) -> StoredImport:
        with self._models.database.read() as conn:
            return get_import(conn, import_id)

    def _set(self, import_id: int, **values: str) -> None:
        self._models.database.transact(lambda conn: update_import(conn, import_id, **values))

    def _run_of(
        self, stored: StoredImport, actor: Actor, on_progress: OnProgress, cancelled: Callable[[], bool]
    ) -> ImportRun:
        via = stored.via
        if stored.acted_by is not None:  # the import first: an undo finds by it what it did
            via = f"{via} {via_impersonator(stored.acted_by)}"
        return ImportRun(
            models=self._models,
            records=self._records,
            stored=stored,
            actor=replace(actor, via=via, impersonator=stored.acted_by),
            on_progress=on_progress,
            cancelled=cancelled,
        )
