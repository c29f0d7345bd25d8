"""A database that documents are planned and published on."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.changes.plan import Plan
from fieldstone.changes.planning import plan_changes
from fieldstone.changes.publish import publish
from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation, compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.storage.database import Database
from fieldstone.storage.published import ModelSource

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
    def __init__(self, database: Database) -> None:
        self.database = database
        self.models: ModelSource | None = None
        self._types = built_in_field_types()

    def compile(self, proposal: Sequence[Layer], catalogue: Catalogue) -> Compilation:
        return compile_model(proposal, field_types=self._types, catalogue=catalogue, actions={}, triggers=())

    def get_model(self, stored: Sequence[Layer], catalogue: Catalogue) -> AppModel:
        return self.compile(stored, catalogue).get_model()

    def plan(self, proposal: Sequence[Layer]) -> Plan:
        published = self.models.refresh() if self.models else None
        with self.database.read() as conn:
            return plan_changes(conn, published, proposal, self.compile)

    def publish(self, proposal: Sequence[Layer]) -> ModelSource:
        publish(self.database, self.plan(proposal), SYSTEM, message="test")
        if self.models is None:
            self.models = ModelSource(self.database, self.get_model)
        self.models.refresh()
        return self.models

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
