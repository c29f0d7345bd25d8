"""Workflows that run at times: by cron, or some time before or after a date of each record.

One recurring job per cron workflow, and one for all workflows that follow dates. A job answers for the
span between its slot and the one before, so that nothing is missed after a pause; each record runs once
for each moment (`fs_fired`), however often the job is repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.definitions import WorkflowDef
from fieldstone.records.query import query_records
from fieldstone.records.query_types import Query, Record
from fieldstone.records.service import Records
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.compiled import WorkflowCompiler
from fieldstone.workflows.date_rule import DateRule, date_rule_of
from fieldstone.workflows.direct import DirectRuns

log = logging.getLogger(__name__)

CRON_KIND = "workflow.cron"
DATES_KIND = "workflow.dates"
DATES_CRON = "*/5 * * * *"
BATCH = 500


class WorkflowSchedule:
    """Registers the job kinds `workflow.cron` and `workflow.dates`."""

    def __init__(self, records: Records, jobs: JobQueue, compiler: WorkflowCompiler, direct: DirectRuns) -> None:
        self._records = records
        self._compiler = compiler
        self._direct = direct
        lease = timedelta(minutes=5)
        jobs.kinds.register(JobKind(name=CRON_KIND, label="Run a scheduled workflow", run=self._run_cron, lease=lease))
        jobs.kinds.register(
            JobKind(name=DATES_KIND, label="Run workflows that follow dates", run=self._run_dates, lease=lease)
        )

    def recurring(self, published: PublishedModel) -> Iterator[Recurring]:
        zone = published.model.app.zone
        if any(True for _ in self._scheduled(published, "field")):
            yield Recurring(key=DATES_KIND, kind=DATES_KIND, cron=DATES_CRON)
        for workflow in self._scheduled(published, "cron"):
            identity = published.model.modules[workflow.module].identity
            cron = str(workflow.schedule["cron"])
            yield Recurring(
                key=f"workflow:{identity}.{workflow.name}@{cron}",  # another time starts anew
                kind=CRON_KIND,
                cron=cron,
                zone=zone,
                payload={"module": identity, "workflow": workflow.name},
            )

    def _scheduled(self, published: PublishedModel, key: str) -> Iterator[WorkflowDef]:
        for module in published.model.workflows:
            for item in self._compiler.of_module(published, module).by_name.values():
                if item.definition.on == "schedule" and key in item.definition.schedule:
                    yield item.definition

    def _run_cron(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        published = self._records.models.refresh()
        identity, name = str(payload["module"]), str(payload["workflow"])
        owner = next((item.name for item in published.model.modules.values() if item.identity == identity), "")
        workflow = published.model.workflows.get(owner, {}).get(name)
        if workflow is None or not workflow.active or workflow.on != "schedule":
            return  # unpublished since it was fired
        slot = datetime.fromisoformat(payload["slot"])
        self._run_for(context, workflow, workflow.condition, lambda record: slot)

    def _run_dates(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        published = self._records.models.refresh()
        since, until = datetime.fromisoformat(payload["previous"]), datetime.fromisoformat(payload["slot"])
        failures = []
        for workflow in list(self._scheduled(published, "field")):
            rule = date_rule_of(published, workflow)
            where = f"({workflow.condition}) and " if workflow.condition else ""
            try:
                self._run_for(context, workflow, where + rule.where(since, until), _due(rule, since, until))
            except FieldstoneError as error:  # the others run; this one is tried again with the job
                log.warning("workflow %s.%s: %s", workflow.module, workflow.name, error.message)
                failures.append(error)
        if failures:
            raise failures[0]

    def _run_for(
        self,
        context: JobContext,
        workflow: WorkflowDef,
        where: str,
        slot_of: Callable[[Record], datetime | None],
    ) -> None:
        """Run for every record that `where` finds and that has a slot, some hundred in each transaction."""
        fields = (str(workflow.schedule["field"]),) if "field" in workflow.schedule else ("id",)
        query = Query(where=where, sort=("id",), fields=fields, limit=BATCH)
        done = 0
        while not context.cancelled():
            with self._records.models.read() as (conn, published):
                page = query_records(conn, published, SYSTEM, workflow.module, query, now=context.now())
            slots = {record.id: slot for record in page.records if (slot := slot_of(record)) is not None}
            if slots:
                self._direct.run(SYSTEM, workflow.name, workflow.module, list(slots), trigger="schedule", slots=slots)
            done += len(page.records)
            context.progress(done, message=f"{workflow.module}.{workflow.name}")
            if not page.next_cursor:
                return
            query = Query(where=where, sort=("id",), fields=fields, limit=BATCH, cursor=page.next_cursor)


def _due(rule: DateRule, since: datetime, until: datetime) -> Callable[[Record], datetime | None]:
    return lambda record: rule.find_slot(record.values[rule.field], since, until)
