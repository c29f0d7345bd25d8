"""Views that people saved, through renames and back: they say the same by the new names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa

from changes.workbench import DOCUMENTS, Workbench
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.metadata.layers import Layer
from fieldstone.records.query_types import Query
from fieldstone.records.views.service import Views
from fieldstone.records.views.view import Receiver, ViewState
from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal, user

ROLES = "roles:\n  {role}: {{label: Seller, modules: {{'*': [view]}}}}\n"
MOVES = """moves:
  - {id: m1, rename: {from: lead.amount, to: lead.worth}}
  - {id: m2, rename: {from: lead, to: prospect}}
  - {id: m3, rename: {from: lead_state.won, to: lead_state.gained, kind: picklist_value}}
  - {id: m4, rename: {from: organization.name, to: organization.title}}
  - {id: m5, rename: {from: seller, to: vendor, kind: role}}
"""


def proposal(role: str = "seller", **documents: str) -> list[Layer]:
    site = {"metadata/roles.yaml": ROLES.format(role=role)}
    site |= {path.replace("__", "/") + ".yaml": text for path, text in documents.items()}
    return [Layer(name="standard", documents=DOCUMENTS), Layer(name="site", documents=site)]


def hire(database: Database, id: int) -> Actor:
    def work(conn: sa.Connection) -> None:
        conn.execute(sa.insert(principal).values(id=id, kind="user", label=f"User {id}"))
        conn.execute(sa.insert(user).values(id=id, username=f"user{id}"))

    database.transact(work)
    return Actor(user_id=id, name=f"User {id}", roles=("seller",))


def test_views_follow_renames_of_all_they_name_and_a_rollback(database: Database) -> None:
    workbench = Workbench(database)
    models = workbench.publish(proposal())
    workbench.save([{"name": "Vega"}], "organization")
    workbench.save(
        [{"name": "Ann", "state": "won", "amount": "12", "organization": 1}, {"name": "Ben", "state": "new"}]
    )
    views = Views(models, lambda: datetime.now(UTC))
    ann, ben = hire(database, 41), hire(database, 42)
    before = ViewState(
        filter="state == 'won' and amount > 10 and organization.name == 'won amount'",
        columns=("name", "amount", "organization.name"),
        sort=("-amount", "organization.name"),
        grouped="organization",
    )
    id = views.create(ann, "lead", "Big ones", before, audience="shared", receivers=[Receiver(role="seller")])
    views.widen(ben, "lead", str(id), {"amount": 30, "organization.name": 9, "state": 400})
    views.begin_with(ben, "lead", str(id))

    workbench.publish(proposal("vendor", metadata__moves=MOVES))
    ben = Actor(user_id=42, roles=("vendor",))
    shelf = views.shelf(ben, "prospect")
    (moved,) = shelf.views
    assert moved.state == ViewState(
        filter="state == 'gained' and worth > 10 and organization.title == 'won amount'",
        columns=("name", "worth", "organization.title"),
        sort=("-worth", "organization.title"),
        grouped="organization",
    )
    assert shelf.first == str(id)
    assert shelf.habits[str(id)].widths == {"worth": 30, "organization.title": 9}
    assert not moved.may_change
    worth = Query(where="state == 'gained' and worth > 10", sort=moved.state.sort, fields=moved.state.columns)
    (record,) = workbench.records.query(SYSTEM, "prospect", worth).records
    assert record.values == {"name": "Ann", "worth": 12, "organization.title": "Vega"}

    # A value that is replaced by another one is asked for under that one's name.
    states = "picklist: lead_state\nvalues:\n  new: null\n  gained: {label: Won}\n"
    more = MOVES + "  - {id: m6, replace: {from: lead_state.new, to: lead_state.gained, kind: picklist_value}}\n"
    views.change(ann, "prospect", id, replace(moved.state, filter="state == 'new'"))
    workbench.publish(proposal("vendor", metadata__moves=more, metadata__picklists__lead_state=states))
    assert views.get(ben, "prospect", id).state.filter == "state == 'gained'"
    views.change(ann, "prospect", id, moved.state)

    workbench.rollback(1)
    (back,) = views.shelf(Actor(user_id=42, roles=("seller",)), "lead").views
    assert back.state == before
