"""What people tell each other about records, put together."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.activity.choices import Choices
from fieldstone.activity.comments import Comments
from fieldstone.activity.follows import Follows
from fieldstone.activity.job_ends import JobEnds
from fieldstone.activity.mentions import typed_mentions
from fieldstone.activity.notices import Notices
from fieldstone.activity.people import Colleague, suggest_people
from fieldstone.activity.record_reminders import RecordReminders
from fieldstone.activity.reminder_delivery import ReminderDelivery
from fieldstone.activity.reminders import Reminders
from fieldstone.activity.series import SeriesGoOn
from fieldstone.activity.stage import ActivityStage
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError
from fieldstone.records import codes
from fieldstone.records.access import visible_ids
from fieldstone.records.service import Records
from fieldstone.workflows.engine import WorkflowEngine


class Activity:
    """`follows`, `comments`, `choices`, `reminders`: what people set and write; `delivery`: the job that reminds;
    `job_ends` tells of those that end; `stage`: the part in every save, to be added to `records.stages` after the
    workflows."""

    def __init__(self, records: Records, jobs: JobQueue, workflows: WorkflowEngine, *, base_url: str) -> None:
        self._models = records.models
        notices = Notices(workflows.notifications, workflows.mailer, base_url)
        self.follows = Follows(records.models, jobs.clock)
        self.comments = Comments(records)
        self.choices = Choices(jobs.database)
        self.reminders = Reminders(records.models, jobs.clock)
        self.delivery = ReminderDelivery(records.models, jobs, notices)
        self.job_ends = JobEnds(records.models, jobs, workflows.notifications, workflows.mailer, base_url)
        self.stage = ActivityStage(notices, RecordReminders(), SeriesGoOn(records))

    def suggest_people(self, actor: Actor, module: str, record_id: int, text: str, limit: int = 8) -> list[Colleague]:
        """Whom somebody may mention on a record. Raises NotFoundError record.E010."""
        with self._models.read() as (conn, published):
            if not visible_ids(conn, published, actor, module, [record_id], "view"):
                raise NotFoundError(codes.NOT_FOUND)
            return suggest_people(conn, published, module, record_id, text, limit, but=actor.user_id)

    def typed(self, text: str) -> str:
        """The text of a comment as its author types it: with user names in place of mentions."""
        with self._models.read() as (conn, _published):
            return typed_mentions(conn, text)

    def recurring(self) -> Iterator[Recurring]:
        yield from self.delivery.recurring()
