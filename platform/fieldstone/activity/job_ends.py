"""Telling people that a job of theirs has ended, with the way to its report; unless they have watched it end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.activity.choices import read_choices
from fieldstone.activity.notices import write_mail
from fieldstone.activity.people import people_of
from fieldstone.activity.words import word
from fieldstone.jobs.job import DONE, FAILED, Job
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.model import AppModel
from fieldstone.records.imports.job import KIND as IMPORT
from fieldstone.records.imports.store import get_import
from fieldstone.records.mass import order as mass_order
from fieldstone.records.mass.service import KIND as MASS
from fieldstone.records.mass.store import get_mass
from fieldstone.storage.published import ModelSource
from fieldstone.workflows.mail import Mailer, is_address
from fieldstone.workflows.notifications import NewNotification, Notifications

KIND = "job"


@dataclass(frozen=True, kw_only=True)
class Report:
    """For whoever began the job. `link` is the page of its report; `words` gives the sentence in a language."""

    user_id: int
    link: str
    words: Callable[[str], str]


class JobEnds:
    """Takes part in the end of jobs that people begin and that have a page: imports and mass actions."""

    def __init__(
        self, models: ModelSource, jobs: JobQueue, notifications: Notifications, mailer: Mailer, base_url: str
    ) -> None:
        self._models = models
        self._jobs = jobs
        self._notifications = notifications
        self._mailer = mailer
        self._base_url = base_url
        jobs.on_end(MASS, lambda conn, job, state: self._tell(conn, self._mass(conn, job, state)))
        jobs.on_end(IMPORT, lambda conn, job, state: self._tell(conn, self._import(conn, job, state)))

    def watched(self, actor: Actor, link: str) -> None:
        """The actor has the page of the report before the eyes and need not be told."""
        self._notifications.forget(actor.user_id or 0, link)

    def is_ending(self, kind: str, payload: Mapping[str, object]) -> bool:
        """Whether the work of a job is done, but its end has not been told: the page looks once more."""
        running = self._jobs.list(kind=kind, state="running", limit=200)
        return any(job.payload == payload for job in running)

    def _tell(self, conn: sa.Connection, report: Report | None) -> None:
        if report is None:
            return
        people = people_of(conn, self._models.current.model, [report.user_id])
        person = people.get(report.user_id)
        if person is None:
            return
        choice = read_choices(conn, [report.user_id])[report.user_id][KIND]
        message = report.words(person.actor.language)
        if choice.app:
            notice = NewNotification(user_id=report.user_id, message=message, kind=KIND, link=report.link)
            self._notifications.notify(conn, [notice])
        if choice.mail and is_address(person.email):
            mail = write_mail(person, message, [message], f"{self._base_url}{report.link}", self._base_url)
            self._mailer.enqueue(conn, [mail], created_by=report.user_id)

    def _mass(self, conn: sa.Connection, job: Job, state: str) -> Report | None:
        model = self._models.current.model
        stored = get_mass(conn, model, int(job.payload["mass"]))
        ended = stored.state in (mass_order.DONE, mass_order.FAILED) or state == FAILED
        if stored.created_by is None or not ended:
            return None
        done = state == DONE and stored.state == mass_order.DONE
        facts = {"changed": stored.changed, "total": max(stored.total, stored.done), "failed": stored.failed}

        def words(language: str) -> str:
            plural = _plural(model, stored.module, language)
            text = word("mass_done" if done else "mass_stopped", language, plural=plural, **facts)
            return text + (word("refused", language, **facts) if stored.failed else "")

        return Report(user_id=stored.created_by, link=f"/jobs/{stored.id}", words=words)

    def _import(self, conn: sa.Connection, job: Job, state: str) -> Report | None:
        stored = get_import(conn, int(job.payload["import"]))
        if stored.created_by is None or stored.state in ("paused", "cancelled"):
            return None
        counts = stored.report
        facts = {
            "file": stored.file_name,
            "created": counts.created,
            "updated": counts.updated,
            "failed": counts.failed,
        }
        key = "import_done" if state == DONE and stored.state == "done" else "import_stopped"
        return Report(
            user_id=stored.created_by,
            link=f"/imports/{stored.id}",
            words=lambda language: word(key, language, **facts),
        )


def _plural(model: AppModel, module: str, language: str) -> str:
    found = model.modules.get(module)
    if found is None:
        return word("records", language)
    return model.text(f"module.{module}.plural", language, found.plural)
