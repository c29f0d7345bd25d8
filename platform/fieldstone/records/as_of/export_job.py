"""The job that writes a list as of a past time to a file, however many changes were made since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import JobInterruptedError, PermanentJobError
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.service import Records

KIND = "records.export_as_of"

_ENDINGS = {"json": "jsonl", "vcard": "vcf"}


class PastExports:
    """`folder` holds the files. `actor_of` gives the actor of a user, whose reach the file has."""

    def __init__(
        self, *, records: Records, jobs: JobQueue, folder: Path, actor_of: Callable[[int | None], Actor]
    ) -> None:
        self._records = records
        self._jobs = jobs
        self._folder = folder
        self._actor_of = actor_of
        jobs.kinds.register(JobKind(name=KIND, run=self._run, label="Export as of a past time"))

    def enqueue(
        self,
        actor: Actor,
        module: str,
        as_of: datetime,
        *,
        where: str = "",
        fields: Sequence[str] = (),
        sort: Sequence[str] = (),
        form: str = "csv",
    ) -> int:
        """The id of the job; `form` is that of `Reading.export`. Raises as `Reading.model_at` does."""
        self._records.model_at(as_of)
        payload = {
            "module": module,
            "as_of": as_of.isoformat(),
            "where": where,
            "fields": list(fields),
            "sort": list(sort),
            "form": form,
            "by": actor.user_id,
        }
        return self._records.models.database.transact(
            lambda conn: self._jobs.enqueue(conn, KIND, payload, created_by=actor.user_id)
        )

    def file_of(self, job: int, form: str) -> Path:
        """Where a job writes."""
        return self._folder / f"{job}.{_ENDINGS.get(form, form)}"

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        target = self.file_of(context.job.id, payload["form"])
        part = target.with_name(f"{target.name}.part")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        try:
            pieces = self._records.export(
                self._actor_of(payload["by"]),
                payload["module"],
                where=payload["where"],
                fields=payload["fields"],
                sort=payload["sort"],
                form=payload["form"],
                as_of=datetime.fromisoformat(payload["as_of"]),
                most_changes=None,
            )
            with part.open("wb") as stream, closing(pieces):
                for place, piece in enumerate(pieces):
                    if context.stopping() or context.cancelled():
                        break
                    stream.write(piece)
                    context.progress(place)
                else:
                    part.replace(target)
        except FieldstoneError as error:
            raise PermanentJobError(error.message) from error
        finally:
            with suppress(OSError):
                part.unlink()
        if context.stopping() and not target.exists():
            raise JobInterruptedError
