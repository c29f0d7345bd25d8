"""What people tell each other about records, put together."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.activity.choices import Choices
from fieldstone.activity.follows import Follows
from fieldstone.activity.notices import Notices
from fieldstone.activity.record_reminders import RecordReminders
from fieldstone.activity.reminders import Reminders
from fieldstone.activity.stage import ActivityStage
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Recurring
from fieldstone.records.service import Records
from fieldstone.workflows.engine import WorkflowEngine


class Activity:
    """`follows`, `choices`, `reminders`: what people set; `stage`: the part in every save, to be added to
    `records.stages` after the workflows."""

    def __init__(self, records: Records, jobs: JobQueue, workflows: WorkflowEngine, *, base_url: str) -> None:
        notices = Notices(workflows.notifications, workflows.mailer, base_url)
        self.follows = Follows(records.models, jobs.clock)
        self.choices = Choices(jobs.database)
        self.reminders = Reminders(records.models, jobs, notices)
        self.stage = ActivityStage(notices, RecordReminders())

    def recurring(self) -> Iterator[Recurring]:
        yield from self.reminders.recurring()
