"""Workflows as a stage of every save, and the ways to run them otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.definitions import WorkflowDef
from fieldstone.records.save.before import mark_changes
from fieldstone.records.save.grouping import by_module
from fieldstone.records.service import Records
from fieldstone.records.stages import LinkChange, SaveWork
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.action import Action
from fieldstone.workflows.actions.registry import built_in_actions
from fieldstone.workflows.approvals.asking import Asking
from fieldstone.workflows.approvals.service import Approvals
from fieldstone.workflows.approvals.stand_ins import StandIns
from fieldstone.workflows.compiled import WorkflowCompiler
from fieldstone.workflows.direct import DirectResult, DirectRuns
from fieldstone.workflows.inbound import InboundHooks
from fieldstone.workflows.links import LinkRuns
from fieldstone.workflows.mail import Mailer
from fieldstone.workflows.mass_mail import MassMail
from fieldstone.workflows.notifications import Notifications
from fieldstone.workflows.rehearsal.service import Rehearsals
from fieldstone.workflows.runner import Runner
from fieldstone.workflows.schedule import WorkflowSchedule
from fieldstone.workflows.services import Services
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.tidy import Tidy
from fieldstone.workflows.triggers import Trigger, built_in_triggers
from fieldstone.workflows.waiting.control import WaitingRuns
from fieldstone.workflows.waiting.resume import Resumption
from fieldstone.workflows.waiting.room import WaitingRoom
from fieldstone.workflows.webhook import Webhooks


class WorkflowEngine:
    """A `SaveStage`: add it to `records.stages`. Registers its kinds of jobs with the queue.

    `triggers` and `actions` are the registries, with what plugins have added; give the names of the one and
    the schemas of the other to `metadata.compile_model`.
    """

    def __init__(
        self,
        *,
        records: Records,
        jobs: JobQueue,
        settings: WorkflowSettings,
        triggers: Registry[Trigger] | None = None,
        actions: Registry[Action] | None = None,
    ) -> None:
        self.triggers = built_in_triggers() if triggers is None else triggers
        self.actions = built_in_actions() if actions is None else actions
        self.notifications = Notifications(records.models, jobs.database, jobs.clock)
        self.mailer = Mailer(jobs, settings)
        self.webhooks = Webhooks(jobs, settings)
        self.approvals = Approvals(records.models, jobs)
        self.waiting = WaitingRuns(jobs)
        asking = Asking(self.notifications, self.mailer, settings)
        room = WaitingRoom(jobs, asking)
        self._stand_ins = StandIns(records.models, jobs, asking)
        services = Services(
            records=records,
            jobs=jobs,
            settings=settings,
            mailer=self.mailer,
            webhooks=self.webhooks,
            notifications=self.notifications,
            waiting_room=room,
        )
        self.mass_mail = MassMail(records, self.mailer, settings)
        self._models = records.models
        self._compiler = WorkflowCompiler(self.triggers, self.actions)
        self._runner = Runner(services)
        self._links = LinkRuns(self._compiler, self._runner)
        Resumption(records, jobs, self._compiler, self._runner, room)
        self._direct = DirectRuns(records, self._compiler, self._runner)
        self.inbound = InboundHooks(records, jobs.clock, self._compiler, self._direct)
        self._schedule = WorkflowSchedule(records, jobs, self._compiler, self._direct)
        self.rehearsals = Rehearsals(records, jobs, settings, self._compiler, self._runner)
        self._tidy = Tidy(jobs, settings.kept_days)

    def before_save(self, work: SaveWork) -> None:
        """Step 6: values of the record are set before it is checked and written."""
        for module, rows in by_module(work.rows).items():
            for workflow in self._compiler.of_module(work.published, module).before:
                sound = [row for row in rows if not row.failed]
                matching = self._runner.matching(work, workflow, sound)
                if matching:
                    self._runner.run(work, workflow, matching, trigger=workflow.definition.on, before_save=True)
                    mark_changes(work)

    def after_save(self, work: SaveWork) -> None:
        """Step 12: everything else. All conditions look at the records as they were saved."""
        for module, rows in by_module(work.rows).items():
            workflows = self._compiler.of_module(work.published, module).after
            matching = [(workflow, self._runner.matching(work, workflow, rows)) for workflow in workflows]
            for workflow, found in matching:
                self._runner.run(work, workflow, found, trigger=workflow.definition.on)
        self._links.after_save(work)

    def after_link(self, work: SaveWork, changes: Sequence[LinkChange]) -> None:
        """As after a save, for links that no field shows."""
        self._links.run(work, changes)

    def run_manual(self, actor: Actor, workflow: str, module: str, ids: Sequence[int]) -> DirectResult:
        """Run a workflow with trigger manual for records, with the actor's rights, in one transaction.

        Raises NotFoundError workflow.E140, record.E010, and what saving raises.
        """
        return self._direct.run(actor, workflow, module, ids, trigger="manual", strict=True)

    def run_manual_in(
        self,
        conn: sa.Connection,
        published: PublishedModel,
        actor: Actor,
        workflow: str,
        module: str,
        ids: Sequence[int],
    ) -> DirectResult:
        """`run_manual` in a transaction of the caller, so that more can commit with it."""
        return self._direct.run_in(conn, published, actor, workflow, module, ids, trigger="manual", strict=True)

    def manual_workflows(self, module: str) -> list[WorkflowDef]:
        """The workflows that a record page offers as buttons, in order."""
        compiled = self._compiler.of_module(self._models.reading, module).by_name.values()
        return [item.definition for item in compiled if item.definition.on == "manual"]

    def recurring(self) -> list[Recurring]:
        """What the scheduler is to fire, with the model in force."""
        scheduled = self._schedule.recurring(self._models.current)
        return [*scheduled, *self._stand_ins.recurring(), *self._tidy.recurring()]
