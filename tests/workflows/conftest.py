"""Clocks that tests move, the smallest site that has jobs, and a sales site with workflows."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.fields.registry import built_in_field_types
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.schedule import Scheduler
from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import RecordChange, SavedRecord, SaveOptions
from fieldstone.records.service import Records
from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, team, team_member, user, user_role
from fieldstone.storage.published import ModelSource
from fieldstone.workflows.actions.registry import ACTION_SCHEMAS
from fieldstone.workflows.checking import check_workflows
from fieldstone.workflows.engine import WorkflowEngine
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.trace import Run, list_runs
from fieldstone.workflows.triggers import TRIGGERS
from published_model import publish_model
from workflows.sales_documents import documents


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Post:
    """A queue with a worker, for what leaves the site."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self.clock = clock or Clock()
        self.jobs = JobQueue(database, clock=self.clock)
        self.worker = Worker(self)

    def try_until_closed(self, limit: int = 60) -> int:
        """Run all jobs with the clock moved to when they are due. Returns how many attempts were made."""
        attempts = 0
        for _ in range(limit):
            attempts += self.worker.run_due()
            waiting = self.jobs.list(state="queued")
            if not waiting:
                return attempts
            self.clock.now = max(self.clock.now, min(job.run_at for job in waiting))
        raise AssertionError("the jobs do not come to an end")


@pytest.fixture
def post_office(database: Database) -> Post:
    return Post(database)


def compile_sales(opportunity: str = "", organization: str = "") -> AppModel:
    """The sales model with these workflows."""
    layer = Layer(name="site", documents=documents(opportunity, organization))
    types = built_in_field_types()
    compilation = compile_model(
        [layer], field_types=types, catalogue=Catalogue(), actions=ACTION_SCHEMAS, triggers=TRIGGERS
    )
    assert [str(item) for item in compilation.diagnostics] == []
    return compilation.get_model()


@dataclass
class Sales:
    """Anna administers, Ben and Cleo sell, in the team North that Ben leads; Dora has left."""

    database: Database
    models: ModelSource
    records: Records
    engine: WorkflowEngine
    post: Post
    outbox: Path
    anna: Actor = field(default=Actor(user_id=1, name="Anna", is_admin=True))
    ben: Actor = field(default=Actor(user_id=2, name="Ben", roles=("seller",), team_ids=(9,)))

    @property
    def clock(self) -> Clock:
        return self.post.clock

    def create(self, module: str = "opportunity", /, actor: Actor | None = None, **values: Any) -> int:
        values.setdefault("name", "Deal")
        return self.save(RecordChange(module=module, values=values), actor=actor)[0].id

    def update(self, record_id: int, /, actor: Actor | None = None, module: str = "opportunity", **values: Any) -> None:
        self.save(RecordChange(module=module, id=record_id, values=values), actor=actor)

    def save(self, *changes: RecordChange, actor: Actor | None = None, **options: Any) -> list[SavedRecord]:
        return list(self.records.save(actor or self.anna, changes, options=SaveOptions(**options)).records)

    def row(self, record_id: int, module: str = "opportunity") -> Mapping[str, Any]:
        return next(row for row in self.rows(module) if row["id"] == record_id)

    def rows(self, module: str) -> list[Mapping[str, Any]]:
        """The stored columns of all records."""
        table = self.models.current.tables.module(module).table
        with self.database.read() as conn:
            return list(conn.execute(sa.select(table).order_by(table.c.id)).mappings())

    def runs(self, module: str = "opportunity", **filters: Any) -> list[Run]:
        """Oldest first."""
        with self.database.read() as conn:
            return list_runs(conn, self.models.current, module, **filters)[::-1]

    def steps(self, module: str = "opportunity") -> list[tuple[str, list[Any]]]:
        """(workflow, its steps) of every run, oldest first."""
        return [(run.workflow, list(run.trace["steps"])) for run in self.runs(module)]

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        return [dict(job.payload) for job in self.post.jobs.list(kind=kind)][::-1]

    def mails(self) -> list[EmailMessage]:
        """Everything in the outbox after the jobs have run, by recipient."""
        self.post.worker.run_due()
        if not self.outbox.exists():
            return []
        found = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in self.outbox.iterdir()
        ]
        return sorted((mail for mail in found if isinstance(mail, EmailMessage)), key=lambda mail: str(mail["To"]))

    def messages(self, user_id: int) -> list[str]:
        return [item.message for item in self.engine.notifications.list(user_id)][::-1]

    def scheduler(self) -> Scheduler:
        return Scheduler(self.post.jobs, self.engine.recurring)


PEOPLE = (
    (1, "anna", "Anna", "anna@example.com", "en", True),
    (2, "ben", "Ben", "ben@example.com", "zh_CN", True),
    (3, "cleo", "Cleo", "cleo@example.com", None, True),
    (4, "dora", "Dora", "dora@example.com", None, False),
    (5, "emil", "Emil", None, None, True),
)


def _add_people(conn: sa.Connection) -> None:
    for id, username, label, address, language, active in PEOPLE:
        conn.execute(sa.insert(principal).values(id=id, kind="user", label=label, active=active))
        conn.execute(sa.insert(user).values(id=id, username=username, email=address, language=language))
    conn.execute(sa.insert(principal).values(id=9, kind="team", label="North", active=True))
    conn.execute(sa.insert(team).values(id=9, name="North"))
    members = [{"team_id": 9, "user_id": id, "leader": id == 2} for id in (2, 3, 4)]
    conn.execute(sa.insert(team_member), members)
    conn.execute(sa.insert(user_role), [{"user_id": id, "role": "seller"} for id in (2, 3, 4, 5)])


@pytest.fixture
def open_sales(database: Database, tmp_path: Path) -> Callable[..., Sales]:
    """Opens a sales site with workflows of opportunities and organizations."""

    def open_site(opportunity: str = "", organization: str = "", **settings: Any) -> Sales:
        model = compile_sales(opportunity, organization)
        database.transact(_add_people)
        models = publish_model(database, model)
        post = Post(database)
        records = Records(models, clock=post.clock, encrypt=lambda text: text[::-1])
        options = WorkflowSettings(
            outbox=tmp_path / "outbox", webhook_secret="s", base_url="https://crm.example.com", **settings
        )
        engine = WorkflowEngine(records=records, jobs=post.jobs, settings=options)
        records.stages.append(engine)
        found = Diagnostics()
        check_workflows(model, engine.triggers, engine.actions, found)
        assert [str(item) for item in found] == []
        return Sales(
            database=database, models=models, records=records, engine=engine, post=post, outbox=tmp_path / "outbox"
        )

    return open_site
