"""A small trade in documents: everything a list can show, sort, filter and group by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import RecordChange
from fieldstone.records.query import query_records
from fieldstone.records.query_types import Page, Query
from fieldstone.records.service import Records
from fieldstone.storage import principals
from fieldstone.storage.database import Database
from fieldstone.storage.published import PublishedModel
from published_model import publish_model

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)

DOCUMENTS = {
    "metadata/picklists/stage.yaml": """
picklist: stage
label: Stage
values:
  prospecting: {label: Prospecting}
  negotiation: {label: Negotiation}
  won: {label: Won, meaning: won}
  lost: {label: Lost, meaning: lost}
""",
    "metadata/roles.yaml": """
roles:
  manager: {label: Manager, scope: all, modules: {"*": [view, create, edit, delete, import, export, report]}}
  rep: {label: Rep, scope: own, modules: {"*": [view, create, edit, export, report], product: [view]}}
  reader: {label: Reader, scope: all, modules: {opportunity: [view, report]}}
""",
    "modules/organization.yaml": """
module: organization
label: Organization
plural: Organizations
name_field: name
fields:
  name: {type: text, label: Name, required: true}
  industry: {type: text, label: Industry, index: true}
  parent: {type: lookup, label: Parent, to: organization, reverse: branches}
  address: {type: address, label: Address}
  founded: {type: date, label: Founded}
  age:
    type: formula
    label: Age in days
    result: integer
    expression: |-
      days_between(founded, today())
  overdue:
    type: rollup
    label: Overdue deals
    relation: deals
    function: count
    where: |-
      close_date < today()
  overdue_amount:
    type: rollup
    label: Overdue amount
    relation: deals
    function: sum
    of: amount
    where: |-
      close_date < today()
""",
    "modules/product.yaml": """
module: product
label: Product
plural: Products
name_field: name
searchable: false
fields:
  name: {type: text, label: Name}
""",
    "modules/contact.yaml": """
module: contact
label: Contact
plural: Contacts
name_field: name
fields:
  name: {type: person_name, label: Name}
  email: {type: email, label: E-mail, index: true}
  organization: {type: lookup, label: Organization, to: organization, reverse: contacts}
""",
    "modules/opportunity.yaml": """
module: opportunity
label: Opportunity
plural: Opportunities
name_field: name
number: {prefix: OPP-, digits: 4}
fields:
  name: {type: text, label: Name}
  organization: {type: lookup, label: Organization, to: organization, reverse: deals}
  amount: {type: money, label: Amount, index: true}
  score: {type: integer, label: Score}
  rate: {type: decimal, decimals: 2, label: Rate}
  stage: {type: picklist, label: Stage, picklist: stage, index: true}
  hot: {type: checkbox, label: Hot}
  close_date: {type: date, label: Close date, index: true}
  seen_at: {type: datetime, label: Seen at}
  tags: {type: tags, label: Tags}
  password: {type: secret, label: Password}
  next_step: {type: text, label: Next step}
  weighted:
    type: formula
    label: Weighted
    result: money
    expression: |-
      amount * rate
  days_left:
    type: formula
    label: Days left
    result: integer
    expression: |-
      days_between(today(), close_date)
  urgent:
    type: formula
    label: Urgent
    result: checkbox
    expression: |-
      days_left < 10 and stage != 'won'
relations:
  contacts: {kind: many_to_many, to: contact, label: Contacts, reverse: involved_in, reverse_label: Involved in}
""",
    "modules/comment.yaml": """
module: comment
label: Comment
plural: Comments
name_field: body
fields:
  body: {type: text, label: Comment}
  about: {type: lookup, label: About, to: ["*"], reverse: comments}
  party: {type: lookup, label: Party, to: [organization, contact], reverse: remarks}
""",
    "layouts/opportunity.yaml": """
module: opportunity
record:
  header: [organization, amount, stage]
  blocks: {all: {label: All, fields: [name, organization, amount, stage]}}
list:
  columns: [name, organization, amount]
""",
}


def trade_model() -> AppModel:
    found = compile_model(
        [Layer(name="site", documents=DOCUMENTS)],
        field_types=built_in_field_types(), catalogue=Catalogue.of([]), actions={}, triggers=(),
    )  # fmt: skip
    assert found.model is not None, [str(item) for item in found.diagnostics]
    return found.model


class Trade:
    """The site of a test: a model in force, records, people."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.models = publish_model(database, trade_model())
        self.records = Records(self.models, clock=lambda: NOW, encrypt=lambda text: f"sealed:{text}")

    @property
    def published(self) -> PublishedModel:
        return self.models.current

    @contextmanager
    def read(self) -> Iterator[tuple[sa.Connection, PublishedModel]]:
        with self.models.read() as found:
            yield found

    def save(self, module: str, *rows: Mapping[str, Any], actor: Actor = SYSTEM) -> list[int]:
        changes = [RecordChange(module=module, values=row) for row in rows]
        return [saved.id for saved in self.records.save(actor, changes).records]

    def change(self, module: str, id: int, **values: Any) -> None:
        self.records.save(SYSTEM, [RecordChange(module=module, id=id, values=values)])

    def query(self, module: str = "opportunity", actor: Actor = SYSTEM, **query: Any) -> Page:
        with self.read() as (conn, published):
            return query_records(conn, published, actor, module, Query(**query), now=NOW)

    def names(self, module: str = "opportunity", actor: Actor = SYSTEM, **query: Any) -> list[Any]:
        fields = ("body" if module == "comment" else "name",)
        return [record.values[fields[0]] for record in self.query(module, actor, fields=fields, **query).records]

    def all_pages(self, sort: Sequence[str], limit: int, **query: Any) -> list[list[int]]:
        """The ids of every page, forwards."""
        pages, cursor = [], ""
        while True:
            page = self.query(sort=tuple(sort), limit=limit, cursor=cursor, fields=("id",), **query)
            pages.append([record.id for record in page.records])
            cursor = page.next_cursor
            assert page.has_more == bool(cursor)
            if not cursor:
                return pages

    def add_user(self, name: str, *roles: str, teams: Sequence[int] = (), leads: Sequence[int] = ()) -> Actor:
        def work(conn: sa.Connection) -> int:
            id = _add_principal(conn, "user", name)
            conn.execute(sa.insert(principals.user).values(id=id, username=name, email=f"{name}@example.com"))
            for team in (*teams, *leads):
                member = sa.insert(principals.team_member)
                conn.execute(member.values(team_id=team, user_id=id, leader=team in leads))
            return id

        id = self.database.transact(work)
        return Actor(user_id=id, name=name.title(), roles=roles, team_ids=(*teams, *leads))

    def add_team(self, name: str) -> int:
        def work(conn: sa.Connection) -> int:
            id = _add_principal(conn, "team", name)
            conn.execute(sa.insert(principals.team).values(id=id, name=name))
            return id

        return self.database.transact(work)


def _add_principal(conn: sa.Connection, kind: str, name: str) -> int:
    taken = conn.execute(sa.select(sa.func.coalesce(sa.func.max(principals.principal.c.id), 0))).scalar_one()
    values = {"id": taken + 1, "kind": kind, "label": name.title(), "label_key": name}
    conn.execute(sa.insert(principals.principal).values(values))
    return int(taken + 1)
