"""The job that runs an import in the background."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import JobInterruptedError, PermanentJobError
from fieldstone.jobs.kinds import JobKind
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.records.imports.service import Imports

KIND = "import.run"


def import_job_kind(imports: Imports) -> JobKind:
    """Goes on where it was when its worker died or was stopped."""

    def run(context: JobContext, payload: Mapping[str, Any]) -> None:
        try:
            report = imports.run(
                int(payload["import"]),
                on_progress=lambda done, total: context.progress(done, total),
                cancelled=lambda: context.stopping() or context.cancelled(),
            )
        except FieldstoneError as error:
            raise PermanentJobError(error.message) from error
        if report.state == "paused" and context.stopping():
            raise JobInterruptedError

    return JobKind(name=KIND, run=run, label="Import", lease=timedelta(seconds=30))
