"""What works with records, put together in the one order that works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from fieldstone.activity.service import Activity
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Scheduler
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.records.access.share_ends import EndedShares
from fieldstone.records.accounts.hand_over import HandOver
from fieldstone.records.accounts.service import Accounts
from fieldstone.records.accounts.sessions import SessionLimits
from fieldstone.records.accounts.tidy import AccountsTidy
from fieldstone.records.as_of.export_job import PastExports
from fieldstone.records.bin_tidy import BinTidy
from fieldstone.records.imports.job import import_job_kind
from fieldstone.records.imports.service import Imports
from fieldstone.records.mass.actions import built_in_mass_actions
from fieldstone.records.mass.service import Masses
from fieldstone.records.service import Records
from fieldstone.records.views.favourites import Favourites
from fieldstone.records.views.service import Views
from fieldstone.runtime.backup.job import Backups
from fieldstone.runtime.chosen import MAIL_SERVER, ChosenSettings
from fieldstone.runtime.plugin_stage import PluginStage
from fieldstone.runtime.recompute import Recompute
from fieldstone.runtime.registries import Registries
from fieldstone.runtime.reset_mail import ResetMail
from fieldstone.runtime.secrets import SiteSecrets
from fieldstone.runtime.settings import SiteSettings
from fieldstone.storage.archive import ModelArchive
from fieldstone.storage.published import ModelSource, PublishedModel
from fieldstone.workflows.engine import WorkflowEngine
from fieldstone.workflows.mass_run import RunWorkflow
from fieldstone.workflows.settings import MailSettings, SmtpSettings, WorkflowSettings


class Services:
    """`accounts`, `records`, `workflows`, `activity`, `imports`, `past_exports`, `masses`, `views`, `favourites`,
    `chosen` settings, `backups`, and the `scheduler` of recurring jobs."""

    def __init__(
        self,
        *,
        folder: Path,
        settings: SiteSettings,
        secrets: SiteSecrets,
        registries: Registries,
        models: ModelSource,
        jobs: JobQueue,
        recompute: Recompute,
        past: Callable[[int], PublishedModel],
        clock: Callable[[], datetime],
    ) -> None:
        self.chosen = ChosenSettings(models.database, settings, secrets, clock)
        limits = SessionLimits(
            idle=timedelta(minutes=settings["sessions.idle_minutes"]),
            lifetime=timedelta(days=settings["sessions.days"]),
        )
        self.accounts = Accounts(models.database, models, clock=clock, vault=secrets, session_limits=limits)
        self.records = Records(
            models,
            clock=clock,
            encrypt=secrets.encrypt,
            hooks=[PluginStage(registries.plugins)],  # step 5, before any workflow
            defer_recompute=recompute.defer,
            archive=ModelArchive(models, past),
        )
        recompute.records = self.records
        self.workflows = WorkflowEngine(
            records=self.records,
            jobs=jobs,
            settings=workflow_settings(folder, settings, secrets, self.chosen.now),
            triggers=registries.triggers,
            actions=registries.actions,
        )
        # Workflows save through the records they take part in, so they join once both exist.
        self.records.stages.append(self.workflows)
        self.workflows.rehearsals.actor_of = self._actor_of
        self.workflows.inbound.find_actor = self._find_actor
        self.activity = Activity(self.records, jobs, self.workflows, base_url=settings.base_url)
        self.records.stages.append(self.activity.stage)  # last: it tells of what the workflows have left
        self.imports = Imports(
            models=models,
            records=self.records,
            jobs=jobs,
            folder=folder / "imports",
            clock=clock,
            actor_of=self._actor_of,
        )
        jobs.kinds.register(import_job_kind(self.imports))
        self.past_exports = PastExports(
            records=self.records, jobs=jobs, folder=folder / "exports", actor_of=self._actor_of
        )
        self.views, self.favourites = Views(models, clock), Favourites(models)
        mass_actions = built_in_mass_actions()
        mass_actions.register(RunWorkflow(self.workflows))
        mass_actions.register(self.workflows.mass_mail)
        self.masses = Masses(records=self.records, jobs=jobs, actions=mass_actions, actor_of=self._actor_of)
        self._compose_accounts(settings, models, jobs)
        tidy = AccountsTidy(
            jobs,
            log_ins=lambda: timedelta(days=self.chosen.now()["log_in_history_days"]),
            audit=lambda: timedelta(days=self.chosen.now()["audit_log_days"]),
            sessions=self.accounts.session_limits,
        )
        self.backups = Backups(jobs, folder, settings=self.chosen.now, zone=lambda: models.current.model.app.zone)
        ended, emptied = EndedShares(models, jobs), BinTidy(self.records, jobs, self._bin_days)
        self.scheduler = Scheduler(
            jobs,
            lambda: [
                *self.workflows.recurring(), *self.activity.recurring(), *tidy.recurring(), *ended.recurring(),
                *emptied.recurring(), *self.backups.recurring(),
            ],
        )  # fmt: skip

    def _compose_accounts(self, settings: SiteSettings, models: ModelSource, jobs: JobQueue) -> None:
        """What accounts do with records, jobs and mail, which come after them."""
        self.accounts.hand_over = HandOver(self.records, jobs, self._actor_of)
        reset_mail = ResetMail(
            jobs,
            self.workflows.mailer,
            self.accounts,
            base_url=settings.base_url,
            language=lambda: models.current.model.app.language,
        )
        self.accounts.send_reset = reset_mail.enqueue

    def _find_actor(self, username: str) -> Actor | None:
        user_id = self.accounts.find_user_id(username)
        return None if user_id is None else self.accounts.find_actor(user_id)

    def _bin_days(self) -> int:
        days: int = self.chosen.now()["keep.recycle_bin_days"]
        return days

    def _actor_of(self, user_id: int | None) -> Actor:
        return SYSTEM if user_id is None else self.accounts.actor(user_id)


def workflow_settings(
    folder: Path, settings: SiteSettings, secrets: SiteSecrets, now: Callable[[], SiteSettings]
) -> WorkflowSettings:
    """`now` gives the settings as they count whenever they are needed, those made in Setup among them."""
    return WorkflowSettings(
        outbox=folder / "outbox",
        webhook_secret=secrets.derive("webhooks").hex(),
        base_url=settings.base_url,
        mail=lambda: mail_settings(now()),
        kept_days=lambda name: now().find(f"keep.{name}_days"),
        allowed_hosts=frozenset(settings["webhooks.allowed_hosts"]),
    )


def mail_settings(settings: SiteSettings) -> MailSettings:
    """How mail leaves. A server that was named in Setup is none of the operator's."""
    smtp = SmtpSettings(
        host=settings["mail.host"],
        port=settings["mail.port"],
        user=settings["mail.user"],
        password=settings["mail.password"],
        tls=settings["mail.tls"],
        by_operator=any(settings.is_given(name) for name in MAIL_SERVER),
    )
    return MailSettings(
        smtp=smtp if smtp.host else None, sender=settings["mail.from"], reply_to=settings["mail.reply_to"]
    )
