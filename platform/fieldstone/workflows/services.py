"""What actions work with."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.jobs.queue import JobQueue
from fieldstone.records.service import Records
from fieldstone.workflows.mail import Mailer
from fieldstone.workflows.notifications import Notifications
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.waiting.room import WaitingRoom
from fieldstone.workflows.webhook import Webhooks


@dataclass(frozen=True, kw_only=True)
class Services:
    records: Records
    jobs: JobQueue
    settings: WorkflowSettings
    mailer: Mailer
    webhooks: Webhooks
    notifications: Notifications
    waiting_room: WaitingRoom
