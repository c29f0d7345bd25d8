"""A database that documents are planned and published on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.changes.plan import Plan
from fieldstone.changes.planning import plan_changes
from fieldstone.changes.proposing import propose, propose_rollback
from fieldstone.changes.publish import publish
from fieldstone.fields.base import FieldType
from fieldstone.fields.registry import built_in_field_types
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation, compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import RecordChange
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.records.service import Records
from fieldstone.runtime.row_work import RowWorkJob
from fieldstone.storage.database import Database
from fieldstone.storage.published import ModelSource, PublishedModel, load_model

ORGANIZATION = """
module: organization
label: Organization
plural: Organizations
name_field: name
fields:
  name: {type: text, label: Name}
"""

LEAD = """
module: lead
label: Lead
plural: Leads
name_field: name
fields:
  name: {type: text, label: Name}
  state: {type: picklist, label: State, picklist: lead_state}
  amount: {type: money, label: Amount}
  organization: {type: lookup, label: Organization, to: organization}
"""

STATES = """
picklist: lead_state
label: Lead state
values:
  new: {label: New}
  won: {label: Won}
"""

DOCUMENTS = {
    "modules/organization.yaml": ORGANIZATION,
    "modules/lead.yaml": LEAD,
    "metadata/picklists/lead_state.yaml": STATES,
}


def layers(**site: str) -> list[Layer]:
    """The standard documents under a site layer; a keyword is a module's name and its site document."""
    documents = {f"modules/{name}.yaml": text for name, text in site.items()}
    return [Layer(name="standard", documents=DOCUMENTS), Layer(name="site", documents=documents)]


class Workbench:
    """`jobs` holds the row work that publishes leave behind; `run_jobs` does it. What was compiled once with the same
    `types` is not compiled again."""

    def __init__(self, database: Database, types: Registry[FieldType] | None = None) -> None:
        self.database = database
        self.models: ModelSource | None = None
        self.jobs = JobQueue(database)
        self._types = types or built_in_field_types()
        self._row_work = RowWorkJob(self.jobs, SaveEnvironment())
        self._row_work.past = self.past
        self._records: Records | None = None

    def compile(self, proposal: Sequence[Layer], catalogue: Catalogue) -> Compilation:
        return compile_model(proposal, field_types=self._types, catalogue=catalogue, actions={}, triggers=())

    def get_model(self, stored: Sequence[Layer], catalogue: Catalogue) -> AppModel:
        return self.compile(stored, catalogue).get_model()

    def plan(self, proposal: Sequence[Layer]) -> Plan:
        published = self.models.refresh() if self.models else None
        with self.database.read() as conn:
            return plan_changes(conn, published, propose(conn, proposal, self.compile), self.compile, self.past)

    def plan_rollback(self, revision: int) -> Plan:
        assert self.models
        published = self.models.refresh()
        with self.database.read() as conn:
            proposal = propose_rollback(conn, revision, self.compile, self.past)
            return plan_changes(conn, published, proposal, self.compile, self.past)

    def past(self, version: int) -> PublishedModel:
        with self.database.read() as conn:
            return load_model(conn, version, self.get_model)

    def apply(self, plan: Plan, *, allow_destructive: bool = False) -> int:
        return publish(
            self.database,
            plan,
            SYSTEM,
            message="test",
            past=self.past,
            allow_destructive=allow_destructive,
            finish=self._row_work.enqueue,
        )

    def publish(self, proposal: Sequence[Layer], *, allow_destructive: bool = False) -> ModelSource:
        return self.take_up(self.plan(proposal), allow_destructive=allow_destructive)

    def rollback(self, revision: int) -> ModelSource:
        return self.take_up(self.plan_rollback(revision))

    def take_up(self, plan: Plan, *, allow_destructive: bool = False) -> ModelSource:
        self.apply(plan, allow_destructive=allow_destructive)
        if self.models is None:
            self.take_up_published(ModelSource(self.database, self.get_model))
        assert self.models
        self.models.refresh()
        return self.models

    def take_up_published(self, models: ModelSource) -> None:
        self._row_work.models = self.models = models

    @property
    def records(self) -> Records:
        assert self.models
        if self._records is None:
            self._records = Records(self.models)
        return self._records

    def save(self, rows: Sequence[dict[str, Any]], module: str = "lead") -> None:
        """Records through the save pipeline; those with an `id` are changed."""
        changes = [
            RecordChange(module=module, id=row.get("id"), values={k: v for k, v in row.items() if k != "id"})
            for row in rows
        ]
        self.records.save(SYSTEM, changes)

    def run_jobs(self) -> None:
        Worker(self).run_due()

    def insert(self, module: str, **values: object) -> None:
        """A record, past the save pipeline."""
        assert self.models
        table = self.models.current.tables.module(module).table
        now = "'2026-03-14T09:00:00.000000Z'"
        given = {"id": 1, "version": 1} | values
        names = [*given, "created_at", "modified_at"]
        literals = [*(repr(value) for value in given.values()), now, now]
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(literals)})"
        self.database.transact(lambda conn: conn.exec_driver_sql(statement))
