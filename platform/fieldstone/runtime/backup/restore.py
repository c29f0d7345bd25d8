"""Restoring a site from a backup: into a new folder, or over a site that is stopped. On either kind of database."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from fieldstone.extensions.host import PluginHost
from fieldstone.jobs.job import CANCELLED, OPEN_STATES, PAUSED, QUEUED, RUNNING
from fieldstone.jobs.tables import fs_job
from fieldstone.kernel.errors import ConflictError, SiteError
from fieldstone.records.accounts.audit import record_audit
from fieldstone.runtime import site as _site  # declares every table
from fieldstone.runtime.backup.files import read_text, staged_files
from fieldstone.runtime.backup.job import KIND
from fieldstone.runtime.backup.make import FOLDERS
from fieldstone.runtime.folder import (
    database_file,
    finish_folder,
    make_folder,
    note_database,
    site_exists,
    unmake_folder,
)
from fieldstone.runtime.registries import Registries
from fieldstone.runtime.secrets import KEY_FILE
from fieldstone.runtime.settings import SETTINGS_FILE, SiteSettings, load_settings
from fieldstone.storage.backup import codes
from fieldstone.storage.backup.load import load_backup
from fieldstone.storage.backup.manifest import Manifest
from fieldstone.storage.backup.read import OpenBackup, open_backup
from fieldstone.storage.backup.replaced import drop_site
from fieldstone.storage.backup.write import Progress
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.revisions import find_version, load_layers
from fieldstone.storage.shapes import TableShape, model_shapes
from fieldstone.storage.system import find_schema, state
from fieldstone.workflows.mail import EMAIL_KIND
from fieldstone.workflows.webhook import WEBHOOK_KIND

assert _site

_PATIENCE = 3.0
"""Seconds."""
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass(frozen=True, kw_only=True)
class Restored:
    """`waiting`: mails and calls of webhooks that had not left when the backup was made. They are paused, since the
    site that was backed up may have sent them since."""

    manifest: Manifest
    waiting: int


def restore_site(
    file: Path,
    folder: Path,
    *,
    database_url: str | None = None,
    replace: bool = False,
    progress: Progress = lambda done, total: None,
) -> Restored:
    """Restore a backup as the site in `folder`. A new one has its database at `database_url`, else in a SQLite file of
    its own; one that is there gives way with `replace`, and keeps its settings and its database's place.

    All of the backup is verified before anything is touched. Raises SiteError backup.E003 (damaged), backup.E004 (of a
    newer Fieldstone), backup.E005 (the site is in use), ConflictError backup.E006 (a site is there), SiteError
    site.E011 (the database holds one), MetadataError (its plugins are missing here); then nothing has changed.
    """
    with open_backup(file) as backup:
        _require_ours(backup)
        if not site_exists(folder):
            return _into_new(backup, folder, database_url, progress)
        if not replace:
            raise ConflictError(codes.SITE_THERE, folder=folder)
        return _over(backup, folder, progress)


def _require_ours(backup: OpenBackup) -> None:
    """Files are put only where a backup takes them from."""
    for entry in backup.manifest.files:
        if entry.name not in (KEY_FILE, SETTINGS_FILE) and entry.name.partition("/")[0] not in FOLDERS:
            raise SiteError(codes.UNUSABLE, file=backup.file, reason=f"{entry.name} belongs to no site.")
    if KEY_FILE not in {entry.name for entry in backup.manifest.files}:
        raise SiteError(codes.UNUSABLE, file=backup.file, reason=f"it has no {KEY_FILE}.")


def _into_new(backup: OpenBackup, folder: Path, database_url: str | None, progress: Progress) -> Restored:
    make_folder(folder, None)
    try:
        said = next((each for each in backup.manifest.files if each.name == SETTINGS_FILE), None)
        text = read_text(backup, said) if said else ""
        if database_url:
            text = f"database: {database_url}\n{text}"
        settings = folder / SETTINGS_FILE
        settings.chmod(0o600)
        settings.write_text(text or "# docs/operating lists every setting\n", "utf-8")
        loaded = load_settings(folder)
        note_database(loaded)
        with _opened(database_url or loaded.database_url) as database:
            if find_schema(database) is not None and _version_of(database):
                raise SiteError("site.E011", url=database.url.render_as_string(hide_password=True))
            with staged_files(backup, folder) as place:
                waiting = _loaded(database, backup, lambda conn: _load(conn, backup, progress))
                place()
        finish_folder(folder)
    except BaseException:
        unmake_folder(folder)
        raise
    return Restored(manifest=backup.manifest, waiting=waiting)


def _over(backup: OpenBackup, folder: Path, progress: Progress) -> Restored:
    settings = load_settings(folder)
    file = database_file(settings)
    with staged_files(backup, folder) as place:
        if file:
            waiting = _over_sqlite(backup, file, settings, progress)
        else:
            waiting = _over_postgresql(backup, settings, progress)
        place()
    return Restored(manifest=backup.manifest, waiting=waiting)


def _over_sqlite(backup: OpenBackup, file: Path, settings: SiteSettings, progress: Progress) -> int:
    """Into a file beside the one that is there, which takes its place in the end."""
    _require_alone(file, settings.folder)
    draft = file.with_name(f"{file.name}.restoring")
    _remove(draft)
    try:
        with _opened(f"sqlite:///{draft.absolute()}") as database:
            waiting = _loaded(database, backup, lambda conn: _load(conn, backup, progress))
        _require_alone(file, settings.folder)
        os.replace(draft, file)
    finally:
        _remove(draft)
    return waiting


def _require_alone(file: Path, folder: Path) -> None:
    """Leaving the write-ahead log takes that nobody else has the file open, and empties the log."""
    if not file.exists():
        return
    conn = sqlite3.connect(file, timeout=1)
    try:
        conn.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        raise SiteError(codes.IN_USE, folder=folder) from error
    except sqlite3.DatabaseError:
        return  # it is damaged: that may be why a backup is restored
    finally:
        conn.close()


def _require_no_others(conn: sa.Connection, folder: Path) -> None:
    """The server still counts, for a moment, a connection that was closed just now."""
    patience = time.monotonic() + _PATIENCE
    while conn.exec_driver_sql(_OTHERS).scalar_one():
        if time.monotonic() > patience:
            raise SiteError(codes.IN_USE, folder=folder)
        conn.rollback()  # a look of its own for each
        time.sleep(0.1)
    conn.rollback()


def _over_postgresql(backup: OpenBackup, settings: SiteSettings, progress: Progress) -> int:
    def work(conn: sa.Connection) -> int:
        if sa.inspect(conn).has_table(state.name):
            drop_site(conn)
        return _load(conn, backup, progress)

    with _opened(settings.database_url) as database:
        database.reader.dispose()  # the look of a moment ago
        with database.writer.connect() as conn:
            _require_no_others(conn, settings.folder)
        return _loaded(database, backup, work)


def _version_of(database: Database) -> int:
    with database.read() as conn:
        return find_version(conn)


def _loaded(database: Database, backup: OpenBackup, work: Callable[[sa.Connection], int]) -> int:
    """In one transaction, tried once. What the database does not take is a fault of the backup, or a full disk."""
    try:
        return database.transact(work, attempts=1)
    except sa.exc.DBAPIError as error:
        said = str(error.orig).strip().splitlines()[0]
        raise SiteError(codes.UNUSABLE, file=backup.file, reason=f"the database says: {said}") from error


def _load(conn: sa.Connection, backup: OpenBackup, progress: Progress) -> int:
    plugins = PluginHost()
    plugins.load_entry_points()
    registries = Registries(plugins)

    def shapes_of(conn: sa.Connection) -> Mapping[str, TableShape]:
        version = find_version(conn)
        if not version:
            return {}
        return model_shapes(registries.get_model(load_layers(conn, version), load_catalogue(conn, version)))

    load_backup(conn, backup, shapes_of=shapes_of, progress=progress)
    now = datetime.now(UTC)
    waiting = _settle_jobs(conn, now)
    made_at = backup.manifest.origin.made_at.isoformat(timespec="seconds")
    details = {"made_at": made_at, "file": backup.file.name}
    record_audit(conn, "backup.restored", by=None, now=now, details=details)
    return waiting


def _settle_jobs(conn: sa.Connection, now: datetime) -> int:
    """Nobody runs what was running: it waits its turn. What leaves the site is paused; the backup itself is over."""
    is_open = fs_job.c.state.in_(OPEN_STATES)
    conn.execute(
        sa.update(fs_job)
        .where(is_open, fs_job.c.kind == KIND)
        .values(state=CANCELLED, finished_at=now, lease_until=None, again=False)
    )
    conn.execute(sa.update(fs_job).where(fs_job.c.state == RUNNING).values(state=QUEUED, lease_until=None, run_at=now))
    leaves = sa.update(fs_job).where(is_open, fs_job.c.kind.in_((EMAIL_KIND, WEBHOOK_KIND)))
    return conn.execute(leaves.values(state=PAUSED, worker="")).rowcount


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database.open(url)
    try:
        yield database
    finally:
        database.close()


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
