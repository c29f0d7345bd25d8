"""A site in which somebody may see a little, and somebody else's records that must stay out of reach."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.records.mass.order import MassOrder
from fieldstone.records.merge.order import MergeOrder
from fieldstone.records.query_types import Query
from fieldstone.records.views.view import ViewState
from fieldstone.runtime.site import Site
from security.payloads import AWAY, EVIL, FIGURE, TABLE, WORD
from web.visitor import Visitor

MARK = AWAY
"""Stands in every text of a record out of reach, and nowhere else: whoever looks for it types it in small letters."""

PASSWORD = "another long one"

SQLITE = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
FRESH_SQLITE = pytest.mark.parametrize("fresh_world", ["sqlite"], indirect=True)
"""For what does not depend on the database."""

_SITE_LAYER = {
    "metadata/roles.yaml": """
roles:
  importer:
    label: Importer
    scope: own
    modules: {"*": [view, create, edit, delete, import, report]}
  clerk:
    label: EVIL
    scope: own
    modules: {"*": [view, create, edit, delete, export, import, mass_edit, report]}
    fields:
      opportunity: {amount: hidden, next_step: hidden, close_date: read}
""",
    "metadata/app.yaml": "app: {name: EVIL}\n",
    "modules/opportunity.yaml": """
module: opportunity
fields:
  odd:
    type: picklist
    label: EVIL
    help: EVIL
    values: {a: {label: EVIL}, b: {label: Plain}}
""",
    "modules/vault.yaml": """
module: vault
label: Vault
plural: Vaults
name_field: name
fields:
  name: {type: text, required: true}
  key: {type: secret}
  site: {type: url}
  notes: {type: rich_text}
""",
    "workflows/organization.yaml": """
module: organization
workflows:
  touch:
    label: EVIL
    on: manual
    do:
      - set_fields: {description: "'touched'"}
""",
}
SITE_LAYER = {path: text.replace("EVIL", "'" + EVIL.replace("'", "''") + "'") for path, text in _SITE_LAYER.items()}
"""Whatever can have a name is called something evil somewhere."""


@dataclass(kw_only=True)
class World:
    """`anna` and her API token may see her own records only. `hidden`: module → id of a record of somebody else;
    `mine`: module → id of a record of hers, the opportunity with a hidden organization. `carl` sees his own,
    without two fields; `his` are the like."""

    site: Site
    app: Flask
    operator: Actor
    anna_id: int = 0
    anna: Visitor = field(init=False)
    token: str = ""
    hidden: dict[str, int] = field(default_factory=dict)
    mine: dict[str, int] = field(default_factory=dict)
    his: dict[str, int] = field(default_factory=dict)
    people: dict[str, Visitor] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def save(self, module: str, record_id: int | None = None, **values: Any) -> int:
        change = RecordChange(module=module, id=record_id, values=values)
        return self.site.records.save(self.operator, [change]).records[0].id

    def names(self) -> dict[str, int]:
        """What the addresses of the doors may name."""
        hidden = {f"hidden_{module}": id for module, id in self.hidden.items()}
        return hidden | {f"my_{module}": id for module, id in self.mine.items()} | {"anna": self.anna_id}

    def hidden_state(self) -> str:
        """Everything about the hidden records, to see whether anything has changed."""
        found = []
        for module, id in self.hidden.items():
            if module in ("import", "deleted", "view", "mass", "merge"):
                continue
            page = self.site.records.query(self.operator, module, Query(where=f"id == {id}"))
            history = self.site.records.history(self.operator, module, id)
            found.append((module, [record.values for record in page.records], [entry.id for entry in history]))
        return repr(found)

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """A request of the API in anna's name."""
        data = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"}
        client = self.app.test_client(use_cookies=False)
        return client.open(f"/api/v1{path}", method=method, headers=headers, data=data, buffered=True)


def make_world(site: Site, app: Flask) -> World:
    operator = site.accounts.operator()
    site.publishing.publish(site.publishing.plan(Layer(name="site", documents=SITE_LAYER)), operator)
    world = World(site=site, app=app, operator=operator)
    world.anna_id = site.accounts.add_user("anna", "Anna", roles=["sales_rep"], password=PASSWORD)
    _hide(world)
    _give(world)
    _call_evil_names(world)
    _hire(world)
    return world


def _hide(world: World) -> None:
    save, hidden = world.save, world.hidden
    hidden["organization"] = save("organization", name=f"{MARK} Ltd", description=MARK, tags=[MARK])
    name = {"first_name": MARK, "last_name": MARK}
    hidden["contact"] = save("contact", name=name, organization=hidden["organization"])
    values = {"organization": hidden["organization"], "amount": "4321.5", "external_id": f"{MARK}-1"}
    hidden["opportunity"] = save("opportunity", name=f"{MARK} deal", **values)
    about = f"organization:{hidden['organization']}"
    hidden["comment"] = save("comment", text=f"{MARK} says", related_to=about)
    hidden["deleted"] = save("organization", name=f"{MARK} deleted")
    world.site.records.delete(world.operator, "organization", [hidden["deleted"]])
    twins = [save("organization", name=f"{MARK} twin {n}") for n in (1, 2)]
    merged = MergeOrder(module="organization", keep=twins[0], others=twins[1:])
    hidden["merge"] = world.site.records.merge(world.operator, merged).id
    state = ViewState(filter="amount > 4321")
    hidden["view"] = world.site.views.create(world.operator, "opportunity", f"{MARK} view", state)
    order = MassOrder(module="organization", kind="tag", ids=[hidden["organization"]], options={"add": [MARK]})
    hidden["mass"] = world.site.masses.start(world.operator, order).id


def _give(world: World) -> None:
    save, mine, hidden = world.save, world.mine, world.hidden
    mine["organization"] = save("organization", name="Acme", owner=world.anna_id, parent=hidden["organization"])
    values = {"organization": hidden["organization"], "contact": hidden["contact"], "owner": world.anna_id}
    mine["opportunity"] = save("opportunity", name="Deal", amount="10", **values)
    world.site.records.link(world.operator, "opportunity", mine["opportunity"], "contacts", [hidden["contact"]])
    about = f"organization:{hidden['organization']}"
    mine["task"] = save("task", subject="Call", owner=world.anna_id, related_to=about)


def _call_evil_names(world: World) -> None:
    """Markup and formulas of spreadsheets in what anna sees, and in people, teams and tokens."""
    accounts, save = world.site.accounts, world.save
    owner = world.anna_id
    evil = save("opportunity", name=EVIL, odd="a", tags=[EVIL[:40]], next_step=EVIL, description=EVIL, owner=owner)
    for text in TABLE:
        save("opportunity", name=f"{text} cell", next_step=text.strip(), owner=owner)
    save("comment", text=EVIL, related_to=f"opportunity:{evil}", owner=owner)
    accounts.add_user("evil", EVIL, roles=["clerk"])
    accounts.add_team(EVIL)
    accounts.add_token("evil", label=EVIL)
    world.mine["evil"] = evil


def _hire(world: World) -> None:
    accounts, his = world.site.accounts, world.his
    carl = accounts.add_user("carl", "Carl", roles=["clerk"], password=PASSWORD)
    accounts.add_user("keeper", "Kay", roles=["administrator"], password=PASSWORD)
    his["organization"] = world.save("organization", name="Brick", owner=carl)
    secret = {"amount": FIGURE, "next_step": WORD, "close_date": "2026-05-01", "organization": his["organization"]}
    his["opportunity"] = world.save("opportunity", name="Deal", owner=carl, **secret)
    world.save("opportunity", his["opportunity"], next_step=f"{WORD} too")
    world.save("opportunity", his["opportunity"], next_step=WORD)
    passwords = {"anna": PASSWORD, "carl": PASSWORD, "keeper": PASSWORD, "admin": "a long password"}
    for name, password in passwords.items():
        world.people[name] = Visitor(world.app)
        world.people[name].log_in(name, password)
        world.tokens[name] = accounts.add_token(name, label="test").secret
    world.anna, world.token = world.people["anna"], world.tokens["anna"]
