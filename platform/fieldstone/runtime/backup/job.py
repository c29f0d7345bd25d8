"""Backups that the site keeps by itself, in `backups/` of its folder: the job that makes one, and the list of them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import JobInterruptedError, PermanentJobError
from fieldstone.jobs.job import OPEN_STATES
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.jobs.tables import fs_job
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, NotFoundError, SiteError
from fieldstone.records.accounts.audit import record_audit
from fieldstone.runtime.backup.make import make_backup
from fieldstone.runtime.settings import SiteSettings
from fieldstone.storage.backup.manifest import Manifest
from fieldstone.storage.backup.read import glance_at
from fieldstone.storage.principals import principal

KIND = "site.backup"
FOLDER = "backups"

ABSENT = declare("backup.E007", "There is no backup named {name}.", "It may have been removed meanwhile.")

_NAME = re.compile(r"fieldstone-[0-9]{8}-[0-9]{6}\.zip")
_KEY = "backup"
_A_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class KeptBackup:
    """`manifest` is None for a file that is damaged."""

    name: str
    size: int
    manifest: Manifest | None


class _Cancelled(Exception):
    """Somebody asked the job to stop."""


class Backups:
    """Registers the job kind `site.backup`. `settings` gives those of now, `zone` that of the site."""

    def __init__(
        self, jobs: JobQueue, folder: Path, *, settings: Callable[[], SiteSettings], zone: Callable[[], str]
    ) -> None:
        self.folder = folder / FOLDER
        self._jobs = jobs
        self._settings = settings
        self._zone = zone
        jobs.kinds.register(JobKind(name=KIND, label="Back up the site", run=self._run, max_attempts=3))

    def recurring(self) -> list[Recurring]:
        nightly = self._settings()["backups.nightly"]
        if not nightly:
            return []
        hour, minute = nightly.split(":")
        cron, zone = f"{int(minute)} {int(hour)} * * *", self._zone()
        return [Recurring(key=f"{KIND}@{cron} {zone}", kind=KIND, cron=cron, zone=zone)]  # another time starts anew

    def order(self, by: Actor) -> int:
        """Have a backup made. Returns the job's id: that of the one which waits or runs, if there is one."""

        def work(conn: sa.Connection) -> int:
            under_way = sa.select(fs_job.c.id).where(fs_job.c.kind == KIND, fs_job.c.state.in_(OPEN_STATES))
            if (found := conn.scalar(under_way.limit(1))) is not None:
                return int(found)
            job = self._jobs.enqueue(conn, KIND, {}, key=_KEY, created_by=by.user_id)
            record_audit(conn, "backup.ordered", by=by, now=self._jobs.clock(), details={"job": job})
            return job

        return self._jobs.database.transact(work)

    def all(self) -> list[KeptBackup]:
        """The newest first."""
        return [self._kept(file) for file in self._files()]

    def get(self, name: str) -> Path:
        """The file of a backup. Raises NotFoundError backup.E007."""
        if not _NAME.fullmatch(name) or not (self.folder / name).is_file():
            raise NotFoundError(ABSENT, name=name[:80])
        return self.folder / name

    def remove(self, name: str, by: Actor) -> None:
        """Raises NotFoundError backup.E007."""
        self.get(name).unlink(missing_ok=True)
        self._note("backup.removed", name, by)

    def note_download(self, name: str, by: Actor) -> None:
        """Say in the audit log that somebody takes a backup away. Raises NotFoundError backup.E007."""
        self.get(name)
        self._note("backup.downloaded", name, by)

    def _note(self, action: str, name: str, by: Actor) -> None:
        now = self._jobs.clock()
        self._jobs.database.transact(lambda conn: record_audit(conn, action, by=by, now=now, target=f"backup:{name}"))

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted((each for each in self.folder.iterdir() if _NAME.fullmatch(each.name)), reverse=True)

    def _kept(self, file: Path) -> KeptBackup:
        try:
            manifest = glance_at(file)
        except SiteError:
            manifest = None
        return KeptBackup(name=file.name, size=file.stat().st_size, manifest=manifest)

    def _free_file(self, now: datetime) -> Path:
        """Named after the time; after the next second where there is one of this second already."""
        while (file := self.folder / f"fieldstone-{now:%Y%m%d-%H%M%S}.zip").exists():
            now += timedelta(seconds=1)
        return file

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        def progress(done: int, total: int) -> None:
            if context.cancelled():
                raise _Cancelled
            if context.stopping():
                raise JobInterruptedError
            if total:
                context.progress(done, total)

        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self.folder.glob("*.part"):  # by one that was killed; another may be writing now
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - _A_DAY:
                    left.unlink()
        file = self._free_file(context.now())
        try:
            make_backup(context.site, file, made_by=self._name(context.job.created_by), progress=progress)
        except _Cancelled:
            return
        except (SiteError, ConflictError) as error:
            raise PermanentJobError(f"{error.message} {error.hint}".strip()) from error
        for old in self._files()[self._settings()["backups.keep"] :]:
            old.unlink(missing_ok=True)

    def _name(self, user_id: int | None) -> str:
        if user_id is None:
            return ""
        with self._jobs.database.read() as conn:
            return conn.scalar(sa.select(principal.c.label).where(principal.c.id == user_id)) or ""
