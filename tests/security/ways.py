"""Every address of the site as a door: how somebody who may comes in by it, and so how an attack is carried in.

Doors are made from the addresses themselves, and the parameters of a door are those that it is seen to read. `WAYS`
says what cannot be guessed: an address with more in it, a body of JSON, somebody else than anna.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from fieldstone.web.setup import get_console

EXPRESSIONS = frozenset({"where", "group", "match", "measure", "sort", "fields", "columns"})
"""Parameters that hold expressions or names of fields."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """`args` fill the address; texts may name records by `World.names`. `stranger`: nobody is logged in."""

    args: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    person: str = "anna"


@dataclass(frozen=True, kw_only=True)
class Door:
    name: str
    method: str
    rule: Rule
    way: Way

    def is_number(self, argument: str) -> bool:
        """Whether an argument of the address is one."""
        return re.search(rf"<int[^>]*:{argument}>", self.rule.rule) is not None

    def argument(self, name: str) -> Any:
        """What stands for an argument: what the way says, else what is usual, else something that leads nowhere."""
        return self.way.args.get(name, ARGUMENTS.get(name, 1 if self.is_number(name) else "nothing"))

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api.")

    @property
    def title(self) -> str:
        return f"{self.name} {self.method}"


_ADMIN = Way(person="admin")
_STRANGER = Way(person="stranger")
_FIELD = {"name": "name"}
_CONTACTS = {"name": "contacts"}
_BATCH = {"id": "{my_opportunity}", "name": "Deal", "next_step": "x"}
_NEW = {"name": "New", "next_step": "x", "amount": "5", "close_date": "2026-05-01", "stage": "prospecting",
        "organization": "{my_organization}", "tags": ["a"], "owner": "anna"}  # fmt: skip
_FORM = {f"f.{name}": value for name, value in _NEW.items() if isinstance(value, str)}

WAYS: Mapping[str, Way] = {
    "assets.serve": Way(args={"version": "x", "address": "fieldstone.css"}),
    "cells.edit": Way(args=_FIELD), "cells.save": Way(args=_FIELD),
    "comments.add": Way(form={"text": "Hello"}),
    "conditions.show": Way(query={"where": "name == 'x'"}),
    "conditions.row": Way(query={"field": "name", "value": "x", "operator": "is"}),
    "conditions.apply": Way(query={"row": "1", "c.1.field": "name", "c.1.op": "contains", "c.1.value": "x"}),
    "conditions.text": Way(query={"row": "1", "c.1.field": "name", "c.1.op": "contains", "c.1.value": "x"}),
    "delete.ask": Way(query={"id": "{my_opportunity}"}),
    "form.create": Way(form=_FORM),
    "form.update": Way(form={**_FORM, "version": "1"}),
    "form.address": Way(args={"module": "contact", "field": "address"}, query={"from": "organization", "id": "1"}),
    "form.alike": Way(form=_FORM),
    "form.state": Way(form=_FORM),
    "home.show": Way(args={"module": "organization"}),
    "imports.choose_file": _ADMIN, "imports.choose_sheet": Way(person="admin", form={"sheet": "x"}),
    "imports.upload": _ADMIN, "imports.show": _ADMIN, "imports.save_columns":
    Way(person="admin", form={"column.0": "name", "key": "name"}), "imports.check": _ADMIN, "imports.save_values":
    Way(person="admin", form={"value.0": "x"}), "imports.run": _ADMIN, "imports.progress": _ADMIN,
    "imports.undo": _ADMIN, "imports.use_map": Way(person="admin", form={"map": ""}),
    "impersonate.ask": _ADMIN, "impersonate.start": Way(person="admin", form={"password": "wrong"}),
    "inline.edit": Way(args=_FIELD), "inline.value": Way(args=_FIELD), "inline.save": Way(args=_FIELD),
    "list.show": Way(query={"where": "name != ''", "sort": "name", "columns": "name,stage", "view": "all"}),
    "list.totals": Way(query={"where": "name != ''", "view": "all"}),
    "list.find": Way(query={"q.name": "x", "q.amount": "1", "q.close_date": "this year", "q.organization": "x"}),
    "quick.create": Way(form=_FORM),
    "related.show": Way(args=_CONTACTS), "related.choose": Way(args=_CONTACTS),
    "related.link": Way(args=_CONTACTS, form={"other": "1"}),
    "related.unlink": Way(args=_CONTACTS, form={"other": "1"}),
    "search.show": Way(query={"q": "deal"}), "search.suggest": Way(query={"q": "deal"}),
    "stage.move": Way(form={"value": "won", "version": "1"}),
    "suggest.suggest": Way(query={"q": "a"}),
    "login.log_in_page": _STRANGER, "login.log_in": Way(person="stranger", form={"username": "x", "password": "y"}),
    "login.forgotten_page": _STRANGER, "login.forgotten": Way(person="stranger", form={"username": "nobody"}),
    "login.password_page": _STRANGER, "login.choose_password": Way(person="stranger", form={"new": "x", "again": "y"}),
    "login.link_page": _STRANGER, "login.use_link": _STRANGER, "login.depart": _STRANGER, "login.arrive":
    Way(person="stranger", query={"state": "x", "code": "y"}), "login.second_page": _STRANGER,
    "login.second_step": Way(person="stranger", form={"code": "1"}),
    "account.end_session": Way(form={"session": "999"}),
    "account.save": Way(form={"language": "en", "zone": "UTC"}),
    "workflows.run": Way(args={"module": "organization", "record_id": "{my_organization}", "name": "touch"}),
    "api.list_records": Way(
        query={"where": "name != ''", "sort": "name", "fields": "name", "limit": "5", "count": "true"}
    ),
    "api.aggregate": Way(query={"group": "stage", "measure": "count", "where": "name != ''"}),
    "api.suggest": Way(query={"q": "d"}),
    "api.search": Way(query={"q": "deal", "module": "opportunity"}),
    "api.create": Way(body=_NEW), "api.create_many": Way(body={"records": [_NEW]}),
    "api.change": Way(body={"base_version": 1, "next_step": "x"}),
    "api.change_many": Way(body={"records": [_BATCH]}), "api.delete_many": Way(body={"ids": ["999999"]}),
    "api.delete": Way(args={"record_id": 999999}),
    "api.act": Way(args={"module": "organization", "record_id": "{my_organization}", "workflow": "touch"}),
    "api.related": Way(args={"relation": "contacts"}, query={"where": "", "sort": "", "fields": "name"}),
    "api.link": Way(args={"relation": "contacts"}, body={"ids": [999999]}),
    "api.unlink": Way(args={"relation": "contacts", "other_id": 999999}),
    "api.view": Way(args={"view": "all"}), "api.tags": Way(args={"field": "tags"}, query={"q": "x"}),
    "api.duplicates": Way(query={"match": "name", "where": "name != ''", "limit": "5"}),
    "api.merge": Way(body={"keep": 999999, "others": [999998], "values": {"name": 999998},
                           "versions": {"999999": 1, "999998": 1}}),
    "api.comment": Way(body={"text": "Hello", "reply_to": None}), "api.change_comment": Way(body={"text": "Hello"}),
    "api.share": Way(body={"principal": 999999, "access": "read", "until": "2099-01-01T00:00:00Z"}),
    "api.remind": Way(body={"at": "2035-01-01T00:00:00Z", "note": "Call"}),
    "api.notifications": Way(query={"kind": "mention", "unread": "true"}),
    "api.mark_read": Way(body={"ids": [999999]}), "api.mark_unread": Way(body={"ids": [999999]}),
}  # fmt: skip

ARGUMENTS: Mapping[str, Any] = {
    "module": "opportunity", "record_id": "{my_opportunity}", "import_id": "{hidden_import}", "target": "organization",
    "user_id": "{anna}", "key": "made-up", "verb": "pause", "export_type": "csv", "language": "zh_CN",
}  # fmt: skip
"""What stands in an address unless a way says otherwise."""

LEAVES = frozenset(
    {
        "login.log_out",
        "account.change_password",
        "setup:draft.publish",
        "setup:preview.enter",
        "setup:revisions.go_back",
    }
)
"""Doors that end the session, publish, or let nothing be saved from then on: tried with hostile texts, never with
honest ones."""


def find_doors(app: Flask) -> list[Door]:
    """One for each address and method, those of Setup as `setup:…`."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "setup.open_console":
            found += _doors(rule, rule.endpoint, Way())
    with app.test_request_context("/setup/"):
        rules = list(get_console().map.iter_rules())
    for rule in rules:
        found += _doors(rule, f"setup:{rule.endpoint}", _ADMIN)
    return found


def _doors(rule: Rule, name: str, default: Way) -> list[Door]:
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return [Door(name=name, method=method, rule=rule, way=WAYS.get(name, default)) for method in methods]
